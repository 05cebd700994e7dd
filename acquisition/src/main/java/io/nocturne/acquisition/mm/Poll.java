package io.nocturne.acquisition.mm;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * How to wait for a core that has no way to call: look again after a short park. Where a park takes much longer than asked,
 * as on some Windows machines, and frames come faster than that, a thread that spins is the lesser evil: the camera's
 * buffer would bridge the park, but every frame would be late by it.
 *
 * @param parkNanos length of a park, 0 to spin instead
 */
record Poll(long parkNanos) {
    private static final long ASKED_NANOS = 200_000;
    private static final int TRIES = 9;

    /** Tries out how long a park takes here and chooses. */
    static Poll measured(long framePeriodNanos) {
        return chosen(parkTakesNanos(), framePeriodNanos);
    }

    static Poll chosen(long parkTakesNanos, long framePeriodNanos) {
        boolean tooCoarse = framePeriodNanos > 0 && parkTakesNanos > framePeriodNanos / 2;
        return new Poll(tooCoarse ? 0 : ASKED_NANOS);
    }

    private static long parkTakesNanos() {
        long[] took = new long[TRIES];
        for (int i = 0; i < TRIES; i++) {
            long start = System.nanoTime();
            LockSupport.parkNanos(ASKED_NANOS);
            took[i] = System.nanoTime() - start;
        }
        Arrays.sort(took);
        return took[TRIES / 2];
    }

    void waitAMoment() {
        if (parkNanos > 0) {
            LockSupport.parkNanos(this, parkNanos);
        } else {
            Thread.onSpinWait();
        }
    }
}
