package io.nocturne.inference.training;

import java.util.Arrays;

/** A plane of numbers in memory, row-major. */
final class Picture {
    private final int width;
    private final int height;
    private final float[] values;

    /**
     * @param values kept, not copied
     */
    Picture(int width, int height, float[] values) {
        if (values.length != width * height) {
            throw new IllegalArgumentException(width + " x " + height + " pixels, but " + values.length + " values");
        }
        this.width = width;
        this.height = height;
        this.values = values;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** The values themselves. */
    float[] values() {
        return values;
    }

    float at(int x, int y) {
        return values[y * width + x];
    }

    /** Value at that share of the order, 0 to 1. */
    float quantile(double share) {
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    /** Background to zero, bright structure to one; nothing below zero or above {@code most}. */
    Picture normalised(double darkShare, double brightShare, float most) {
        float low = quantile(darkShare);
        float span = quantile(brightShare) - low;
        float unit = span > 0 ? span : 1;
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.min(most, Math.max(0, (values[i] - low) / unit));
        }
        return new Picture(width, height, out);
    }

    /** Means of blocks of 2 x 2. */
    Picture binned() {
        int w = width / 2;
        int h = height / 2;
        float[] out = new float[w * h];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                out[y * w + x] =
                        (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1)) / 4;
            }
        }
        return new Picture(w, h, out);
    }

    /**
     * A square part, turned and mirrored.
     *
     * @param turn 0 to 7: the symmetries of a square
     */
    Picture crop(int left, int top, int side, int turn) {
        float[] out = new float[side * side];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int u = (turn & 1) == 0 ? x : side - 1 - x;
                int v = (turn & 2) == 0 ? y : side - 1 - y;
                out[y * side + x] = (turn & 4) == 0 ? at(left + u, top + v) : at(left + v, top + u);
            }
        }
        return new Picture(side, side, out);
    }
}
