package io.nocturne.bench;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * How long one restoration takes beyond copying its frame. The time is slept, so that few cores can play many workers.
 * Optionally one thread, the first that asks, is slower than the others. Safe from any thread.
 */
public final class ServiceTime {
    private final long nanos;
    private final int slowFactor;
    private final AtomicReference<Thread> slowThread = new AtomicReference<>();

    private ServiceTime(long nanos, int slowFactor) {
        this.nanos = nanos;
        this.slowFactor = slowFactor;
    }

    /** No time at all. */
    public static ServiceTime none() {
        return new ServiceTime(0, 1);
    }

    /** The same on every thread. */
    public static ServiceTime of(Duration each) {
        return new ServiceTime(each.toNanos(), 1);
    }

    /** On one thread {@code factor} times as long as on the others. */
    public static ServiceTime withOneSlow(Duration others, int factor) {
        return new ServiceTime(others.toNanos(), factor);
    }

    /** Sleeps for the time that the calling thread takes. */
    void spend() {
        if (nanos == 0) {
            return;
        }
        long end = System.nanoTime() + (isSlow() ? nanos * slowFactor : nanos);
        long left;
        while ((left = end - System.nanoTime()) > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, left);
        }
    }

    private boolean isSlow() {
        if (slowFactor == 1) {
            return false;
        }
        Thread thread = Thread.currentThread();
        return slowThread.get() == thread || slowThread.compareAndSet(null, thread);
    }

    /** Sum of the rates of that many workers, in frames per second. */
    public double framesPerSecond(int workers) {
        double each = 1e9 / nanos;
        return slowFactor == 1 ? workers * each : (workers - 1) * each + each / slowFactor;
    }
}
