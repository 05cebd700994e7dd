package io.nocturne.stream.accounting;

import io.nocturne.stream.spi.FrameSink.Delivery;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One sink's frames: offered = delivered + skipped + lost + pending. Counters are written by the sink's thread and, for
 * frames that settle later, by the thread that reports them; safe from any thread.
 */
public final class SinkTally {
    private final String name;
    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    SinkTally(String name) {
        this.name = name;
    }

    /** Counts a frame offered, and settled unless it is pending. */
    public void offered(Delivery delivery) {
        offered.incrementAndGet();
        if (delivery != Delivery.PENDING) {
            settled(delivery);
        }
    }

    /** Counts a frame that was pending. */
    public void settled(Delivery delivery) {
        switch (delivery) {
            case DELIVERED -> delivered.incrementAndGet();
            case SKIPPED -> skipped.incrementAndGet();
            case LOST -> lost.incrementAndGet();
            case PENDING -> throw new IllegalArgumentException("A frame can't settle as PENDING");
        }
    }

    /** Counts frames that the sink never looked at before the drain's deadline. */
    public void unreached(long frames) {
        offered.addAndGet(frames);
        lost.addAndGet(frames);
    }

    public Snapshot snapshot() {
        // Settled counts are read before offered, so that pending is never negative.
        long d = delivered.get();
        long s = skipped.get();
        long l = lost.get();
        long o = offered.get();
        return new Snapshot(name, o, d, s, l, o - d - s - l);
    }

    /** Frozen counters of one sink. */
    public record Snapshot(String name, long offered, long delivered, long skipped, long lost, long pending) {}
}
