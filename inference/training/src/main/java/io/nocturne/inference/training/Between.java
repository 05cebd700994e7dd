package io.nocturne.inference.training;

import io.nocturne.stream.optics.NoiseRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * A frame between two others that show nearly the same under noise of their own, all in counts.
 *
 * <p>What is asked for is the mean of both neighbours. A network that is taught either neighbour in turn learns that mean
 * anyway (interleaved sampling in both directions); asking for it at once halves the target's noise, and what changes
 * steadily along the line cancels.
 *
 * @param change added to that mean: what the frame itself shows beyond its neighbours, as far as is known; null for none
 */
record Between(Picture before, Picture here, Picture after, Picture change) {
    /** All inner frames of lines of frames. */
    static List<Between> inner(List<List<Picture>> lines) {
        List<Between> all = new ArrayList<>();
        for (List<Picture> line : lines) {
            for (int i = 1; i < line.size() - 1; i++) {
                all.add(new Between(line.get(i - 1), line.get(i), line.get(i + 1), null));
            }
        }
        return all;
    }

    /**
     * A random part, turned at random.
     *
     * @param rows how many of the upper rows it may come from
     */
    Patch patch(int side, int rows, Noise noise, NoiseRandom random) {
        int left = random.nextInt(here.width() - side + 1);
        int top = random.nextInt(rows - side + 1);
        int turn = random.nextInt(8);
        float[] in = here.crop(left, top, side, turn).values();
        float[] target = before.crop(left, top, side, turn).values();
        float[] second = after.crop(left, top, side, turn).values();
        float[] more =
                change == null ? null : change.crop(left, top, side, turn).values();
        for (int i = 0; i < in.length; i++) {
            in[i] = (float) noise.photons(in[i]);
            float mean = (target[i] + second[i]) / 2;
            target[i] = (float) noise.photons(more == null ? mean : mean + more[i]);
        }
        return Patch.of(side, in, target, noise);
    }
}
