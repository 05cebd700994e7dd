package io.nocturne.acquisition.mm.wire;

import java.util.Objects;

/** What the frames of a stream are, from the STREAM message on. Immutable. */
public final class Announcement {
    private static final int MOST_PIXELS = 1 << 28;

    public final String name;
    public final int width;
    public final int height;
    public final int bytesPerPixel;
    public final int bits;
    public final double exposureMillis;
    public final double pixelSizeUm;
    public final Axes axes;

    /**
     * A movie.
     *
     * @throws WireException if that can't be a stream of 8- or 16-bit frames
     */
    public Announcement(
            String name, int width, int height, int bytesPerPixel, int bits, double exposureMillis, double pixelSizeUm)
            throws WireException {
        this(name, width, height, bytesPerPixel, bits, exposureMillis, pixelSizeUm, Axes.MOVIE);
    }

    /**
     * @throws WireException if that can't be a stream of 8- or 16-bit frames
     */
    public Announcement(
            String name,
            int width,
            int height,
            int bytesPerPixel,
            int bits,
            double exposureMillis,
            double pixelSizeUm,
            Axes axes)
            throws WireException {
        if (width < 1 || height < 1 || (long) width * height > MOST_PIXELS) {
            throw new WireException("A frame has 1 to " + MOST_PIXELS + " pixels, not " + width + "x" + height);
        }
        if (bytesPerPixel < 1 || bytesPerPixel > 2 || bits < 1 || bits > 8 * bytesPerPixel) {
            throw new WireException("Grey frames of 8 or 16 bits are needed, not " + bytesPerPixel
                    + " bytes a pixel with " + bits + " bits in use");
        }
        this.name = Objects.requireNonNull(name, "name");
        this.width = width;
        this.height = height;
        this.bytesPerPixel = bytesPerPixel;
        this.bits = bits;
        this.exposureMillis = exposureMillis;
        this.pixelSizeUm = pixelSizeUm;
        this.axes = Objects.requireNonNull(axes, "axes");
    }

    /** Bytes of one frame's pixels. */
    public int frameBytes() {
        return width * height * bytesPerPixel;
    }

    /** Whether a frame of the other stream could as well be one of this. */
    public boolean sameShape(Announcement other) {
        return other != null
                && width == other.width
                && height == other.height
                && bytesPerPixel == other.bytesPerPixel
                && bits == other.bits
                && axes.equals(other.axes);
    }
}
