package io.nocturne.inference.unifmir.pipeline;

import java.util.Arrays;

/**
 * Linear normalisation by two percentiles of everything there is, as CARE and UniFMIR do offline: {@code (x - low) / (high -
 * low + 1e-20)}, without clipping, and back. Percentiles interpolate linearly between order statistics (NumPy's default).
 */
public record PercentileRange(float low, float high) {
    private static final float EPSILON = 1e-20f;

    /** Percentiles of all pixels. */
    public static PercentileRange of(float[] pixels, double lowPercent, double highPercent) {
        float[] sorted = pixels.clone();
        Arrays.sort(sorted);
        return new PercentileRange(quantile(sorted, lowPercent / 100), quantile(sorted, highPercent / 100));
    }

    private static float quantile(float[] sorted, double fraction) {
        double rank = fraction * (sorted.length - 1);
        int below = (int) rank;
        double low = sorted[below];
        double high = sorted[Math.min(sorted.length - 1, below + 1)];
        return (float) (low + (rank - below) * (high - low));
    }

    /** A normalised copy. */
    public float[] normalised(float[] pixels) {
        float span = high - low + EPSILON;
        float[] out = new float[pixels.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (pixels[i] - low) / span;
        }
        return out;
    }

    /** Undoes it in place. */
    public void restore(float[] pixels) {
        float span = high - low;
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = span * pixels[i] + low;
        }
    }
}
