package io.nocturne.stream.spi;

import java.util.Objects;

/**
 * Immutable geometry of one epoch's frames or products: what every slot of a ring holds.
 *
 * @param width pixels in x, at least 1
 * @param height pixels in y, at least 1
 * @param depth z-slices in one product; 1 for a 2-D frame
 * @param pixelType how a pixel is stored
 */
public record FrameSpec(int width, int height, int depth, PixelType pixelType) {
    public FrameSpec {
        Objects.requireNonNull(pixelType, "pixelType");
        if (width < 1 || height < 1 || depth < 1) {
            throw new IllegalArgumentException(
                    "A frame needs at least 1 x 1 x 1 pixels, not " + width + " x " + height + " x " + depth);
        }
        long bytes = (long) width * height * depth * pixelType.bytes();
        if (bytes > Integer.MAX_VALUE - 64) {
            throw new IllegalArgumentException("A frame of " + width + " x " + height + " x " + depth + " "
                    + pixelType.typeName() + " pixels is " + bytes + " bytes; at most 2 GiB fit one slot");
        }
    }

    /** A 2-D frame. */
    public FrameSpec(int width, int height, PixelType pixelType) {
        this(width, height, 1, pixelType);
    }

    /** Pixels in one frame. */
    public int pixels() {
        return width * height * depth;
    }

    /** Bytes in one frame. */
    public int bytes() {
        return pixels() * pixelType.bytes();
    }

    @Override
    public String toString() {
        return width + "x" + height + (depth > 1 ? "x" + depth : "") + " " + pixelType.typeName();
    }
}
