package io.nocturne.acquisition;

import io.nocturne.stream.stack.StackReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads frames of a stack ahead, on a thread of its own, into buffers allocated once, so that a slow read doesn't disturb
 * the pace. One reading thread, one taking thread; counters that only grow hand buffers over, without a lock.
 */
final class Prefetch implements AutoCloseable {
    private static final long WAIT_NANOS = 200_000;

    private final StackReader reader;
    private final long stackFrames;
    private final long frames;
    private final ByteBuffer[] buffers;
    private final boolean[] present;
    private final Thread thread;
    /** Frames read, by the reading thread. */
    private final AtomicLong filled = new AtomicLong();
    /** Frames that need not be kept any more, by the taking thread. */
    private final AtomicLong released = new AtomicLong();

    private volatile Throwable failure;
    private volatile boolean closed;

    /**
     * Starts reading.
     *
     * @param reader used by the reading thread alone until {@link #close}
     * @param frames how many in all, from the stack's beginning again and again; -1 without end
     * @param length frames to read ahead
     */
    Prefetch(StackReader reader, long frames, int length) {
        this.reader = reader;
        this.frames = frames;
        stackFrames = reader.frames();
        buffers = new ByteBuffer[length];
        present = new boolean[length];
        for (int i = 0; i < length; i++) {
            buffers[i] =
                    ByteBuffer.allocateDirect(reader.stream().frame().bytes()).order(ByteOrder.nativeOrder());
        }
        thread = new Thread(this::read, "nocturne-prefetch-" + reader.stream().name());
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try {
            long k = 0;
            while (!closed && (frames < 0 || k < frames)) {
                long from = released.get();
                if (k - from >= buffers.length) {
                    LockSupport.parkNanos(this, WAIT_NANOS);
                    continue;
                }
                if (k >= from) {
                    int slot = (int) (k % buffers.length);
                    present[slot] = readFrame(k % stackFrames, buffers[slot]);
                }
                k++;
                filled.set(k);
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
    }

    private boolean readFrame(long index, ByteBuffer into) throws IOException {
        into.clear();
        return reader.has(index) && reader.read(index, into);
    }

    /**
     * Whether frame k can be taken. Taking thread.
     *
     * @throws IOException what reading failed with
     */
    OpenLoop.Readiness readiness(long k) throws IOException {
        if (filled.get() > k) {
            return present[(int) (k % buffers.length)] ? OpenLoop.Readiness.READY : OpenLoop.Readiness.MISSING;
        }
        Throwable thrown = failure;
        if (thrown != null) {
            throw new IOException("Frame " + filled.get() % stackFrames + " could not be read: " + thrown, thrown);
        }
        return OpenLoop.Readiness.LATER;
    }

    /** Copies frame k, known to be ready. Taking thread. */
    void copy(long k, ByteBuffer into) {
        ByteBuffer frame = buffers[(int) (k % buffers.length)];
        into.put(frame.position(0).limit(frame.capacity()));
    }

    /** Gives up every frame below k. Taking thread. */
    void release(long k) {
        released.set(k);
    }

    /** Ends reading and waits for the reading thread. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
