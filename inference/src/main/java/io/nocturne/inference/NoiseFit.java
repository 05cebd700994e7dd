package io.nocturne.inference;

import java.util.Arrays;

/**
 * Fits {@code variance = gain * mean + intercept} to blocks of a frame. Blocks are put in order of brightness and into
 * bins of equal count; a bin stands for itself by medians, so that blocks with structure or motion don't count while
 * they are fewer than half. Intake thread only; allocates nothing.
 */
final class NoiseFit {
    /** Median of a chi-square variable of 7 degrees of freedom, divided by 7. */
    static final double DIFFERENCE_MEDIAN = 0.9066;

    private static final int MOST_BINS = 16;
    private static final int LEAST_PER_BIN = 8;

    private final long[] order;
    private final float[] bin;
    private final int bins;
    private double gain;
    private double intercept;

    NoiseFit(int blocks) {
        order = new long[blocks];
        bin = new float[blocks];
        bins = Math.max(1, Math.min(MOST_BINS, blocks / LEAST_PER_BIN));
    }

    double gain() {
        return gain;
    }

    double intercept() {
        return intercept;
    }

    /**
     * Fits one frame.
     *
     * @param means brightness of each block
     * @param variances noise of each block
     * @param medianFactor what the median of such variances is of their mean
     */
    void fit(float[] means, float[] variances, double medianFactor) {
        int blocks = order.length;
        for (int i = 0; i < blocks; i++) {
            order[i] = (long) sortable(means[i]) << 32 | i;
        }
        Arrays.sort(order);
        double weightSum = 0;
        double meanSum = 0;
        double varianceSum = 0;
        double meanSquares = 0;
        double products = 0;
        double floor = 1e-3 * Math.max(overallMedian(variances), Float.MIN_NORMAL);
        for (int b = 0; b < bins; b++) {
            int from = (int) ((long) blocks * b / bins);
            int to = (int) ((long) blocks * (b + 1) / bins);
            double mean = binMedian(means, from, to);
            double variance = binMedian(variances, from, to) / medianFactor;
            double weight = 1 / Math.pow(Math.max(variance, floor), 2); // a variance's error grows with it
            weightSum += weight;
            meanSum += weight * mean;
            varianceSum += weight * variance;
            meanSquares += weight * mean * mean;
            products += weight * mean * variance;
        }
        double spread = weightSum * meanSquares - meanSum * meanSum;
        boolean sloped = spread > 1e-9 * weightSum * meanSquares;
        gain = sloped ? (weightSum * products - meanSum * varianceSum) / spread : 0;
        if (gain < 0) {
            gain = 0;
        }
        intercept = (varianceSum - gain * meanSum) / weightSum;
    }

    private double overallMedian(float[] values) {
        System.arraycopy(values, 0, bin, 0, bin.length);
        return Quantiles.median(bin, 0, bin.length);
    }

    private double binMedian(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            bin[i - from] = values[(int) order[i]];
        }
        return Quantiles.median(bin, 0, to - from);
    }

    /** An int that sorts as the float does. */
    private static int sortable(float value) {
        int bits = Float.floatToIntBits(value);
        return bits ^ ((bits >> 31) & 0x7fffffff);
    }
}
