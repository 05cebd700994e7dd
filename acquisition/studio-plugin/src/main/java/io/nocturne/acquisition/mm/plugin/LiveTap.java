package io.nocturne.acquisition.mm.plugin;

import io.nocturne.acquisition.mm.wire.WireException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Looks at Live on a thread of its own and hands each new frame on. */
final class LiveTap implements Runnable {
    private static final long SHORTEST_LOOK_NANOS = 2_000_000;
    private static final long LONGEST_LOOK_NANOS = 20_000_000;

    private final LivePeek peek;
    private final Consumer<Taken> to;
    private final Consumer<Exception> trouble;
    private final long lookNanos;
    private volatile boolean stopped;

    /**
     * @param exposureMillis of a frame: how often to look follows from it
     * @param trouble told once, before the tap ends
     */
    LiveTap(LivePeek peek, double exposureMillis, Consumer<Taken> to, Consumer<Exception> trouble) {
        this.peek = peek;
        this.to = to;
        this.trouble = trouble;
        long third = (long) (exposureMillis * 1e6 / 3);
        this.lookNanos = Math.max(SHORTEST_LOOK_NANOS, Math.min(LONGEST_LOOK_NANOS, third));
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                Taken taken = peek.newest();
                if (taken != null) {
                    to.accept(taken);
                }
                LockSupport.parkNanos(this, lookNanos);
            }
        } catch (WireException | RuntimeException e) {
            trouble.accept(e);
        }
    }

    void stop() {
        stopped = true;
    }
}
