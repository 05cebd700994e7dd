package io.nocturne.inference.training;

import io.nocturne.inference.ModelTraining.Effort;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Learning from a movie's own noise: frame t predicts frame t + 1 and the reverse (temporally interleaved sampling; the
 * principle is Noise2Noise, Lehtinen et al., ICML 2018). What moves between two frames can't be predicted and comes out
 * softer; the kept-out frames show whether it was worth it.
 */
final class Adapting extends Further {
    private static final int MOST_SIDE = 96;
    private static final int LEAST_FRAMES = 10;

    private final List<StillFrame> frames;
    private final List<Picture> pictures;
    private final int taught;
    private final int side;
    private final double offset;
    private final double gain;
    private final double readVariance;
    private final String source;

    private Adapting(List<StillFrame> frames, String source) {
        this.frames = frames;
        this.source = source;
        pictures = frames.stream().map(ImageFiles::picture).toList();
        taught = frames.size() - Math.max(2, frames.size() / 5);
        Picture first = pictures.get(0);
        side = Math.min(MOST_SIDE, Math.min(first.width(), first.height()) / 16 * 16);
        double[] noise = ImageFiles.noise(frames.subList(0, taught));
        offset = noise[0];
        gain = noise[1];
        readVariance = noise[2] * noise[2] / (gain * gain);
    }

    /** Reads a recording: all its frames count as one movie. */
    static Adapting on(Path recording, Effort effort) throws IOException {
        List<StillFrame> frames = ImageFiles.frames(recording);
        StillFrame first = frames.get(0);
        if (frames.size() < LEAST_FRAMES
                || first.spec().width() < 32
                || first.spec().height() < 32) {
            throw new IOException(recording + " has " + frames.size() + " frames of " + first.spec()
                    + "; adapting needs at least " + LEAST_FRAMES + " of 32 x 32 pixels or more");
        }
        return new Adapting(frames, "the recording " + recording.getFileName());
    }

    @Override
    Patch next(NoiseRandom random) {
        int t = random.nextInt(taught - 1);
        boolean forward = random.nextBoolean();
        Picture from = pictures.get(forward ? t : t + 1);
        Picture to = pictures.get(forward ? t + 1 : t);
        int left = random.nextInt(from.width() - side + 1);
        int top = random.nextInt(from.height() - side + 1);
        int turn = random.nextInt(8);
        Picture in = photons(from.crop(left, top, side, turn));
        Picture out = photons(to.crop(left, top, side, turn));
        double mean = 0;
        for (float value : out.values()) {
            mean += value / out.values().length;
        }
        return new Patch(in, out, (float) readVariance, (float) (readVariance + Math.max(0, mean)));
    }

    private Picture photons(Picture counts) {
        float[] values = counts.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((values[i] - offset) / gain);
        }
        return counts;
    }

    /** Kept-out frames that have a successor. */
    @Override
    List<StillFrame> keptOut() {
        return frames.subList(taught, frames.size() - 1);
    }

    @Override
    double error(int i, float[] restored) {
        float[] next = pictures.get(taught + i + 1).values();
        double sum = 0;
        for (int p = 0; p < next.length; p++) {
            double d = stable(restored[p]) - stable(next[p]);
            sum += d * d;
        }
        return sum / next.length;
    }

    private double stable(double counts) {
        return 2 * Math.sqrt(Math.max(0, (counts - offset) / gain + 3.0 / 8 + readVariance));
    }

    @Override
    String unit() {
        return "mean squared error of the next frame, in noise variances";
    }

    @Override
    String source() {
        return source;
    }
}
