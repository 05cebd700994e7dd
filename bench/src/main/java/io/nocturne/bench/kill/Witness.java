package io.nocturne.bench.kill;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Hears over a loopback socket, from a process that will be killed, what became of its frames: that one was committed, or
 * that Kafka acknowledged it. A message is the frame's index and when it was sent, in nanoseconds since 1970: two longs,
 * big-endian.
 */
final class Witness implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final ServerSocket server;
    private final Thread thread;
    private final CountDownLatch first = new CountDownLatch(1);
    /** Listening thread only, until it has ended. */
    private long[] indices = new long[1024];

    private long[] sentNanos = new long[1024];
    private int count;
    private IOException failure;

    Witness() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        server.setSoTimeout(PATIENCE_MILLIS);
        thread = new Thread(this::listen, "bench-witness");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    private void listen() {
        try (Socket socket = server.accept();
                DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
            while (true) {
                long index = in.readLong();
                add(index, in.readLong());
                first.countDown();
            }
        } catch (EOFException e) {
            // The other process is gone: all that it sent has been read.
        } catch (IOException e) {
            // A reset is a way for a killed process to be gone, too.
            failure = e;
        }
    }

    private void add(long index, long sent) {
        if (count == indices.length) {
            indices = Arrays.copyOf(indices, 2 * count);
            sentNanos = Arrays.copyOf(sentNanos, 2 * count);
        }
        indices[count] = index;
        sentNanos[count++] = sent;
    }

    /** Waits for the first frame; false if the process ended, or a minute passed, before one came. */
    boolean awaitFirst(Process process) throws InterruptedException {
        for (int waited = 0; waited < PATIENCE_MILLIS && process.isAlive(); waited += 50) {
            if (first.await(50, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return first.getCount() == 0;
    }

    /** Waits until everything sent has been read; after the other process's end. */
    void awaitEnd() throws IOException, InterruptedException {
        thread.join(PATIENCE_MILLIS);
        if (thread.isAlive() || (count == 0 && failure != null)) {
            throw new IOException("The witness heard " + count + " frames and did not come to an end", failure);
        }
    }

    /** Frames heard of; after {@link #awaitEnd}. */
    int heard() {
        return count;
    }

    /** Indices of the frames whose message was sent before that time; after {@link #awaitEnd}. */
    long[] sentBefore(long epochNanos) {
        long[] due = new long[count];
        int n = 0;
        for (int i = 0; i < count; i++) {
            if (sentNanos[i] < epochNanos) {
                due[n++] = indices[i];
            }
        }
        return Arrays.copyOf(due, n);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
