package io.nocturne.inference.training;

import io.nocturne.inference.RestorationModel;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Spatially interleaved sampling (Qiao et al., Nature Biotechnology 41, 2023): each slice of a z-stack predicts those
 * below and above it.
 *
 * <p>Slices differ by more than noise. With {@code x} the slices and {@code f} the model that learning starts from, slice z
 * is asked for
 *
 * <pre>
 *   (x[z-1] + x[z+1]) / 2  +  (f(x[z-1]) + f(x[z+1]) - f(x[z-2]) - f(x[z+2])) / 6
 * </pre>
 *
 * which is cubic interpolation (Lagrange, four points) along z: what changes steadily cancels in the mean, and the second
 * part takes away the curvature, with the noise of restored slices only. Slice z itself has no part in it. A correction by
 * {@code f(x[z])}, as Huang et al. (CVPR 2021) have it for neighbouring pixels, would ask for the noise that {@code f} left
 * in that slice, and was found to: 1.7 dB worse than not adapting, where this is better.
 *
 * <p>The lower fifth of the rows is kept out of all slices. The judge compares the mean of both restored neighbours with
 * the slice between them, and needs no correction for what changes steadily.
 */
final class SliceNeighbours extends Adapting {
    private final List<Between> lessons;
    private final Noise noise;
    private final int rows;
    private final int side;

    private SliceNeighbours(Recording recording, List<Between> lessons, Noise noise) {
        super(recording);
        this.lessons = lessons;
        this.noise = noise;
        rows = taughtRows(recording);
        side = side(recording, rows);
    }

    static SliceNeighbours on(Recording recording, RestorationModel start) throws IOException {
        List<List<Picture>> lines = recording.alongDepth().stream()
                .filter(line -> line.size() >= LEAST_SLICES)
                .toList();
        if (lines.isEmpty()) {
            throw new IOException(
                    recording + "; learning along depth needs at least " + LEAST_SLICES + " slices without a gap");
        }
        Noise noise =
                Noise.ofStills(recording.frames().stream().map(recording::still).toList());
        List<Between> lessons = new ArrayList<>();
        try (OpenModel model = new OpenModel(start)) {
            for (List<Picture> line : lines) {
                List<float[]> restored = new ArrayList<>();
                for (Picture slice : line) {
                    restored.add(model.restore(recording.still(slice), noise.values()));
                }
                for (int z = 2; z < line.size() - 2; z++) {
                    float[] curved = curvature(
                            restored.get(z - 2), restored.get(z - 1), restored.get(z + 1), restored.get(z + 2));
                    Picture here = line.get(z);
                    Picture change = new Picture(here.width(), here.height(), curved);
                    lessons.add(new Between(line.get(z - 1), here, line.get(z + 1), change));
                }
            }
        }
        return new SliceNeighbours(recording, lessons, noise);
    }

    /** What the slice between these four lies above the mean of the two next to it. */
    static float[] curvature(float[] farBelow, float[] below, float[] above, float[] farAbove) {
        float[] curvature = new float[below.length];
        for (int i = 0; i < curvature.length; i++) {
            curvature[i] = (below[i] + above[i] - farBelow[i] - farAbove[i]) / 6;
        }
        return curvature;
    }

    @Override
    Patch next(NoiseRandom random) {
        return lessons.get(random.nextInt(lessons.size())).patch(side, rows, noise, random);
    }

    @Override
    int judged() {
        return lessons.size();
    }

    @Override
    double judge(Eye eye) throws Exception {
        int height = recording().spec().height();
        double sum = 0;
        for (Between slice : lessons) {
            float[] below = eye.restore(recording().still(slice.before(), rows, height - rows), noise.values());
            float[] above = eye.restore(recording().still(slice.after(), rows, height - rows), noise.values());
            int first = rows * recording().spec().width();
            for (int p = 0; p < below.length; p++) {
                double d = noise.stable((below[p] + above[p]) / 2)
                        - noise.stable(slice.here().values()[first + p]);
                sum += d * d / below.length;
            }
        }
        return sum / lessons.size();
    }

    @Override
    String unit() {
        return "mean squared error of the slice between two, in noise variances";
    }

    @Override
    String way() {
        return "each slice predicts those below and above it";
    }
}
