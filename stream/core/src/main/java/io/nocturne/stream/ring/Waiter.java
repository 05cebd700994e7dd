package io.nocturne.stream.ring;

import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Where one thread waits for a condition that other threads make true: a short spin, then parked until woken. Waking
 * costs one volatile read when nobody is parked. Signalled rather than timed, since a short timed park takes 1.5 to 12
 * ms on some systems; the timeout is a safety net only.
 */
final class Waiter {
    private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int SPINS = 200;

    private volatile Thread parked;

    /** Waits until the condition holds, a wake-up, or 20 ms: call in a loop. Owner thread only. */
    void await(BooleanSupplier ready) {
        for (int i = 0; i < SPINS; i++) {
            if (ready.getAsBoolean()) {
                return;
            }
            Thread.onSpinWait();
        }
        parked = Thread.currentThread();
        try {
            if (!ready.getAsBoolean()) {
                LockSupport.parkNanos(this, PARK_NANOS);
            }
        } finally {
            parked = null;
        }
    }

    /** True if the owner is parked or about to. */
    boolean isParked() {
        return parked != null;
    }

    /** Wakes the owner if it is parked; call after making its condition true. Any thread. */
    void wake() {
        // The condition's store must not pass this read, or both sides could miss each other.
        VarHandle.fullFence();
        Thread thread = parked;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
