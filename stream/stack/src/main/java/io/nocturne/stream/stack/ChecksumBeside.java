package io.nocturne.stream.stack;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;

/**
 * CRC-32C of large buffers, worked out by a second thread while the first one writes them. {@link #begin},
 * {@link #value} and {@link #close} belong to one thread, which hardly waits for the other: on a busy machine it works the
 * sum out alone.
 *
 * <pre>
 *   caller   begin(n) ....... writes ....... value(): taken by the other? its sum, or soon our own; else our own
 *   other             takes n, sums
 * </pre>
 */
final class ChecksumBeside implements Closeable {
    /** Below it waking the other thread costs about what it saves. */
    private static final int WORTHWHILE_BYTES = 256 << 10;

    private static final boolean TWO_CORES = Runtime.getRuntime().availableProcessors() > 1;
    /** A sum that is not ready soon after the write has met with another program; nobody knows for how long. */
    private static final long PATIENCE_NANOS = 50_000;

    private final CRC32C own = new CRC32C();
    private final CRC32C beside = new CRC32C();
    /** The last job that one of the two has taken; whoever counts it up works it out. */
    private final AtomicLong taken = new AtomicLong();

    private volatile long offered;
    private volatile long done;
    private volatile boolean closing;
    /** Published by {@link #offered}, of the same job unless it was taken meanwhile. */
    private ByteBuffer job;
    /** Published by {@link #done}. */
    private long result;

    private long begun;
    private Thread thread;

    /** Whether a sum of so many bytes is better begun before than worked out when needed. */
    static boolean worthwhile(int bytes) {
        return TWO_CORES && bytes >= WORTHWHILE_BYTES;
    }

    /** Offers a buffer's remaining bytes, which must not change before {@link #value}. */
    void begin(ByteBuffer bytes) {
        job = bytes.duplicate();
        begun++;
        offered = begun;
        if (thread == null) {
            thread = new Thread(this::work, "zarr-checksum");
            thread.setDaemon(true);
            thread.start();
        } else {
            LockSupport.unpark(thread);
        }
    }

    /** The sum of what was begun last. */
    long value() {
        long number = begun;
        if (!take(number)) {
            long started = System.nanoTime();
            while (done != number && System.nanoTime() - started < PATIENCE_NANOS) {
                Thread.onSpinWait();
            }
            if (done == number) {
                return result;
            }
        }
        return sum(own, job);
    }

    private void work() {
        while (!closing) {
            long number = offered;
            ByteBuffer bytes = job;
            if (take(number)) {
                result = sum(beside, bytes.duplicate());
                done = number;
            } else if (number == offered) {
                LockSupport.park(this);
            }
        }
    }

    /** True for the first who asks, unless a later job was taken. */
    private boolean take(long number) {
        long before = taken.get();
        return before < number && taken.compareAndSet(before, number);
    }

    private static long sum(CRC32C crc, ByteBuffer bytes) {
        crc.reset();
        crc.update(bytes);
        return crc.getValue();
    }

    /** Ends the thread; it reads no buffer afterwards. */
    @Override
    public void close() {
        closing = true;
        if (thread == null) {
            return;
        }
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
