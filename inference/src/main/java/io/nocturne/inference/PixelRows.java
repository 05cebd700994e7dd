package io.nocturne.inference;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * Rows of pixels to floats and back, through one preallocated row. Integers are rounded half up and clipped to their
 * type's range, never wrapped. One thread at a time.
 */
final class PixelRows {
    private final PixelType type;
    private final int width;
    private final byte[] bytes;
    private final short[] shorts;
    private ByteBuffer plane;
    private ShortBuffer shortPlane;
    private FloatBuffer floatPlane;

    PixelRows(FrameSpec spec) {
        type = spec.pixelType();
        width = spec.width();
        bytes = new byte[type == PixelType.UINT8 ? width : 0];
        shorts = new short[type == PixelType.UINT16 ? width : 0];
    }

    /** Sets the plane that rows are read from or written to. */
    void over(ByteBuffer pixels) {
        if (pixels.order() != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException("Pixel buffer is " + pixels.order() + ", must be in native order "
                    + ByteOrder.nativeOrder() + "; duplicate() and slice() lose the order");
        }
        plane = pixels;
        shortPlane = type == PixelType.UINT16 ? pixels.asShortBuffer() : null;
        floatPlane = type == PixelType.FLOAT32 ? pixels.asFloatBuffer() : null;
    }

    void read(int row, float[] into) {
        int at = row * width;
        switch (type) {
            case UINT8 -> {
                plane.get(at, bytes, 0, width);
                for (int i = 0; i < width; i++) {
                    into[i] = bytes[i] & 0xff;
                }
            }
            case UINT16 -> {
                shortPlane.get(at, shorts, 0, width);
                for (int i = 0; i < width; i++) {
                    into[i] = shorts[i] & 0xffff;
                }
            }
            case FLOAT32 -> floatPlane.get(at, into, 0, width);
        }
    }

    /** One pixel by its number in the plane. */
    float pixel(int at) {
        return switch (type) {
            case UINT8 -> plane.get(at) & 0xff;
            case UINT16 -> shortPlane.get(at) & 0xffff;
            case FLOAT32 -> floatPlane.get(at);
        };
    }

    /** Writes a row and tells how many of its pixels were clipped; not-a-number becomes 0 and counts. */
    int write(int row, float[] values) {
        int at = row * width;
        return switch (type) {
            case UINT8 -> {
                int clipped = 0;
                for (int i = 0; i < width; i++) {
                    float v = values[i];
                    bytes[i] = (byte) roundAndClip(v, 255f);
                    clipped += outside(v, 255.5f);
                }
                plane.put(at, bytes, 0, width);
                yield clipped;
            }
            case UINT16 -> {
                int clipped = 0;
                for (int i = 0; i < width; i++) {
                    float v = values[i];
                    shorts[i] = (short) roundAndClip(v, 65535f);
                    clipped += outside(v, 65535.5f);
                }
                shortPlane.put(at, shorts, 0, width);
                yield clipped;
            }
            case FLOAT32 -> {
                floatPlane.put(at, values, 0, width);
                yield 0;
            }
        };
    }

    /** Half up, exactly: the sum of a float and a half has no rounding in double precision, and no branch either. */
    private static int roundAndClip(float v, float max) {
        return (int) (Math.min(Math.max(v, 0f), max) + 0.5);
    }

    private static int outside(float v, float end) {
        return v >= -0.5f && v < end ? 0 : 1;
    }
}
