package io.nocturne.stream.ring;

import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;

/**
 * One consumer's place in a ring, gating its producer. Progress is published after every single entry, not at the end
 * of a batch, so that no frame is held by the frames behind it; a consumer that still needs old entries (windows)
 * releases later than it reads. Owner thread only, but for {@link #released()}.
 */
final class RingCursor {
    private final RingBuffer<?> ring;
    private final Sequence released = new Sequence();
    private final Waiter waiter;
    private long next;

    RingCursor(RingBuffer<?> ring, WakeOnPublish wake) {
        this(ring, wake, new Waiter());
    }

    RingCursor(RingBuffer<?> ring, WakeOnPublish wake, Waiter waiter) {
        this.ring = ring;
        this.waiter = waiter;
        ring.addGatingSequences(released);
        wake.register(waiter);
    }

    /** True if the entry at {@link #next()} is published. */
    boolean ready() {
        return ring.isAvailable(next);
    }

    /** Waits a while for the next entry. */
    void await() {
        waiter.await(this::ready);
    }

    /** Sequence of the entry to read next. */
    long next() {
        return next;
    }

    /** Moves on to the following entry without releasing this one. */
    void step() {
        next++;
    }

    /** Gives entries up to and including {@code sequence} back to the producer. */
    void release(long sequence) {
        released.set(sequence);
    }

    /** Moves on and releases. */
    void stepAndRelease() {
        released.set(next);
        next++;
    }

    /** Last sequence given back. Any thread. */
    long released() {
        return released.get();
    }
}
