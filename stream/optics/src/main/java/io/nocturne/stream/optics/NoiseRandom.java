package io.nocturne.stream.optics;

import java.util.random.RandomGenerator;

/**
 * Random numbers for shot noise, gain noise and read noise at video rate. Seeded: the same seed and frame give the same
 * numbers. Allocates nothing after construction. Not safe for use from multiple threads.
 *
 * <p>Bits come from xoshiro256++ (Blackman and Vigna, ACM TOMS 47, 2021), seeded through SplitMix64. Gaussians are the
 * JDK's modified ziggurat (McFarland, J. Stat. Comput. Simul. 86, 2016).
 *
 * <p>Poisson numbers below {@value #TABLE_END} use that the sum of Poisson numbers is Poisson: one from a tabulated mean
 * on a grid of {@code 1/}{@value #ROWS_PER_UNIT}, found by guided inversion, and one of the rest by sequential
 * inversion, which is nearly always 0 and then costs one comparison. Both are exact but for the 32 bits of a uniform
 * number. Above, transformed rejection PTRS (Hoermann, Insurance: Math. and Econ. 12, 1993) is used, exact too.
 *
 * <p>Gamma numbers: Marsaglia and Tsang (ACM TOMS 26, 2000).
 */
public final class NoiseRandom implements RandomGenerator {
    private static final int TABLE_END = 32;
    private static final int ROWS_PER_UNIT = 8;
    private static final int ROWS = TABLE_END * ROWS_PER_UNIT;
    /** Longest tabulated count: {@code P(n >= 112)} is below 1e-26 for a mean of 32. */
    private static final int ROW_LENGTH = 112;

    private static final int GUIDES = 256;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final int SIGN = 0x8000_0000;
    private static final long MAX_FRACTION = 0xffff_ffffL;
    private static final double TWO_POW_32 = 0x1p32;
    private static final double[] LOG_FACTORIAL = logFactorials(256);

    /** Largest 32-bit uniform number that still gives n, sign bit flipped so that signed comparison orders them. */
    private static final int[] CUMULATIVE = new int[ROWS * ROW_LENGTH];

    /** Where to start the search, by the top eight bits of the uniform number. */
    private static final byte[] GUIDE = new byte[ROWS * GUIDES];

    static {
        for (int row = 0; row < ROWS; row++) {
            tabulate(row);
        }
    }

    private long s0;
    private long s1;
    private long s2;
    private long s3;

    public NoiseRandom(long seed) {
        seed(seed, 0);
    }

    /** Starts again at the sequence that belongs to a seed and, for instance, a frame index. */
    public void seed(long seed, long index) {
        long state = mix(seed) ^ mix(index + 0x6a09e667f3bcc909L);
        s0 = mix(state += GOLDEN);
        s1 = mix(state += GOLDEN);
        s2 = mix(state += GOLDEN);
        s3 = mix(state + GOLDEN);
    }

    /** The finaliser of SplitMix64: a good hash of a number to 64 bits. */
    public static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    @Override
    public long nextLong() {
        long result = Long.rotateLeft(s0 + s3, 23) + s0;
        long t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    /**
     * A Poisson number.
     *
     * @param mean 0 or more, below 1e9; 0 for what is not above 0
     */
    public int nextPoisson(double mean) {
        if (!(mean > 0)) {
            return 0;
        }
        if (mean >= TABLE_END) {
            return transformedRejection(mean);
        }
        int row = (int) (mean * ROWS_PER_UNIT);
        long bits = nextLong();
        int uniform = (int) (bits >>> 32) ^ SIGN;
        int n = GUIDE[row * GUIDES + (int) (bits >>> 56)];
        int base = row * ROW_LENGTH;
        while (uniform > CUMULATIVE[base + n]) {
            n++;
        }
        double rest = mean - (double) row / ROWS_PER_UNIT;
        double restUniform = (bits & MAX_FRACTION) / TWO_POW_32;
        return restUniform < 1 - rest ? n : n + sequentialInversion(rest, restUniform);
    }

    /**
     * A number of the Gamma distribution with mean {@code shape} and variance {@code shape}: what {@code shape} unit
     * exponentials add up to.
     *
     * @param shape above 0
     */
    public double nextGamma(double shape) {
        if (shape < 1) {
            return nextGamma(shape + 1) * Math.pow(1 - nextDouble(), 1 / shape);
        }
        if (shape == 1) {
            return nextExponential();
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = nextGaussian();
            double v = 1 + c * x;
            if (v <= 0) {
                continue;
            }
            v = v * v * v;
            double u = 1 - nextDouble();
            double squared = x * x;
            if (u < 1 - 0.0331 * squared * squared || Math.log(u) < 0.5 * squared + d * (1 - v + Math.log(v))) {
                return d * v;
            }
        }
    }

    /** Poisson by adding up probabilities; for small means. */
    private static int sequentialInversion(double mean, double uniform) {
        double probability = Math.exp(-mean);
        double cumulative = probability;
        int n = 0;
        while (uniform >= cumulative && probability > 0) {
            n++;
            probability *= mean / n;
            cumulative += probability;
        }
        return n;
    }

    private int transformedRejection(double mean) {
        double logMean = Math.log(mean);
        double b = 0.931 + 2.53 * Math.sqrt(mean);
        double a = -0.059 + 0.02483 * b;
        double logInverseAlpha = Math.log(1.1239 + 1.1328 / (b - 3.4));
        double squeeze = 0.9277 - 3.6224 / (b - 2);
        while (true) {
            double u = nextDouble() - 0.5;
            double v = 1 - nextDouble();
            double us = 0.5 - Math.abs(u);
            double k = Math.floor((2 * a / us + b) * u + mean + 0.43);
            if (us >= 0.07 && v <= squeeze) {
                return (int) k;
            }
            if (k < 0 || (us < 0.013 && v > us)) {
                continue;
            }
            if (Math.log(v) + logInverseAlpha - Math.log(a / (us * us) + b) <= k * logMean - mean - logFactorial(k)) {
                return (int) k;
            }
        }
    }

    private static double logFactorial(double k) {
        if (k < LOG_FACTORIAL.length) {
            return LOG_FACTORIAL[(int) k];
        }
        double inverse = 1 / k;
        return (k + 0.5) * Math.log(k)
                - k
                + 0.9189385332046728
                + inverse * (1.0 / 12 - inverse * inverse * (1.0 / 360 - inverse * inverse / 1260));
    }

    private static double[] logFactorials(int length) {
        double[] table = new double[length];
        for (int k = 2; k < length; k++) {
            table[k] = table[k - 1] + Math.log(k);
        }
        return table;
    }

    private static void tabulate(int row) {
        double mean = (double) row / ROWS_PER_UNIT;
        double probability = Math.exp(-mean);
        double cumulative = 0;
        int base = row * ROW_LENGTH;
        for (int n = 0; n < ROW_LENGTH; n++) {
            cumulative += probability;
            long last = n == ROW_LENGTH - 1 ? MAX_FRACTION : Math.round(cumulative * TWO_POW_32) - 1;
            CUMULATIVE[base + n] = (int) Math.min(Math.max(last, 0), MAX_FRACTION) ^ SIGN;
            probability *= mean / (n + 1);
        }
        int n = 0;
        for (int guide = 0; guide < GUIDES; guide++) {
            int lowest = (guide << 24) ^ SIGN;
            while (lowest > CUMULATIVE[base + n]) {
                n++;
            }
            GUIDE[row * GUIDES + guide] = (byte) n;
        }
    }
}
