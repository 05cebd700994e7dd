package io.nocturne.stream.stack;

import java.time.Duration;

/**
 * When the operating system is made to put frames on the disk itself. Whatever it is, a frame survives the end of the
 * process once it is written; it is the loss of power, or a crash of the operating system, that this is about.
 *
 * @param periodNanos 0 for each frame, {@link Long#MAX_VALUE} for never, otherwise how long frames may wait
 */
public record Fsync(long periodNanos) {
    /** Left to the operating system, which takes up to about half a minute. */
    public static final Fsync NONE = new Fsync(Long.MAX_VALUE);

    /** Before a frame counts as stored. */
    public static final Fsync EACH = new Fsync(0);

    public Fsync {
        if (periodNanos < 0) {
            throw new IllegalArgumentException("A period of " + periodNanos + " ns is negative");
        }
    }

    /** At most that long after a frame was written, plus the time that the disk takes. */
    public static Fsync every(Duration period) {
        return new Fsync(period.toNanos());
    }

    boolean each() {
        return periodNanos == 0;
    }

    boolean never() {
        return periodNanos == Long.MAX_VALUE;
    }

    /** What may be lost, for people. */
    public String lossBound() {
        String power = never()
                ? "when power fails, what the operating system had not yet written: about the last 30 s"
                : each()
                        ? "when power fails, no frame that the ledger calls stored"
                        : "when power fails, frames of the last "
                                + Duration.ofNanos(periodNanos).toMillis() + " ms";
        return "lost when the process is killed: no stored frame; " + power;
    }
}
