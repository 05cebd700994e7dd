package io.nocturne.acquisition.scene;

import io.nocturne.stream.optics.NoiseRandom;

/**
 * Smooth random functions that can be asked at any point, in any order: what makes a movie a function of time alone.
 * Values at whole numbers are hashes, uniform in -1 to 1; between them runs a quintic (Perlin, SIGGRAPH 2002).
 */
final class SmoothNoise {
    /** Variance of {@link #at(long, double)} over all times: a third, times what the quintic's mixing leaves of it. */
    private static final double VARIANCE = 2.0 / 3 * 181 / 462;
    /** Share of an octave in the spread over a lag; neighbouring octaves add the rest. Found by simulation. */
    private static final double OCTAVE_SHARE = 0.18;

    private SmoothNoise() {}

    /** Uniform in 0 to 1, from a key. */
    static double uniform(long key) {
        return (NoiseRandom.mix(key) >>> 11) * 0x1p-53;
    }

    /** Uniform in a range, from a key. */
    static double uniform(long key, double low, double high) {
        return low + (high - low) * uniform(key);
    }

    /** A key for the part numbered {@code part} of the thing that {@code key} stands for. */
    static long key(long key, long part) {
        return NoiseRandom.mix(key * 0x9e3779b97f4a7c15L + part + 1);
    }

    /** A smooth function of one variable, -1 to 1, that changes over about 1. */
    static double at(long key, double t) {
        double floor = Math.floor(t);
        double low = lattice(key, (long) floor);
        double high = lattice(key, (long) floor + 1);
        return low + (high - low) * quintic(t - floor);
    }

    /** A smooth function of two variables, -1 to 1, that changes over about 1. */
    static double at(long key, double x, double y) {
        double floor = Math.floor(y);
        double low = at(key(key, (long) floor), x);
        double high = at(key(key, (long) floor + 1), x);
        return low + (high - low) * quintic(y - floor);
    }

    /**
     * A wandering like Brownian motion from {@code shortest} to about {@code longest}, confined beyond: octaves of smooth
     * noise whose variance grows with their period.
     *
     * @param diffusion in units squared per second
     * @return one coordinate
     */
    static double wander(long key, double seconds, double diffusion, double shortest, double longest) {
        double sum = 0;
        int octave = 0;
        for (double period = shortest; period <= longest; period *= 2) {
            double amplitude = Math.sqrt(2 * diffusion * period * OCTAVE_SHARE / VARIANCE);
            sum += amplitude * at(key(key, octave), seconds / period + 17.31 * octave);
            octave++;
        }
        return sum;
    }

    private static double lattice(long key, long i) {
        return 2 * uniform(key + i * 0x632be59bd9b4e019L) - 1;
    }

    private static double quintic(double t) {
        return t * t * t * (t * (t * 6 - 15) + 10);
    }
}
