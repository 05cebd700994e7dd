package io.nocturne.inference.training;

import java.util.BitSet;

/**
 * Adam (Kingma and Ba, ICLR 2015) on plain arrays, with the gradient's norm limited and a running average of the weights
 * beside them, which is what one keeps. Same numbers in, same numbers out. One thread.
 */
final class Adam {
    private static final double BETA_1 = 0.9;
    private static final double BETA_2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final float[] weights;
    private final float[] average;
    private final float[] mean;
    private final float[] square;
    private final BitSet frozen;
    private final double clip;
    private final double keep;
    private int steps;

    /**
     * @param weights where to start; copied
     * @param frozen those that stay as they are, by index
     * @param clip largest norm of a gradient
     * @param keep share of the average that each step keeps, such as 0.999
     */
    Adam(float[] weights, BitSet frozen, double clip, double keep) {
        this.frozen = (BitSet) frozen.clone();
        this.weights = weights.clone();
        average = weights.clone();
        mean = new float[weights.length];
        square = new float[weights.length];
        this.clip = clip;
        this.keep = keep;
    }

    /** One step; a gradient that isn't finite is left out. */
    void step(float[] gradient, double rate) {
        double norm = 0;
        for (int i = frozen.nextClearBit(0); i < gradient.length; i = frozen.nextClearBit(i + 1)) {
            norm += (double) gradient[i] * gradient[i];
        }
        norm = Math.sqrt(norm);
        if (!Double.isFinite(norm)) {
            return;
        }
        steps++;
        float scale = (float) Math.min(1, clip / Math.max(norm, 1e-12));
        float b1 = (float) BETA_1;
        float b2 = (float) BETA_2;
        float meanCorrection = (float) (rate / (1 - Math.pow(BETA_1, steps)));
        float squareCorrection = (float) (1 / (1 - Math.pow(BETA_2, steps)));
        // Early on the average follows faster: it would remember the beginning otherwise.
        float k = (float) Math.min(keep, (1.0 + steps) / (10.0 + steps));
        for (int i = frozen.nextClearBit(0); i < weights.length; i = frozen.nextClearBit(i + 1)) {
            float g = gradient[i] * scale;
            mean[i] = b1 * mean[i] + (1 - b1) * g;
            square[i] = b2 * square[i] + (1 - b2) * g * g;
            weights[i] -=
                    meanCorrection * mean[i] / ((float) Math.sqrt(square[i] * squareCorrection) + (float) EPSILON);
            average[i] = k * average[i] + (1 - k) * weights[i];
        }
    }

    float[] weights() {
        return weights;
    }

    /** The running average of the weights. */
    float[] average() {
        return average;
    }
}
