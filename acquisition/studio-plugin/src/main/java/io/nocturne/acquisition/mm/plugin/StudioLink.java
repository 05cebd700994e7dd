package io.nocturne.acquisition.mm.plugin;

import io.nocturne.acquisition.mm.wire.Announcement;
import io.nocturne.acquisition.mm.wire.Message;
import io.nocturne.acquisition.mm.wire.Rendezvous;
import io.nocturne.acquisition.mm.wire.WireReader;
import io.nocturne.acquisition.mm.wire.WireWriter;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The connection to the companion: one thread sends what is in the outbox, one reads what comes back. Only these two
 * ever wait for the companion.
 */
final class StudioLink implements Closeable {
    private static final int CONNECT_MILLIS = 2000;
    private static final int GREETING_MILLIS = 5000;

    /** Takes a restored frame; pixels are little-endian and borrowed for the call. */
    interface Restored {
        void show(int width, int height, int bytesPerPixel, byte[] pixels);
    }

    private final Socket socket;
    private final WireWriter writer;
    private final WireReader reader;
    private final Outbox outbox;
    private final Restored restored;
    private final Consumer<Exception> ended;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong returned = new AtomicLong();
    private volatile long roundTripNanos;
    private volatile boolean closed;

    private StudioLink(Socket socket, Outbox outbox, Restored restored, Consumer<Exception> ended) throws IOException {
        this.socket = socket;
        this.outbox = outbox;
        this.restored = restored;
        this.ended = ended;
        this.writer = new WireWriter(socket.getOutputStream());
        this.reader = new WireReader(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        reader.expectRestored();
    }

    /**
     * Connects and greets.
     *
     * @param ended told once if the connection ends by itself
     * @throws IOException if there is no companion, or it isn't ours
     */
    static StudioLink connect(Rendezvous at, Outbox outbox, Restored restored, Consumer<Exception> ended)
            throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), at.port),
                    CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(GREETING_MILLIS);
            StudioLink link = new StudioLink(socket, outbox, restored, ended);
            link.writer.hello(at.token);
            link.reader.welcome();
            socket.setSoTimeout(0);
            start("nocturne-send", link::send);
            start("nocturne-receive", link::receive);
            return link;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void start(String name, Runnable loop) {
        Thread thread = new Thread(loop, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void send() {
        try {
            Announcement announced = null;
            for (Taken next = outbox.take(); next != null; next = outbox.take()) {
                if (next.stream != announced) {
                    announced = next.stream;
                    writer.stream(announced);
                }
                writer.frame(next.head(), next.pixels);
                sent.incrementAndGet();
            }
            writer.end();
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(e);
        }
    }

    private void receive() {
        try {
            while (reader.next() != Message.END) {
                roundTripNanos = System.nanoTime() - reader.restoredStamp();
                returned.incrementAndGet();
                restored.show(
                        reader.restoredWidth(),
                        reader.restoredHeight(),
                        reader.restoredBytesPerPixel(),
                        reader.pixels());
            }
            fail(new IOException("The companion has ended its run"));
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private synchronized void fail(Exception why) {
        if (!closed) {
            close();
            ended.accept(why);
        }
    }

    /** Frames sent so far. */
    long sent() {
        return sent.get();
    }

    /** Restored frames that came back so far. */
    long returned() {
        return returned.get();
    }

    /** From a frame's sending to its restored twin's arrival, for the last one; 0 before. */
    long roundTripNanos() {
        return roundTripNanos;
    }

    @Override
    public synchronized void close() {
        closed = true;
        outbox.close();
        try {
            socket.close();
        } catch (IOException e) {
            closed = true; // a socket that can't be closed is as gone as one that is
        }
    }
}
