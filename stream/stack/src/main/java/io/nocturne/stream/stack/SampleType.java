package io.nocturne.stream.stack;

import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How samples lie in a file, and how they become our pixels. Types without a pixel type of ours become float32, and only
 * where every value stays exact; float64 is rounded.
 */
enum SampleType {
    UINT8(1, PixelType.UINT8),
    UINT16(2, PixelType.UINT16),
    FLOAT32(4, PixelType.FLOAT32),
    INT8(1, PixelType.FLOAT32),
    INT16(2, PixelType.FLOAT32),
    INT32(4, PixelType.FLOAT32),
    UINT32(4, PixelType.FLOAT32),
    FLOAT64(8, PixelType.FLOAT32);

    private static final long EXACT = 1L << 24;

    private final int bytes;
    private final PixelType pixelType;

    SampleType(int bytes, PixelType pixelType) {
        this.bytes = bytes;
        this.pixelType = pixelType;
    }

    int bytes() {
        return bytes;
    }

    PixelType pixelType() {
        return pixelType;
    }

    static SampleType of(PixelType type) {
        return switch (type) {
            case UINT8 -> UINT8;
            case UINT16 -> UINT16;
            case FLOAT32 -> FLOAT32;
        };
    }

    /** True if bytes of this type and order are our pixels as they stand. */
    boolean isNative(ByteOrder order) {
        return this == UINT8 || ((this == UINT16 || this == FLOAT32) && order == ByteOrder.nativeOrder());
    }

    /**
     * Converts samples to pixels.
     *
     * @param source {@code count} samples at its position, in the given order; not moved
     * @param step distance of samples taken, in samples: 1, or the number of interleaved channels
     * @param target pixels in native order from its position on; moved past them
     * @throws StackException if an integer has no exact float32
     */
    void convert(ByteBuffer source, ByteOrder order, int step, int count, ByteBuffer target) throws StackException {
        ByteBuffer in = source.duplicate().order(order);
        int at = in.position();
        if (step == 1 && isNative(order)) {
            target.put(in.limit(at + count * bytes));
            return;
        }
        ByteBuffer out = target.order() == ByteOrder.nativeOrder()
                ? target
                : target.duplicate().order(ByteOrder.nativeOrder());
        int to = target.position();
        if (step == 1 && (this == UINT16 || this == FLOAT32)) {
            in.limit(at + count * bytes);
            swap(in, out);
            target.position(to + count * bytes);
            return;
        }
        for (int i = 0; i < count; i++, at += step * bytes) {
            switch (this) {
                case UINT8 -> out.put(to + i, in.get(at));
                case UINT16 -> out.putShort(to + 2 * i, in.getShort(at));
                case FLOAT32 -> out.putFloat(to + 4 * i, in.getFloat(at));
                case INT8 -> out.putFloat(to + 4 * i, in.get(at));
                case INT16 -> out.putFloat(to + 4 * i, in.getShort(at));
                case INT32 -> out.putFloat(to + 4 * i, exact(in.getInt(at)));
                case UINT32 -> out.putFloat(to + 4 * i, exact(Integer.toUnsignedLong(in.getInt(at))));
                case FLOAT64 -> out.putFloat(to + 4 * i, (float) in.getDouble(at));
            }
        }
        target.position(to + count * pixelType.bytes());
    }

    /** Both buffers have their own order: the bulk put swaps bytes on the way. */
    private void swap(ByteBuffer in, ByteBuffer out) {
        if (bytes == 2) {
            out.asShortBuffer().put(in.asShortBuffer());
        } else {
            out.asIntBuffer().put(in.asIntBuffer());
        }
    }

    private static float exact(long value) throws StackException {
        if (value > EXACT || value < -EXACT) {
            throw new StackException("A 32-bit integer pixel is " + value + ", beyond the range that float32 holds "
                    + "exactly (16,777,216): save the stack as 16-bit or float32");
        }
        return value;
    }
}
