package io.nocturne.inference.training;

import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sub-sampled neighbours (Neighbor2Neighbor, Huang et al., CVPR 2021), for frames that have no neighbours in time or
 * depth: of each cell of 2 x 2 pixels one goes into the image {@code g1} and one beside it into {@code g2}, by lot, and the
 * first predicts the second. Their loss, with {@code f} the network and {@code D = g1(f(y)) - g2(f(y))} without gradient,
 *
 * <pre>
 *   |f(g1) - g2|^2  +  c |f(g1) - g2 - D|^2   =   (1 + c) |f(g1) - (g2 + c / (1 + c) D)|^2  +  what f can't change
 * </pre>
 *
 * is one square with a shifted target, and so it is learned here, with {@code c} = {@value #WEIGHT}. {@code D} is taken from
 * the model that learning starts from.
 *
 * <p>The lower fifth of the rows is kept out. The judge covers pixels of it, one of 16, by the mean of those around them,
 * and compares what is restored there with what was covered (Noise2Self, Batson and Royer, ICML 2019): at full resolution,
 * and fair as long as noise is white.
 */
final class PixelNeighbours extends Adapting {
    private static final double WEIGHT = 2;
    private static final int GRID = 4;
    private static final int MOST_JUDGED = 16;
    private static final int[][] STEPS = {{0, 1}, {1, 0}, {0, 2}, {2, 0}, {1, 3}, {3, 1}, {2, 3}, {3, 2}};

    private final List<Picture> frames;
    private final List<Picture> restored;
    private final Noise noise;
    private final int rows;
    private final int side;

    private PixelNeighbours(Recording recording, List<Picture> frames, List<Picture> restored, Noise noise) {
        super(recording);
        this.frames = frames;
        this.restored = restored;
        this.noise = noise;
        rows = taughtRows(recording);
        side = Math.min(MOST_SIDE, Math.min(recording.spec().width(), rows) / 2 / 16 * 16);
    }

    static PixelNeighbours on(Recording recording, RestorationModel start) throws IOException {
        List<Picture> frames = recording.frames();
        if (frames.isEmpty()) {
            throw new IOException(recording + "; there is nothing to learn from");
        }
        Noise noise = Noise.ofStills(frames.stream().map(recording::still).toList());
        List<Picture> restored = new ArrayList<>();
        try (OpenModel model = new OpenModel(start)) {
            for (Picture frame : frames) {
                float[] clean = model.restore(recording.still(frame), noise.values());
                restored.add(new Picture(frame.width(), frame.height(), clean));
            }
        }
        return new PixelNeighbours(recording, frames, restored, noise);
    }

    @Override
    Patch next(NoiseRandom random) {
        int chosen = random.nextInt(frames.size());
        Picture noisy = frames.get(chosen);
        int left = random.nextInt(noisy.width() - 2 * side + 1);
        int top = random.nextInt(rows - 2 * side + 1);
        int turn = random.nextInt(8);
        Picture y = noisy.crop(left, top, 2 * side, turn);
        Picture clean = restored.get(chosen).crop(left, top, 2 * side, turn);
        float[] in = new float[side * side];
        float[] target = new float[side * side];
        double share = WEIGHT / (1 + WEIGHT);
        for (int i = 0; i < in.length; i++) {
            int[] step = STEPS[random.nextInt(STEPS.length)];
            int x = 2 * (i % side);
            int row = 2 * (i / side);
            double difference = cell(clean, x, row, step[0]) - cell(clean, x, row, step[1]);
            in[i] = (float) noise.photons(cell(y, x, row, step[0]));
            target[i] = (float) noise.photons(cell(y, x, row, step[1]) + share * difference);
        }
        return Patch.of(side, in, target, noise);
    }

    private static float cell(Picture picture, int x, int y, int corner) {
        return picture.at(x + corner % 2, y + corner / 2);
    }

    @Override
    int judged() {
        return Math.min(MOST_JUDGED, frames.size());
    }

    @Override
    double judge(Eye eye) throws Exception {
        int height = recording().spec().height() - rows;
        double sum = 0;
        for (int i = 0; i < judged(); i++) {
            Picture frame = frames.get((int) ((long) i * frames.size() / judged()));
            StillFrame band = recording().still(frame, rows, height);
            for (int corner = 0; corner < GRID; corner++) {
                // Corners (0, 0), (2, 1), (0, 2), (2, 3) of each 4 x 4 pixels, so that borders are judged, too.
                sum += covered(eye, band, corner % 2 * 2, corner) / GRID;
            }
        }
        return sum / judged();
    }

    private double covered(Eye eye, StillFrame band, int left, int top) throws Exception {
        int width = band.spec().width();
        int height = band.spec().height();
        StillFrame holes = new StillFrame(band.spec());
        for (int i = 0; i < band.spec().pixels(); i++) {
            holes.set(i, band.get(i));
        }
        for (int y = top; y < height; y += GRID) {
            for (int x = left; x < width; x += GRID) {
                float around = band.get(y * width + (x > 0 ? x - 1 : x + 1))
                        + band.get(y * width + (x < width - 1 ? x + 1 : x - 1))
                        + band.get((y > 0 ? y - 1 : y + 1) * width + x)
                        + band.get((y < height - 1 ? y + 1 : y - 1) * width + x);
                holes.set(y * width + x, around / 4);
            }
        }
        float[] seen = eye.restore(holes, noise.values());
        double sum = 0;
        int count = 0;
        for (int y = top; y < height; y += GRID) {
            for (int x = left; x < width; x += GRID) {
                double d = noise.stable(seen[y * width + x]) - noise.stable(band.get(y * width + x));
                sum += d * d;
                count++;
            }
        }
        return sum / count;
    }

    @Override
    String unit() {
        return "mean squared error of covered pixels, in noise variances";
    }

    @Override
    String way() {
        return "each pixel predicts those beside it";
    }
}
