package io.nocturne.acquisition.mm;

import java.time.Instant;
import java.time.ZoneId;
import java.util.function.LongSupplier;

/**
 * Maps the moment at which the core received a frame, told in local time of the wall clock, to the run's clock: by how long
 * ago it was when the frame was taken. Only differences of the wall clock over that short time matter, so neither its drift
 * nor a step hours ago does. Not safe for use from multiple threads.
 */
final class CoreTime {
    private static final long HOUR_NANOS = 3_600_000_000_000L;

    private final LongSupplier wallLocalNanos;

    /**
     * @param wallLocalNanos nanoseconds since 1970 as a clock on the wall shows them
     */
    CoreTime(LongSupplier wallLocalNanos) {
        this.wallLocalNanos = wallLocalNanos;
    }

    /** On this machine's clock and time zone. */
    static CoreTime system() {
        long offset = ZoneId.systemDefault().getRules().getOffset(Instant.now()).getTotalSeconds() * 1_000_000_000L;
        return new CoreTime(() -> {
            Instant now = Instant.now();
            return now.getEpochSecond() * 1_000_000_000L + now.getNano() + offset;
        });
    }

    /**
     * When the core had a frame, on the run's clock.
     *
     * @param coreLocalNanos what the frame says
     * @param receivedNanos now, on the run's clock: the answer if the frame says nothing, and never exceeded
     */
    long nanos(long coreLocalNanos, long receivedNanos) {
        if (coreLocalNanos == FrameTags.UNKNOWN) {
            return receivedNanos;
        }
        long ago = wallLocalNanos.getAsLong() - coreLocalNanos;
        // Whole hours are a change to or from summer time, or a core in another zone: no frame waits that long.
        long within = Math.floorMod(ago + HOUR_NANOS / 2, HOUR_NANOS) - HOUR_NANOS / 2;
        return receivedNanos - Math.max(0, within);
    }
}
