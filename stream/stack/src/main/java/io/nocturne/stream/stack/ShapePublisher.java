package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that makes a growing stack's length visible, at most ten times a second, and puts frames on the disk itself
 * where an interval is set. {@link #changed} belongs to the frame's thread and never waits.
 */
final class ShapePublisher implements AutoCloseable {
    /** Writes what is due. */
    @FunctionalInterface
    interface Duty {
        void run() throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(ShapePublisher.class);
    private static final long PERIOD_NANOS = 100_000_000L;

    private final Path root;
    private final Duty publish;
    private final Duty sync;
    private final long syncNanos;
    private final AtomicBoolean unpublished = new AtomicBoolean();
    private final Thread thread;
    private volatile boolean closing;
    private boolean unsynced;
    private boolean failing;

    /**
     * @param root of the stack, for messages
     * @param publish writes lengths; may be called from any thread, one at a time
     * @param sync puts on the disk what was written
     */
    ShapePublisher(Path root, Fsync fsync, Duty publish, Duty sync) {
        this.root = root;
        this.publish = publish;
        this.sync = sync;
        this.syncNanos = fsync.each() ? Long.MAX_VALUE : fsync.periodNanos();
        this.thread = new Thread(this::work, "zarr-shape-" + root.getFileName());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** A frame was written. */
    void changed() {
        if (!unpublished.getAndSet(true)) {
            LockSupport.unpark(thread);
        }
    }

    /** Publishes on the caller's thread. */
    void publishNow() throws IOException {
        unpublished.set(false);
        try {
            publish.run();
        } catch (IOException e) {
            unpublished.set(true);
            throw e;
        }
    }

    private void work() {
        long synced = System.nanoTime();
        while (!closing) {
            boolean changed = unpublished.get();
            if (!changed && !unsynced) {
                LockSupport.park(this);
                continue;
            }
            long started = System.nanoTime();
            try {
                if (changed) {
                    publishNow();
                    unsynced |= syncNanos < Long.MAX_VALUE;
                }
                if (unsynced && started - synced >= syncNanos) {
                    unsynced = false;
                    synced = started;
                    sync.run();
                }
                failing = false;
            } catch (IOException | RuntimeException e) {
                if (!failing) {
                    LOG.warn("The length of {} could not be updated; trying again until it works", root, e);
                }
                failing = true;
            }
            long pause = Math.min(PERIOD_NANOS, syncNanos);
            for (long left = pause; left > 0 && !closing; ) {
                LockSupport.parkNanos(this, left);
                left = pause - (System.nanoTime() - started);
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
