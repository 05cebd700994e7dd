package io.nocturne.sinks.view;

import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The binary message that carries a pair of pictures to the browser, version 2. Little-endian throughout; the page's
 * {@code protocol.js} is its other half.
 *
 * <pre>
 *  0  u32  magic "NOCT"              64 + 64 p: plane p of two, raw first, then restored
 *  4  u16  version                    +0  u8   present (0 or 1)
 *  6  u16  header bytes, 192          +1  u8   pixel type: 0 uint8, 1 uint16, 2 float32
 *  8  u32  attachment number          +2  u16  z-slice shown
 * 12  u32  ticket, for the ack        +4  u32  bin: pixels averaged in x and y
 * 16  i64  frame index                +8  u32  plane width   +12 u32 plane height, unbinned
 * 24  i64  time point                +16  u32  cut's x       +20 u32 cut's y, unbinned
 * 32  f64  committed, ms since 1970  +24  u32  cut's width   +28 u32 cut's height, unbinned
 * 40  f64  age when sent, ms         +32  u32  columns       +36 u32 rows, as sent
 * 48  u16  channel                   +40  u32  payload's first byte, from the message's start
 * 50  u16  z-slice                   +44  u32  payload bytes
 * 52  u16  stage position            +48  f64  steady display limit, low, in counts
 * 54  u8   1 held, +2 snapshot       +56  f64  steady display limit, high, in counts
 * 56  u64  0
 * </pre>
 */
final class WireFrame {
    static final int VERSION = 2;
    static final int HEADER_BYTES = 192;
    private static final int MAGIC = 0x54434F4E;
    private static final int PLANE_HEADER = 64;
    private static final int HELD = 1;
    private static final int SNAPSHOT = 2;

    private WireFrame() {}

    /** Bytes that a cut takes up in the message, padded to eight. */
    static int payloadBytes(PlaneCut cut, PixelType type) {
        int bytes = cut.columns() * cut.rows() * type.bytes();
        return (bytes + 7) & ~7;
    }

    static void putHeader(
            ByteBuffer out,
            int attachment,
            int ticket,
            FrameHeader header,
            double wallMillis,
            double ageMillis,
            boolean held,
            boolean snapshot) {
        out.clear().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < HEADER_BYTES; i += 8) {
            out.putLong(i, 0);
        }
        out.putInt(0, MAGIC);
        out.putShort(4, (short) VERSION);
        out.putShort(6, (short) HEADER_BYTES);
        out.putInt(8, attachment);
        out.putInt(12, ticket);
        out.putLong(16, header.index);
        out.putLong(24, header.timePoint);
        out.putDouble(32, wallMillis);
        out.putDouble(40, ageMillis);
        out.putShort(48, (short) header.channel);
        out.putShort(50, (short) header.zSlice);
        out.putShort(52, (short) header.position);
        out.put(54, (byte) ((held ? HELD : 0) | (snapshot ? SNAPSHOT : 0)));
        out.position(HEADER_BYTES);
    }

    /** Appends a plane's pixels at {@code out}'s position and describes them in the header. */
    static void putPlane(
            ByteBuffer out,
            int plane,
            ByteBuffer pixels,
            FrameSpec spec,
            int slice,
            PlaneCut cut,
            double low,
            double high,
            PlaneBinner binner) {
        int at = PLANE_HEADER * (1 + plane);
        int start = out.position();
        out.put(at, (byte) 1);
        out.put(at + 1, code(spec.pixelType()));
        out.putShort(at + 2, (short) slice);
        out.putInt(at + 4, cut.bin());
        out.putInt(at + 8, spec.width());
        out.putInt(at + 12, spec.height());
        out.putInt(at + 16, cut.x());
        out.putInt(at + 20, cut.y());
        out.putInt(at + 24, cut.width());
        out.putInt(at + 28, cut.height());
        out.putInt(at + 32, cut.columns());
        out.putInt(at + 36, cut.rows());
        out.putInt(at + 40, start);
        out.putDouble(at + 48, low);
        out.putDouble(at + 56, high);
        binner.bin(pixels, spec, slice, cut, out);
        out.putInt(at + 44, out.position() - start);
        out.position(start + payloadBytes(cut, spec.pixelType()));
    }

    private static byte code(PixelType type) {
        return switch (type) {
            case UINT8 -> 0;
            case UINT16 -> 1;
            case FLOAT32 -> 2;
        };
    }
}
