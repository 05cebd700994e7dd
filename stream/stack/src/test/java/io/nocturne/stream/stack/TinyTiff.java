package io.nocturne.stream.stack;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds TIFF files byte by byte, well-formed or hostile, independently of the writer under test. */
final class TinyTiff {
    private final ByteOrder order;
    private final boolean big;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<long[]> entries = new ArrayList<>();
    private long pointerAt;

    TinyTiff(ByteOrder order, boolean big) {
        this.order = order;
        this.big = big;
        ByteBuffer head = ByteBuffer.allocate(big ? 16 : 8).order(order);
        head.putShort((short) (order == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4d4d))
                .putShort((short) (big ? 43 : 42));
        if (big) {
            head.putShort((short) 8);
        }
        bytes.writeBytes(head.array());
        pointerAt = big ? 8 : 4;
    }

    /** Adds bytes and tells where. */
    long put(byte[] content) {
        if (bytes.size() % 2 == 1) {
            bytes.write(0);
        }
        long at = bytes.size();
        bytes.writeBytes(content);
        return at;
    }

    /** Samples of a plane in the file's order. */
    byte[] samples(SampleType type, double... values) {
        ByteBuffer out = ByteBuffer.allocate(values.length * type.bytes()).order(order);
        for (double value : values) {
            switch (type) {
                case UINT8, INT8 -> out.put((byte) value);
                case UINT16, INT16 -> out.putShort((short) value);
                case UINT32, INT32 -> out.putInt((int) (long) value);
                case FLOAT32 -> out.putFloat((float) value);
                case FLOAT64 -> out.putDouble(value);
            }
        }
        return out.array();
    }

    /** A tag of type LONG (or LONG8 in BigTIFF) with these values. */
    TinyTiff tag(int tag, long... values) {
        int size = big ? 8 : 4;
        long value = values[0];
        if (values.length > 1) {
            ByteBuffer out = ByteBuffer.allocate(values.length * size).order(order);
            for (long one : values) {
                if (big) {
                    out.putLong(one);
                } else {
                    out.putInt((int) one);
                }
            }
            value = put(out.array());
        }
        return raw(tag, big ? 16 : 4, values.length, value);
    }

    TinyTiff text(String text) {
        byte[] content = (text + "\0").getBytes(StandardCharsets.UTF_8);
        return raw(TiffTag.DESCRIPTION, 2, content.length, put(content));
    }

    TinyTiff rational(int tag, int numerator, int denominator) {
        ByteBuffer out = ByteBuffer.allocate(8).order(order).putInt(numerator).putInt(denominator);
        return raw(tag, 5, 1, big ? out.getLong(0) : put(out.array()));
    }

    /** An entry as it stands. */
    TinyTiff raw(int tag, int type, long count, long value) {
        entries.add(new long[] {tag, type, count, value});
        return this;
    }

    /** The tags of one whole uncompressed page, with the strips at these offsets. */
    TinyTiff page(int width, int height, SampleType type, int rowsPerStrip, long... strips) {
        int format =
                switch (type) {
                    case UINT8, UINT16, UINT32 -> 1;
                    case INT8, INT16, INT32 -> 2;
                    default -> 3;
                };
        return tag(TiffTag.WIDTH, width)
                .tag(TiffTag.HEIGHT, height)
                .tag(TiffTag.BITS, 8L * type.bytes())
                .tag(TiffTag.COMPRESSION, 1)
                .tag(TiffTag.ROWS_PER_STRIP, rowsPerStrip)
                .tag(TiffTag.STRIP_OFFSETS, strips)
                .tag(TiffTag.SAMPLE_FORMAT, format);
    }

    /** Ends the page: writes its directory and links it to the one before. */
    long endPage() {
        int size = big ? 8 + 20 * entries.size() + 8 : 2 + 12 * entries.size() + 4;
        ByteBuffer out = ByteBuffer.allocate(size).order(order);
        if (big) {
            out.putLong(entries.size());
        } else {
            out.putShort((short) entries.size());
        }
        for (long[] entry : entries) {
            out.putShort((short) entry[0]).putShort((short) entry[1]);
            if (big) {
                out.putLong(entry[2]).putLong(entry[3]);
            } else {
                out.putInt((int) entry[2]).putInt((int) entry[3]);
            }
        }
        entries.clear();
        long at = put(out.array());
        link(at);
        pointerAt = at + size - (big ? 8 : 4);
        return at;
    }

    /** Makes the last directory (or the header) point there. */
    void link(long at) {
        byte[] all = bytes.toByteArray();
        ByteBuffer buffer = ByteBuffer.wrap(all).order(order);
        if (big) {
            buffer.putLong((int) pointerAt, at);
        } else {
            buffer.putInt((int) pointerAt, (int) at);
        }
        bytes.reset();
        bytes.writeBytes(all);
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }
}
