package io.nocturne.stream.optics;

import java.util.Arrays;

/**
 * Separable blur of a plane by the discrete Gaussian {@code T(n, t) = exp(-t) I_n(t)} (Lindeberg, IEEE PAMI 12, 1990),
 * which, unlike a sampled Gaussian, has exactly the variance asked for at any width, even far below a pixel. Edges
 * reflect, so the plane's sum is conserved. Immutable; safe to share between threads, each with its own scratch plane.
 */
public final class GaussianBlur {
    /** Mass that truncation may cut off each side. */
    private static final double TAIL = 2e-5;

    private final double variance;
    private final float[] kernel;

    /** A blur of that variance, in pixels squared, 0 to 1e4. */
    public GaussianBlur(double variance) {
        if (!(variance >= 0 && variance <= 1e4)) {
            throw new IllegalArgumentException("A blur's variance must be 0 to 10000 pixels squared, not " + variance);
        }
        this.variance = variance;
        this.kernel = halfKernel(variance);
    }

    public double variance() {
        return variance;
    }

    /** Pixels that a pixel's light reaches to each side. */
    public int radius() {
        return kernel.length - 1;
    }

    /** Weight at that distance; the weights of {@code -radius .. radius} add up to 1. */
    public double weight(int distance) {
        return Math.abs(distance) < kernel.length ? kernel[Math.abs(distance)] : 0;
    }

    /**
     * Blurs a plane in place.
     *
     * @param plane row-major, at least {@code width * height}
     * @param scratch another of the same size; its contents are lost
     */
    public void apply(float[] plane, int width, int height, float[] scratch) {
        if (kernel.length == 1) {
            return;
        }
        for (int y = 0; y < height; y++) {
            blurRow(plane, y * width, width, scratch);
        }
        for (int y = 0; y < height; y++) {
            scaleRow(scratch, y * width, plane, y * width, width, kernel[0]);
            for (int i = 1; i < kernel.length; i++) {
                int before = reflect(y - i, height) * width;
                int after = reflect(y + i, height) * width;
                addRows(scratch, before, after, plane, y * width, width, kernel[i]);
            }
        }
    }

    private void blurRow(float[] in, int start, int width, float[] out) {
        int radius = radius();
        int inner = Math.max(0, width - 2 * radius);
        int left = inner == 0 ? width : radius;
        for (int x = 0; x < left; x++) {
            out[start + x] = edgePixel(in, start, width, x);
        }
        if (inner == 0) {
            return;
        }
        int first = start + radius;
        scaleRow(in, first, out, first, inner, kernel[0]);
        for (int i = 1; i < kernel.length; i++) {
            addRows(in, first - i, first + i, out, first, inner, kernel[i]);
        }
        for (int x = width - radius; x < width; x++) {
            out[start + x] = edgePixel(in, start, width, x);
        }
    }

    private float edgePixel(float[] in, int start, int width, int x) {
        float sum = kernel[0] * in[start + x];
        for (int i = 1; i < kernel.length; i++) {
            sum += kernel[i] * (in[start + reflect(x - i, width)] + in[start + reflect(x + i, width)]);
        }
        return sum;
    }

    private static void scaleRow(float[] in, int from, float[] out, int to, int width, float weight) {
        for (int x = 0; x < width; x++) {
            out[to + x] = weight * in[from + x];
        }
    }

    private static void addRows(float[] in, int before, int after, float[] out, int to, int width, float weight) {
        for (int x = 0; x < width; x++) {
            out[to + x] += weight * (in[before + x] + in[after + x]);
        }
    }

    /** Index behind a mirror that stands on the outer edge of the first and last pixel. */
    private static int reflect(int index, int length) {
        int i = Math.floorMod(index, 2 * length);
        return i < length ? i : 2 * length - 1 - i;
    }

    private static float[] halfKernel(double variance) {
        if (variance == 0) {
            return new float[] {1};
        }
        int most = (int) Math.ceil(8 + 8 * Math.sqrt(variance));
        double[] bessel = scaledBessel(most, variance);
        int radius = most;
        double tail = bessel[most];
        while (radius > 1 && tail + bessel[radius - 1] < TAIL) {
            radius--;
            tail += bessel[radius];
        }
        double sum = bessel[0];
        for (int n = 1; n <= radius; n++) {
            sum += 2 * bessel[n];
        }
        float[] half = new float[radius + 1];
        for (int n = 0; n <= radius; n++) {
            half[n] = (float) (bessel[n] / sum);
        }
        return half;
    }

    /** {@code exp(-t) I_n(t)} for n = 0..most by Miller's downward recurrence, normalised by their sum. */
    private static double[] scaledBessel(int most, double t) {
        int start = most + 16 + (int) Math.sqrt(40.0 * (most + 16));
        double[] values = new double[start + 2];
        values[start] = 1e-280;
        for (int n = start; n >= 1; n--) {
            values[n - 1] = values[n + 1] + 2 * n / t * values[n];
            if (values[n - 1] > 1e200) {
                for (int i = n - 1; i <= start; i++) {
                    values[i] *= 1e-250;
                }
            }
        }
        double sum = values[0];
        for (int n = 1; n <= start; n++) {
            sum += 2 * values[n];
        }
        double[] scaled = Arrays.copyOf(values, most + 1);
        for (int n = 0; n <= most; n++) {
            scaled[n] /= sum;
        }
        return scaled;
    }
}
