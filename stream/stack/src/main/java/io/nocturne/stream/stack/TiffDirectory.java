package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes one directory of a TIFF or BigTIFF file into a buffer, entry by entry in ascending order of tags. Source: TIFF
 * revision 6.0 and the BigTIFF description.
 *
 * @param out in the file's order; moved along
 * @param big true for BigTIFF
 */
record TiffDirectory(ByteBuffer out, boolean big) {
    static final int ASCII = 2;
    static final int SHORT = 3;
    static final int LONG = 4;
    static final int RATIONAL = 5;
    static final int LONG8 = 16;

    static final int BIG_COUNT_BYTES = 8;
    static final int BIG_ENTRY_BYTES = 20;
    /** Where the value of a BigTIFF entry lies in it. */
    static final int BIG_VALUE_AT = 12;

    /** Bytes of a directory without what its entries refer to. */
    static int bytes(boolean big, int entries) {
        return big ? BIG_COUNT_BYTES + BIG_ENTRY_BYTES * entries + 8 : 2 + 12 * entries + 4;
    }

    TiffDirectory begin(int entries) {
        if (big) {
            out.putLong(entries);
        } else {
            out.putShort((short) entries);
        }
        return this;
    }

    /** What every page of gray pixels says before its description. */
    TiffDirectory geometry(FrameSpec pixels) {
        return entry(TiffTag.NEW_SUBFILE_TYPE, LONG, 1, 0)
                .entry(TiffTag.WIDTH, LONG, 1, pixels.width())
                .entry(TiffTag.HEIGHT, LONG, 1, pixels.height())
                .entry(TiffTag.BITS, SHORT, 1, 8L * pixels.pixelType().bytes())
                .entry(TiffTag.COMPRESSION, SHORT, 1, 1)
                .entry(TiffTag.PHOTOMETRIC, SHORT, 1, 1);
    }

    /** The one strip that holds a page's pixels. */
    TiffDirectory strip(FrameSpec pixels, long at, long bytes) {
        int offset = big ? LONG8 : LONG;
        return entry(TiffTag.STRIP_OFFSETS, offset, 1, at)
                .entry(TiffTag.SAMPLES, SHORT, 1, 1)
                .entry(TiffTag.ROWS_PER_STRIP, LONG, 1, pixels.height())
                .entry(TiffTag.STRIP_BYTES, offset, 1, bytes);
    }

    /**
     * Pixels per micrometre.
     *
     * @param x eight bytes of a rational in BigTIFF, where they lie otherwise
     * @param y the same
     */
    TiffDirectory resolution(long x, long y) {
        return entry(TiffTag.X_RESOLUTION, RATIONAL, 1, x)
                .entry(TiffTag.Y_RESOLUTION, RATIONAL, 1, y)
                .entry(TiffTag.RESOLUTION_UNIT, SHORT, 1, 1);
    }

    TiffDirectory sampleFormat(FrameSpec pixels) {
        return entry(TiffTag.SAMPLE_FORMAT, SHORT, 1, pixels.pixelType() == PixelType.FLOAT32 ? 3 : 1);
    }

    /**
     * One entry.
     *
     * @param value itself where it fits, of two longs the first in the lower half; otherwise where it lies in the file
     */
    TiffDirectory entry(int tag, int type, int count, long value) {
        out.putShort((short) tag).putShort((short) type);
        if (big) {
            out.putLong(count);
        } else {
            out.putInt(count);
        }
        int from = out.position();
        if (big && type == LONG && count == 2) {
            out.putInt((int) value).putInt((int) (value >>> 32));
        } else if (big && type != SHORT && type != LONG) {
            out.putLong(value);
        } else if (type == SHORT) {
            out.putShort((short) value);
        } else {
            out.putInt((int) value);
        }
        while (out.position() < from + (big ? 8 : 4)) {
            out.put((byte) 0);
        }
        return this;
    }

    void end(long next) {
        if (big) {
            out.putLong(next);
        } else {
            out.putInt((int) next);
        }
    }

    /** Pixels per micrometre as the 8 bytes of a rational; 1 if unknown. */
    static long perMicrometre(double micrometres) {
        boolean known = Double.isFinite(micrometres) && micrometres > 0;
        double perMicrometre = known ? 1 / micrometres : 1;
        int denominator = perMicrometre < 2000 ? 1_000_000 : 1;
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putInt((int) Math.round(perMicrometre * denominator))
                .putInt(denominator)
                .getLong(0);
    }
}
