package io.nocturne.config.host;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a short park really takes here. On Linux some 60 us more than asked; on Windows 1.5 to 15 ms, which is why
 * waiting threads then block on a signal instead.
 *
 * @param askedNanos what was asked for
 * @param medianNanos half of the parks took at most this
 * @param worstNanos the longest of them
 */
public record ParkGranularity(long askedNanos, long medianNanos, long worstNanos) {
    private static final int PARKS = 200;

    /** Measures on the calling thread; takes 20 to 300 ms. */
    public static ParkGranularity measure() {
        long asked = 50_000;
        long[] took = new long[PARKS];
        for (int i = 0; i < PARKS; i++) {
            long start = System.nanoTime();
            LockSupport.parkNanos(asked);
            took[i] = System.nanoTime() - start;
        }
        Arrays.sort(took);
        return new ParkGranularity(asked, took[PARKS / 2], took[PARKS - 1]);
    }

    /** True if a short park is too coarse for waiting between frames. */
    public boolean isCoarse() {
        return medianNanos > 1_000_000;
    }
}
