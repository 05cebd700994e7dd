package io.nocturne.acquisition.mm.studio;

import io.nocturne.acquisition.mm.wire.Announcement;
import io.nocturne.acquisition.mm.wire.FrameHead;
import io.nocturne.acquisition.mm.wire.Message;
import io.nocturne.acquisition.mm.wire.Rendezvous;
import io.nocturne.acquisition.mm.wire.WireException;
import io.nocturne.acquisition.mm.wire.WireReader;
import io.nocturne.acquisition.mm.wire.WireWriter;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.FrameWriter.Claim;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames from the plugin in Micro-Manager Studio. {@link #open} waits for the plugin and its first frame, because only
 * that tells what the frames are; a change of their shape opens a new epoch; the run ends when the plugin does. Frames
 * that the plugin took and didn't send, being ahead of us, are gaps.
 *
 * <p>Threads as {@link FrameSource} says.
 */
public final class StudioSource implements FrameSource {
    private static final Logger LOG = LoggerFactory.getLogger(StudioSource.class);
    private static final int LOOK_MILLIS = 100;
    private static final int GREETING_MILLIS = 5000;
    private static final int TOKEN_BYTES = 24;

    private final String streamName;
    private final Path rendezvous;
    private final Duration patience;
    private final List<String> command;

    private ServerSocket server;
    private Socket socket;
    private PatientInput input;
    private WireReader reader;
    private StudioReturn restored;
    private Announcement announced;
    /** A frame was read ahead: its shape had to be known. */
    private boolean frameInHand;

    private boolean greeted;

    private volatile boolean stopping;

    /**
     * @param streamName name of the stream, such as {@code studio}
     * @param rendezvous the file by which the plugin finds us
     * @param patience how long to wait for it
     * @param command by which the plugin may start us the next time, empty for none
     */
    public StudioSource(String streamName, Path rendezvous, Duration patience, List<String> command) {
        this.streamName = Objects.requireNonNull(streamName, "streamName");
        this.rendezvous = Objects.requireNonNull(rendezvous, "rendezvous");
        this.patience = patience;
        this.command = List.copyOf(command);
    }

    @Override
    public StreamSpec open() throws SourceException {
        byte[] secret = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(secret);
        String token = HexFormat.of().formatHex(secret);
        try {
            server = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
            new Rendezvous(server.getLocalPort(), token, command).write(rendezvous);
            LOG.info(
                    "Waiting for Micro-Manager: choose Plugins > On-The-Fly Restoration > Nocturne there, and start Live");
            long end = System.nanoTime() + patience.toNanos();
            while (reader == null) {
                accept(token, end);
            }
            while (!frameInHand) {
                readOn(end);
            }
            return stream();
        } catch (EOFException e) {
            throw new SourceException(
                    "Micro-Manager's plugin or script ended before it sent a frame: start Live, or "
                            + "look for an error there",
                    e);
        } catch (IOException e) {
            throw new SourceException("Frames of Micro-Manager Studio: " + e.getMessage(), e);
        }
    }

    private void accept(String token, long end) throws IOException {
        long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
        server.setSoTimeout((int) Math.min(Integer.MAX_VALUE, left));
        try {
            socket = server.accept();
        } catch (SocketTimeoutException e) {
            throw new IOException(
                    "no plugin connected within " + patience.toSeconds()
                            + " s. Is the plugin in Micro-Manager's mmplugins folder, and was it chosen from the Plugins menu?",
                    e);
        }
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(GREETING_MILLIS);
            greeted = false;
            input = new PatientInput(socket.getInputStream(), () -> stopping || !greeted);
            WireReader greeting = new WireReader(input);
            greeting.hello(token);
            greeted = true;
            socket.setSoTimeout(LOOK_MILLIS);
            WireWriter writer = new WireWriter(socket.getOutputStream());
            writer.welcome();
            restored = new StudioReturn(writer);
            reader = greeting;
        } catch (IOException e) {
            LOG.warn("A connection was refused: {}", e.getMessage());
            socket.close();
        }
    }

    /** Reads one message; a silent plugin is waited for. */
    private void readOn(long end) throws IOException {
        try {
            frameInHand = next() == Message.FRAME;
        } catch (SilentException e) {
            if (System.nanoTime() > end) {
                throw new IOException("the plugin sent no frame within " + patience.toSeconds() + " s: start Live", e);
            }
        }
    }

    /** The next message; throws {@link SilentException} if none begins for a while. */
    private Message next() throws IOException {
        input.messageBegins();
        Message message = reader.next();
        if (message == Message.END) {
            throw new EOFException("the plugin has ended");
        }
        return message;
    }

    private StreamSpec stream() {
        announced = reader.stream();
        long exposure = Math.round(Math.max(0, announced.exposureMillis) * 1e6);
        return new StreamSpec(
                streamName,
                new FrameSpec(
                        announced.width,
                        announced.height,
                        announced.bytesPerPixel == 1 ? PixelType.UINT8 : PixelType.UINT16),
                announced.axes.channels,
                announced.axes.zSlices,
                announced.axes.positions,
                announced.pixelSizeUm > 0 ? announced.pixelSizeUm : Double.NaN,
                Double.NaN,
                announced.bits,
                exposure,
                exposure,
                -1);
    }

    /** A sink for one epoch that sends restored frames back to the plugin. */
    public FrameSink returning() {
        return restored;
    }

    @Override
    public SourceEnd run(FrameWriter writer) throws Exception {
        writer.note(Map.of("what", "frames of Micro-Manager Studio", "name", announced.name));
        while (!writer.stopRequested()) {
            try {
                if (frameInHand) {
                    if (!announced.sameShape(reader.stream())) {
                        return new SourceEnd.NextEpoch(stream());
                    }
                    handOn(writer);
                    frameInHand = false;
                } else if (next() == Message.FRAME) {
                    frameInHand = true;
                }
            } catch (SilentException e) {
                // Nothing for a while: look again whether to stop.
            } catch (EOFException e) {
                LOG.info("Micro-Manager's plugin has ended");
                return SourceEnd.FINISHED;
            }
        }
        return SourceEnd.FINISHED;
    }

    private void handOn(FrameWriter writer) throws WireException {
        FrameHead head = reader.frame();
        long received = writer.clock().nanoTime();
        long skipped = head.skippedBefore;
        while (skipped > 0 && !writer.stopRequested()) {
            int count = (int) Math.min(skipped, Integer.MAX_VALUE);
            Claim claim = writer.gap(count, Cause.CAMERA_SKIPPED, Math.max(0, head.number - skipped));
            if (claim == Claim.CLOSED) {
                return;
            }
            skipped -= claim == Claim.CLAIMED ? count : 0;
            if (claim == Claim.BACK_PRESSURED) {
                writer.idle();
            }
        }
        Claim claim = writer.tryClaim();
        while (claim == Claim.BACK_PRESSURED) {
            writer.idle();
            claim = writer.tryClaim();
        }
        if (claim == Claim.CLAIMED) {
            fill(writer, head, received);
        }
    }

    private void fill(FrameWriter writer, FrameHead head, long received) {
        boolean filled = false;
        try {
            FrameDraft draft = writer.draft();
            ByteBuffer wire = ByteBuffer.wrap(reader.pixels(), 0, reader.pixelBytes());
            if (announced.bytesPerPixel == 2 && ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) {
                draft.pixels()
                        .asShortBuffer()
                        .put(wire.order(ByteOrder.LITTLE_ENDIAN).asShortBuffer());
            } else {
                draft.pixels().put(wire);
            }
            if (!announced.axes.movie()) {
                draft.at(head.t, head.p, head.z, head.c);
            }
            draft.cameraNumber(head.number)
                    .exposureNanos(Math.round(Math.max(0, announced.exposureMillis) * 1e6))
                    .exposedNanos(head.elapsedMillis >= 0 ? Math.round(head.elapsedMillis * 1e6) : 0)
                    .receivedNanos(received);
            restored.sent(draft.index(), head.number, head.stamp);
            filled = true;
        } finally {
            if (filled) {
                writer.commit();
            } else {
                writer.abort(Cause.SOURCE_ABORTED);
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            if (restored != null) {
                restored.end();
            }
            if (socket != null) {
                socket.close();
            }
            if (server != null) {
                server.close();
            }
        } catch (IOException e) {
            LOG.warn("The connection to Micro-Manager could not be closed", e);
        }
    }

    /** Nothing came for a while, and nothing of a message is lost by asking again. */
    static final class SilentException extends InterruptedIOException {
        private static final long serialVersionUID = 1L;
    }
}
