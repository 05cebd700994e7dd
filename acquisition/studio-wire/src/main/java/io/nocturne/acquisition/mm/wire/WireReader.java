package io.nocturne.acquisition.mm.wire;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads messages, and takes none for what it isn't: lengths are checked before anything is allocated, and a message must end
 * where its length says. Reuses its buffers; not safe for use from multiple threads.
 */
public final class WireReader implements Closeable {
    private static final int LITTLE = 8192;
    private static final int LARGEST = 1 << 30;

    private final DataInputStream in;
    private byte[] body = new byte[LITTLE];
    private byte[] pixels = new byte[0];
    private int length;
    private int pixelBytes;
    private Announcement stream;
    private FrameHead frame;
    private boolean takesRestored;

    private long restoredNumber;
    private long restoredStamp;
    private int restoredWidth;
    private int restoredHeight;
    private int restoredBytesPerPixel;

    public WireReader(InputStream in) {
        this.in = new DataInputStream(in);
    }

    /** From now on restored frames are expected: the plugin's end. */
    public void expectRestored() {
        takesRestored = true;
    }

    /**
     * The first message, which must be a HELLO with that token.
     *
     * @throws WireException if it isn't
     */
    public void hello(String token) throws IOException {
        DataInputStream hello = little(Message.HELLO);
        int magic = hello.readInt();
        short version = hello.readShort();
        String given = hello.readUTF();
        if (magic != WireWriter.MAGIC) {
            throw new WireException("Not a Nocturne plugin");
        }
        if (version != WireWriter.VERSION) {
            throw new WireException("The plugin speaks version " + version + " and this Nocturne version "
                    + WireWriter.VERSION + ": install both from the same release");
        }
        // In constant time, so that nothing is learnt from how long a wrong guess takes.
        if (!MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8))) {
            throw new WireException("The plugin has a token of another run: it has read an old rendezvous file");
        }
        ended(hello);
    }

    /** The companion's answer to HELLO. */
    public void welcome() throws IOException {
        DataInputStream welcome = little(Message.WELCOME);
        short version = welcome.readShort();
        if (version != WireWriter.VERSION) {
            throw new WireException("The companion speaks version " + version + ", this plugin " + WireWriter.VERSION);
        }
        ended(welcome);
    }

    private DataInputStream little(Message expected) throws IOException {
        Message type = head();
        if (type != expected) {
            throw new WireException(expected + " was expected, not " + type);
        }
        return smallBody();
    }

    private DataInputStream smallBody() throws IOException {
        if (length > LITTLE) {
            throw new WireException("A message of " + length + " bytes is too long for its type");
        }
        in.readFully(body, 0, length);
        return new DataInputStream(new ByteArrayInputStream(body, 0, length));
    }

    private Message head() throws IOException {
        int all = in.readInt();
        if (all < 1 || all > LARGEST) {
            throw new WireException("A message has 1 to " + LARGEST + " bytes, not " + all);
        }
        length = all - 1;
        return Message.of(in.readUnsignedByte());
    }

    private static void ended(DataInputStream body) throws IOException {
        if (body.available() > 0) {
            throw new WireException(body.available() + " bytes more than the message has");
        }
    }

    /**
     * The next message after the greeting: STREAM, FRAME, RESTORED or END.
     *
     * @throws EOFException if the other side is gone
     * @throws WireException if it doesn't keep the protocol
     */
    public Message next() throws IOException {
        Message type = head();
        try {
            switch (type) {
                case STREAM:
                    readStream();
                    break;
                case FRAME:
                    readFrame();
                    break;
                case RESTORED:
                    readRestored();
                    break;
                case END:
                    ended(smallBody());
                    break;
                default:
                    throw new WireException(type + " can only come first");
            }
        } catch (EOFException e) {
            throw length > LITTLE ? e : shorter(type, e);
        }
        return type;
    }

    private static IOException shorter(Message type, EOFException e) {
        EOFException ended = new EOFException("A " + type + " message ended too early");
        ended.initCause(e);
        return ended;
    }

    private void readStream() throws IOException {
        DataInputStream body = smallBody();
        int width = body.readInt();
        int height = body.readInt();
        int bytesPerPixel = body.readUnsignedByte();
        int bits = body.readUnsignedByte();
        double exposure = body.readDouble();
        double pixelSize = body.readDouble();
        String name = body.readUTF();
        Axes axes = readAxes(body);
        ended(body);
        stream = new Announcement(name, width, height, bytesPerPixel, bits, exposure, pixelSize, axes);
    }

    private static Axes readAxes(DataInputStream body) throws IOException {
        int count = body.readUnsignedByte();
        if (count > Axes.MOST_CHANNELS) {
            throw new WireException("A stream has 1 to " + Axes.MOST_CHANNELS + " channels, not " + count);
        }
        List<String> channels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            channels.add(body.readUTF());
        }
        return Axes.of(channels, body.readInt(), body.readInt());
    }

    private void readFrame() throws IOException {
        if (stream == null) {
            throw new WireException("A FRAME came before any STREAM");
        }
        int expected = WireWriter.FRAME_HEAD_BYTES + stream.frameBytes();
        if (length != expected) {
            throw new WireException("A FRAME of a " + stream.width + "x" + stream.height + " stream has " + expected
                    + " bytes, not " + length);
        }
        frame = new FrameHead(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readDouble(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readInt());
        if (!stream.axes.movie() && !stream.axes.hold(frame.t, frame.z, frame.c, frame.p)) {
            throw new WireException("A FRAME at t " + frame.t + ", z " + frame.z + ", c " + frame.c + ", p " + frame.p
                    + " lies outside the axes that the STREAM announced");
        }
        if (frame.skippedBefore < 0) {
            throw new WireException("A FRAME can't say that " + frame.skippedBefore + " were skipped");
        }
        readPixels(stream.frameBytes());
    }

    private void readRestored() throws IOException {
        if (!takesRestored) {
            throw new WireException("A companion takes no RESTORED frames");
        }
        if (length < WireWriter.RESTORED_HEAD_BYTES) {
            throw new WireException("A RESTORED message of " + length + " bytes has no head");
        }
        restoredNumber = in.readLong();
        restoredStamp = in.readLong();
        restoredWidth = in.readInt();
        restoredHeight = in.readInt();
        restoredBytesPerPixel = in.readUnsignedByte();
        long bytes = (long) restoredWidth * restoredHeight * restoredBytesPerPixel;
        boolean shaped =
                restoredWidth > 0 && restoredHeight > 0 && restoredBytesPerPixel >= 1 && restoredBytesPerPixel <= 2;
        if (!shaped || bytes != length - WireWriter.RESTORED_HEAD_BYTES) {
            throw new WireException("A RESTORED message of " + length + " bytes can't hold " + restoredWidth + "x"
                    + restoredHeight + " pixels of " + restoredBytesPerPixel + " bytes");
        }
        readPixels((int) bytes);
    }

    private void readPixels(int bytes) throws IOException {
        if (pixels.length < bytes) {
            pixels = new byte[bytes];
        }
        in.readFully(pixels, 0, bytes);
        pixelBytes = bytes;
    }

    /** The stream as last announced, null before. */
    public Announcement stream() {
        return stream;
    }

    /** Head of the frame last read. */
    public FrameHead frame() {
        return frame;
    }

    /** Pixels of the frame last read, little-endian; the first {@link #pixelBytes} bytes, until the next message. */
    public byte[] pixels() {
        return pixels;
    }

    public int pixelBytes() {
        return pixelBytes;
    }

    public long restoredNumber() {
        return restoredNumber;
    }

    public long restoredStamp() {
        return restoredStamp;
    }

    public int restoredWidth() {
        return restoredWidth;
    }

    public int restoredHeight() {
        return restoredHeight;
    }

    public int restoredBytesPerPixel() {
        return restoredBytesPerPixel;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
