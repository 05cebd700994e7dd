package io.nocturne.acquisition.mm.wire;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Writes messages. Blocks while the other side doesn't take them. Not safe for use from multiple threads. */
public final class WireWriter implements Closeable {
    static final int MAGIC = 0x4e4f4354;
    /** Version of the protocol. */
    public static final short VERSION = 2;

    static final int FRAME_HEAD_BYTES = 3 * 8 + 8 + 4 * 4;
    static final int RESTORED_HEAD_BYTES = 2 * 8 + 2 * 4 + 1;
    private static final int CHUNK = 1 << 16;

    private final DataOutputStream out;
    private final byte[] chunk = new byte[CHUNK];

    public WireWriter(OutputStream out) {
        this.out = new DataOutputStream(new BufferedOutputStream(out, CHUNK));
    }

    public void hello(String token) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeInt(MAGIC);
        body.writeShort(VERSION);
        body.writeUTF(token);
        small(Message.HELLO, bytes);
    }

    public void welcome() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new DataOutputStream(bytes).writeShort(VERSION);
        small(Message.WELCOME, bytes);
    }

    public void stream(Announcement stream) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeInt(stream.width);
        body.writeInt(stream.height);
        body.writeByte(stream.bytesPerPixel);
        body.writeByte(stream.bits);
        body.writeDouble(stream.exposureMillis);
        body.writeDouble(stream.pixelSizeUm);
        body.writeUTF(stream.name);
        body.writeByte(stream.axes.channels.size());
        for (String channel : stream.axes.channels) {
            body.writeUTF(channel);
        }
        body.writeInt(stream.axes.zSlices);
        body.writeInt(stream.axes.positions);
        small(Message.STREAM, bytes);
    }

    private void small(Message type, ByteArrayOutputStream body) throws IOException {
        begin(type, body.size());
        body.writeTo(out);
        out.flush();
    }

    private void begin(Message type, int bodyBytes) throws IOException {
        out.writeInt(1 + bodyBytes);
        out.writeByte(type.code());
    }

    /**
     * A camera frame.
     *
     * @param pixels {@code byte[]} or {@code short[]}, as Micro-Manager has it
     */
    public void frame(FrameHead head, Object pixels) throws IOException {
        int bytes = pixels instanceof short[] ? 2 * ((short[]) pixels).length : ((byte[]) pixels).length;
        begin(Message.FRAME, FRAME_HEAD_BYTES + bytes);
        out.writeLong(head.number);
        out.writeLong(head.skippedBefore);
        out.writeLong(head.stamp);
        out.writeDouble(head.elapsedMillis);
        out.writeInt(head.t);
        out.writeInt(head.z);
        out.writeInt(head.c);
        out.writeInt(head.p);
        if (pixels instanceof short[]) {
            shorts((short[]) pixels);
        } else {
            out.write((byte[]) pixels);
        }
        out.flush();
    }

    private void shorts(short[] pixels) throws IOException {
        for (int from = 0; from < pixels.length; from += CHUNK / 2) {
            int n = Math.min(CHUNK / 2, pixels.length - from);
            for (int i = 0; i < n; i++) {
                chunk[2 * i] = (byte) pixels[from + i];
                chunk[2 * i + 1] = (byte) (pixels[from + i] >>> 8);
            }
            out.write(chunk, 0, 2 * n);
        }
    }

    /**
     * A restored frame.
     *
     * @param pixels little-endian bytes, of which the first width x height x bytesPerPixel count
     */
    public void restored(long number, long stamp, int width, int height, int bytesPerPixel, byte[] pixels)
            throws IOException {
        int bytes = width * height * bytesPerPixel;
        begin(Message.RESTORED, RESTORED_HEAD_BYTES + bytes);
        out.writeLong(number);
        out.writeLong(stamp);
        out.writeInt(width);
        out.writeInt(height);
        out.writeByte(bytesPerPixel);
        out.write(pixels, 0, bytes);
        out.flush();
    }

    public void end() throws IOException {
        begin(Message.END, 0);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
