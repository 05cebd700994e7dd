package io.nocturne.stream.spi;

/** The time of a run: one monotonic clock for every stamp, tied once to the wall clock. Tests inject their own. */
public interface RunClock {
    /** Monotonic nanoseconds; only differences mean anything. */
    long nanoTime();

    /** Nanoseconds since 1970-01-01 UTC that correspond to a stamp of {@link #nanoTime()}. */
    long epochNanos(long nanoTime);

    /** A clock on {@link System#nanoTime()}, tied to the wall clock now. */
    static RunClock system() {
        long anchorNano = System.nanoTime();
        java.time.Instant now = java.time.Instant.now();
        long anchorEpoch = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        return new RunClock() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public long epochNanos(long nanoTime) {
                return anchorEpoch + (nanoTime - anchorNano);
            }
        };
    }
}
