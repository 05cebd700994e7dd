package io.nocturne.acquisition.mm.studio;

import io.nocturne.acquisition.mm.wire.WireWriter;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.SourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the newest restored frame back to the plugin. {@link #onFrame} copies it into the spare of two buffers and
 * never waits for the plugin; a thread of its own writes. A frame that is overtaken before it was written counts as
 * skipped.
 */
final class StudioReturn implements FrameSink {
    private static final Logger LOG = LoggerFactory.getLogger(StudioReturn.class);
    /** Stamps of frames under way; more than any ring holds between source and this sink. */
    private static final int STAMPS = 1 << 14;

    private static final long LAST_WORD_MILLIS = 500;

    private final WireWriter writer;
    private final long[] indices = new long[STAMPS];
    private final long[] numbers = new long[STAMPS];
    private final long[] stamps = new long[STAMPS];

    /** The fields below are guarded by this. */
    private byte[] waiting = new byte[0];

    private byte[] spare = new byte[0];
    private long waitingIndex = -1;
    private boolean ended;
    private int width;
    private int height;
    private int bytesPerPixel;
    private Thread sending;

    StudioReturn(WireWriter writer) {
        this.writer = writer;
    }

    /** A frame goes into the pipeline: what to send back with its product. Source thread. */
    synchronized void sent(long index, long number, long stamp) {
        int at = (int) (index % STAMPS);
        indices[at] = index;
        numbers[at] = number;
        stamps[at] = stamp;
    }

    @Override
    public String name() {
        return "studio";
    }

    @Override
    public void open(SinkContext context) throws SourceException {
        if (context.spec().pixelType() == PixelType.FLOAT32 || context.spec().depth() != 1) {
            throw new SourceException("Micro-Manager's window shows 8- and 16-bit planes, not " + context.spec()
                    + ": set restore.product to uint16");
        }
        synchronized (this) {
            width = context.spec().width();
            height = context.spec().height();
            bytesPerPixel = context.spec().pixelType().bytes();
            waiting = new byte[context.spec().bytes()];
            spare = new byte[context.spec().bytes()];
            waitingIndex = -1;
            if (sending == null) {
                sending = new Thread(this::send, "nocturne-studio-send");
                sending.setDaemon(true);
                sending.start();
            }
        }
    }

    @Override
    public synchronized Delivery onFrame(FrameView frame) {
        if (frame.state() != FrameState.RESTORED || ended) {
            return Delivery.SKIPPED;
        }
        boolean overtakes = waitingIndex >= 0;
        ByteBuffer pixels = frame.pixels();
        if (bytesPerPixel == 2 && ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) {
            ByteBuffer.wrap(waiting)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .put(pixels.asShortBuffer());
        } else {
            pixels.get(waiting, 0, waiting.length);
        }
        waitingIndex = frame.index();
        notifyAll();
        return overtakes ? Delivery.SKIPPED : Delivery.DELIVERED;
    }

    private void send() {
        try {
            while (true) {
                long number;
                long stamp;
                byte[] sent;
                int w;
                int h;
                int b;
                synchronized (this) {
                    while (waitingIndex < 0 && !ended) {
                        wait();
                    }
                    if (ended) {
                        writer.end();
                        return;
                    }
                    int at = (int) (waitingIndex % STAMPS);
                    boolean known = indices[at] == waitingIndex;
                    number = known ? numbers[at] : -1;
                    stamp = known ? stamps[at] : 0;
                    sent = waiting;
                    waiting = spare;
                    spare = sent;
                    waitingIndex = -1;
                    w = width;
                    h = height;
                    b = bytesPerPixel;
                }
                writer.restored(number, stamp, w, h, b, sent);
            }
        } catch (IOException e) {
            LOG.info("Restored frames no longer reach Micro-Manager: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            ended = true;
        }
    }

    /** No more frames: tells the plugin, if it listens. */
    void end() {
        Thread toEnd;
        synchronized (this) {
            ended = true;
            notifyAll();
            toEnd = sending;
        }
        if (toEnd != null) {
            try {
                toEnd.join(LAST_WORD_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** {@inheritDoc} The connection stays for the next epoch. */
    @Override
    public void close() {}
}
