package io.nocturne.inference.training;

import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Temporally interleaved sampling (Qiao et al., Nature Biotechnology 41, 2023): each frame of a movie predicts those
 * before and after it. What moves can't be predicted and comes out softer; the last fifth of the frames is kept out and
 * shows whether it was worth it.
 */
final class TimeNeighbours extends Adapting {
    private static final int MOST_JUDGED = 64;

    private final List<Between> lessons;
    private final List<Picture> judgedFrames = new ArrayList<>();
    private final List<Picture> nextFrames = new ArrayList<>();
    private final Noise noise;
    private final int side;

    private TimeNeighbours(Recording recording, List<List<Picture>> taught, List<List<Picture>> kept) {
        super(recording);
        lessons = Between.inner(taught);
        side = side(recording, recording.spec().height());
        List<Picture> longest =
                taught.stream().reduce((a, b) -> b.size() > a.size() ? b : a).orElseThrow();
        noise = Noise.ofMovie(longest.stream().map(recording::still).toList());
        int pairs = kept.stream().mapToInt(line -> line.size() - 1).sum();
        int step = (pairs + MOST_JUDGED - 1) / MOST_JUDGED;
        int at = 0;
        for (List<Picture> line : kept) {
            for (int i = 0; i < line.size() - 1; i++, at++) {
                if (at % step == 0) {
                    judgedFrames.add(line.get(i));
                    nextFrames.add(line.get(i + 1));
                }
            }
        }
    }

    static TimeNeighbours on(Recording recording) throws IOException {
        List<List<Picture>> taught = new ArrayList<>();
        List<List<Picture>> kept = new ArrayList<>();
        for (List<Picture> line : recording.alongTime()) {
            if (line.size() >= LEAST_TIMES) {
                int last = line.size() - Math.max(2, line.size() / 5);
                taught.add(line.subList(0, last));
                kept.add(line.subList(last, line.size()));
            }
        }
        if (taught.isEmpty()) {
            throw new IOException(
                    recording + "; learning along time needs at least " + LEAST_TIMES + " time points without a gap");
        }
        return new TimeNeighbours(recording, taught, kept);
    }

    @Override
    Patch next(NoiseRandom random) {
        Between lesson = lessons.get(random.nextInt(lessons.size()));
        return lesson.patch(side, recording().spec().height(), noise, random);
    }

    @Override
    int judged() {
        return judgedFrames.size();
    }

    @Override
    double judge(Eye eye) throws Exception {
        double sum = 0;
        for (int i = 0; i < judgedFrames.size(); i++) {
            StillFrame frame = recording().still(judgedFrames.get(i));
            float[] restored = eye.restore(frame, noise.values());
            float[] next = nextFrames.get(i).values();
            for (int p = 0; p < next.length; p++) {
                double d = noise.stable(restored[p]) - noise.stable(next[p]);
                sum += d * d / next.length;
            }
        }
        return sum / judgedFrames.size();
    }

    @Override
    String unit() {
        return "mean squared error of the next frame, in noise variances";
    }

    @Override
    String way() {
        return "each frame predicts those before and after it";
    }
}
