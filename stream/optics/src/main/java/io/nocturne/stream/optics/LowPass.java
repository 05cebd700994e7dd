package io.nocturne.stream.optics;

/**
 * A filter that passes what an objective passes, as a separable kernel: {@code sin(2 pi r n) / (pi n)} under a Hann window,
 * with weights that add up to 1. Immutable.
 *
 * <p>An incoherent image holds nothing beyond {@code 2 NA / wavelength} (Goodman, Introduction to Fourier Optics, ch. 6).
 * The kernel of that disc of frequencies isn't separable; that of the square around it is, costs a fifteenth, passes all of
 * the disc, and leaves a fifth of the noise outside the disc. A kernel of finite length has a soft edge:
 * {@link #passing} puts it so that at the limit itself, where an image has nothing left, 96 % still pass.
 *
 * @param cutoff where half of the amplitude passes, cycles per pixel, 0.02 to 0.5
 * @param radius pixels that the kernel reaches to each side
 */
public record LowPass(double cutoff, int radius) {
    /** Radius that {@link #passing} takes. */
    public static final int RADIUS = 12;

    /** Lowest cutoff, cycles per pixel. */
    public static final double LEAST = 0.02;

    /** Highest cutoff, cycles per pixel: nothing is filtered. */
    public static final double MOST = 0.5;

    private static final double EDGE = 0.6;

    public LowPass {
        if (!(cutoff >= LEAST && cutoff <= MOST) || radius < 1 || radius > 64) {
            throw new IllegalArgumentException("A low-pass filter has a cutoff of 0.02 to 0.5 cycles per pixel and a"
                    + " radius of 1 to 64 pixels, not " + cutoff + " and " + radius);
        }
    }

    /**
     * Highest frequency that an objective passes, in cycles per pixel.
     *
     * @param pixelUm pixel size in the specimen, micrometres
     */
    public static double limit(double numericalAperture, double wavelengthUm, double pixelUm) {
        return 2 * numericalAperture / wavelengthUm * pixelUm;
    }

    /** True if there are frequencies that pixels could show and that {@link #passing} a limit takes away. */
    public static boolean removesAnything(double limit) {
        return limit + EDGE / RADIUS < 0.5;
    }

    /** A filter whose edge begins at that limit, so that what is below it stays. */
    public static LowPass passing(double limit) {
        return new LowPass(Math.min(MOST, limit + EDGE / RADIUS), RADIUS);
    }

    /** Weights along one axis, {@code 2 * radius + 1}. */
    public float[] kernel() {
        double[] weights = new double[2 * radius + 1];
        double sum = 0;
        for (int n = -radius; n <= radius; n++) {
            double ideal = n == 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * n) / (Math.PI * n);
            weights[n + radius] = ideal * window(n, radius);
            sum += weights[n + radius];
        }
        float[] kernel = new float[weights.length];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (float) (weights[i] / sum);
        }
        return kernel;
    }

    /** Hann window that is zero just beyond the radius. */
    public static double window(int n, int radius) {
        return 0.5 + 0.5 * Math.cos(Math.PI * n / (radius + 1.0));
    }

    /** Amplitude that passes at a frequency along one axis, cycles per pixel. */
    public double response(double frequency) {
        float[] kernel = kernel();
        double sum = 0;
        for (int n = -radius; n <= radius; n++) {
            sum += kernel[n + radius] * Math.cos(2 * Math.PI * frequency * n);
        }
        return sum;
    }
}
