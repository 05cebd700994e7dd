package io.nocturne.sinks.kafka.embedded;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy on loopback that can fail as networks do: cut, silent while it stays open, slow, late. For trying out what a
 * run does then, with a broker that is told to advertise the proxy's port. Methods are safe from any thread and act on
 * connections that are open as well as on later ones.
 */
public final class FaultyLink implements Closeable {
    private static final int PIECE = 16 << 10;

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int target;
    private volatile boolean cut;
    private volatile boolean silent;
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    private volatile long delayMillis;

    /** Listens on a free port; leads nowhere yet. */
    public FaultyLink() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        begin("link-accept", this::accept);
    }

    /** Where clients connect. */
    public int port() {
        return server.getLocalPort();
    }

    /** Where connections lead, a port on loopback. */
    public void leadTo(int port) {
        target = port;
    }

    /** Breaks every connection, and every later one as soon as it is made. */
    public void cut() {
        cut = true;
        dropAll();
    }

    /** Connections stay open, but nothing comes through: a cable pulled, a peer without power. */
    public void goSilent() {
        silent = true;
    }

    /** Each direction of each connection carries that much, at most. */
    public void throttle(long newBytesPerSecond) {
        bytesPerSecond = newBytesPerSecond;
    }

    /** Each piece of at most 16 KiB comes that much later. */
    public void delay(long millis) {
        delayMillis = millis;
    }

    /** No fault any more. What went silent is dropped, as bytes are missing from it. */
    public void heal() {
        boolean broken = silent;
        cut = false;
        silent = false;
        bytesPerSecond = Long.MAX_VALUE;
        delayMillis = 0;
        if (broken) {
            dropAll();
        }
    }

    private void dropAll() {
        sockets.forEach(FaultyLink::drop);
        sockets.clear();
    }

    private static void drop(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("A socket can't be closed", e);
        }
    }

    private static void begin(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                sockets.add(near);
                if (cut) {
                    drop(near);
                    continue;
                }
                Socket far = new Socket();
                far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                sockets.add(far);
                begin("link-there", () -> pump(near, far));
                begin("link-back", () -> pump(far, near));
            } catch (IOException e) {
                // Nobody there, or closing: whoever connected finds the connection broken.
                dropAll();
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] piece = new byte[PIECE];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                if (silent) {
                    continue;
                }
                long nanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
                if (bytesPerSecond < Long.MAX_VALUE) {
                    nanos += n * 1_000_000_000L / bytesPerSecond;
                }
                if (nanos > 0) {
                    LockSupport.parkNanos(nanos);
                }
                out.write(piece, 0, n);
            }
        } catch (IOException e) {
            // Broken on one side: broken on both.
            sockets.remove(from);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        dropAll();
    }
}
