package io.nocturne.stream.optics;

import java.util.Arrays;

/**
 * Mean and noise of every pixel over frames of one scene that holds still. Noise is taken from differences of successive
 * frames (von Neumann, Annals of Mathematical Statistics 12, 1941), so that bleaching and slow drift don't count as noise.
 * One thread.
 */
public final class PixelMoments {
    /** Of such a variance of n normal frames, the relative error is sqrt({@value} / n). */
    static final double ERROR_FACTOR = 3;

    private final double[] sum;
    private final double[] squares;
    private final float[] last;
    private final float[] highest;
    private int frames;

    public PixelMoments(int pixels) {
        sum = new double[pixels];
        squares = new double[pixels];
        last = new float[pixels];
        highest = new float[pixels];
        Arrays.fill(highest, Float.NEGATIVE_INFINITY);
    }

    /** Takes the next frame, counts row-major; copies what it needs. */
    public void add(float[] counts) {
        if (counts.length != sum.length) {
            throw new IllegalArgumentException(counts.length + " pixels after frames of " + sum.length);
        }
        for (int p = 0; p < counts.length; p++) {
            float value = counts[p];
            sum[p] += value;
            if (frames > 0) {
                double step = value - last[p];
                squares[p] += step * step;
            }
            last[p] = value;
            highest[p] = Math.max(highest[p], value);
        }
        frames++;
    }

    public int pixels() {
        return sum.length;
    }

    public int frames() {
        return frames;
    }

    /** Mean counts of a pixel. */
    public double mean(int pixel) {
        return sum[pixel] / frames;
    }

    /** Variance of a pixel, counts squared; needs two frames. */
    public double variance(int pixel) {
        return squares[pixel] / (2.0 * (frames - 1));
    }

    /** Brightest count of a pixel. */
    public float highest(int pixel) {
        return highest[pixel];
    }
}
