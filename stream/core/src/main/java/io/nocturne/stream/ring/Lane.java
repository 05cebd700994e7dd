package io.nocturne.stream.ring;

import io.nocturne.stream.spi.RestoreLane;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A {@link RestoreLane} on its way between intake and workers. Whoever moves the state owns the fields until the next
 * move; a computation that was given up ({@link #ABANDONED}) owns nothing but its own lane's memory.
 */
final class Lane {
    static final int FREE = 0;
    /** Intake is filling it. */
    static final int LOADING = 1;
    /** Waiting for a worker. */
    static final int LOADED = 2;
    /** A worker computes. */
    static final int RUNNING = 3;
    /** A worker writes the product. */
    static final int EMITTING = 4;
    /** Given up while running: its frame has left; free again should the computation ever return. */
    static final int ABANDONED = 5;

    final RestoreLane work;
    final AtomicInteger state = new AtomicInteger(FREE);

    /** Entry of the restored ring this computation is for. */
    long sequence;

    Outcome outcome;
    Slot product;
    /** Start of the computation under way, 0 if none; read by the supervisor. */
    volatile long runningSinceNanos;
    /** Supervisor thread only. */
    boolean cancelled;

    Lane(RestoreLane work) {
        this.work = work;
    }
}
