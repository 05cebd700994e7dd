package io.nocturne.stream.optics;

import java.util.Arrays;

/**
 * Separable blur of a plane by the discrete Gaussian {@code T(n, t) = exp(-t) I_n(t)} (Lindeberg, IEEE PAMI 12, 1990),
 * which, unlike a sampled Gaussian, has exactly the variance asked for at any width, even far below a pixel. Edges
 * reflect, so the plane's sum is conserved. Immutable; safe to share between threads, each with a {@link Scratch} of its own.
 */
public final class GaussianBlur {
    /** Mass that truncation may cut off each side. */
    private static final double TAIL = 1e-4;

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
     * @param plane row-major, {@code width * height} of the scratch
     * @param scratch room to work in, of that plane's size; its contents are lost
     */
    public void apply(float[] plane, Scratch scratch) {
        if (kernel.length == 1) {
            return;
        }
        int width = scratch.width;
        int height = scratch.height;
        int radius = radius();
        for (int y = 0; y < height; y++) {
            scratch.mirrorRow(plane, y * width, radius);
            scratch.begin(scratch.mirrored, radius, kernel[0]);
            for (int i = 1; i <= radius; i++) {
                scratch.add(scratch.mirrored, radius - i, radius + i, kernel[i]);
            }
            scratch.end(scratch.plane, y * width);
        }
        for (int y = 0; y < height; y++) {
            scratch.begin(scratch.plane, y * width, kernel[0]);
            for (int i = 1; i <= radius; i++) {
                scratch.add(scratch.plane, reflect(y - i, height) * width, reflect(y + i, height) * width, kernel[i]);
            }
            scratch.end(plane, y * width);
        }
    }

    /**
     * Room for blurring planes of one size with any kernel; one per thread.
     *
     * <p>Rows are copied out before they are added up: over whole arrays that start at 0 the compiler uses vector
     * instructions, over parts of one array it does not (six times slower on JDK 17).
     */
    public static final class Scratch {
        private final int width;
        private final int height;
        private final float[] plane;
        private final float[] before;
        private final float[] after;
        private final float[] sum;
        private float[] mirrored;

        public Scratch(int width, int height) {
            this.width = width;
            this.height = height;
            plane = new float[width * height];
            before = new float[width];
            after = new float[width];
            sum = new float[width];
            mirrored = new float[width];
        }

        /** Copies a row with its mirror images to both sides. */
        private void mirrorRow(float[] in, int start, int radius) {
            if (mirrored.length < width + 2 * radius) {
                mirrored = new float[width + 2 * radius];
            }
            System.arraycopy(in, start, mirrored, radius, width);
            for (int i = 1; i <= radius; i++) {
                mirrored[radius - i] = in[start + reflect(-i, width)];
                mirrored[radius + width - 1 + i] = in[start + reflect(width - 1 + i, width)];
            }
        }

        private void begin(float[] in, int from, float weight) {
            System.arraycopy(in, from, sum, 0, width);
            scale(sum, weight);
        }

        private void add(float[] in, int fromBefore, int fromAfter, float weight) {
            System.arraycopy(in, fromBefore, before, 0, width);
            System.arraycopy(in, fromAfter, after, 0, width);
            addWeighted(before, after, sum, weight);
        }

        private void end(float[] out, int to) {
            System.arraycopy(sum, 0, out, to, width);
        }

        private static void scale(float[] values, float weight) {
            for (int x = 0; x < values.length; x++) {
                values[x] *= weight;
            }
        }

        private static void addWeighted(float[] a, float[] b, float[] sum, float weight) {
            for (int x = 0; x < sum.length; x++) {
                sum[x] += weight * (a[x] + b[x]);
            }
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
