package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A frame made small: blocks of {@code bin x bin} pixels become their mean, the smallest mean of the frame becomes 0 and
 * the largest 255. With both limits told, counts follow from a preview: {@code low + value * (high - low) / 255}. Blocks at
 * the right and bottom edge that would be cut are left out.
 *
 * <p>Not safe for use from multiple threads. Nothing is allocated after construction.
 */
final class PreviewPlane {
    private final FrameSpec full;
    private final FrameSpec small;
    private final int bin;
    private final double[] means;
    private final ByteBuffer pixels;
    private double low;
    private double high;

    /** @param mostSide of the preview, in pixels */
    PreviewPlane(FrameSpec full, int mostSide) {
        this.full = full;
        this.small = specOf(full, mostSide);
        this.bin = binOf(full, mostSide);
        this.means = new double[small.pixels()];
        this.pixels = ByteBuffer.allocateDirect(small.bytes()).order(ByteOrder.nativeOrder());
    }

    private static int binOf(FrameSpec full, int mostSide) {
        int longest = Math.max(full.width(), full.height());
        return Math.min((longest + mostSide - 1) / mostSide, Math.min(full.width(), full.height()));
    }

    /** Geometry of the previews of such frames. */
    static FrameSpec specOf(FrameSpec full, int mostSide) {
        int bin = binOf(full, mostSide);
        return new FrameSpec(full.width() / bin, full.height() / bin, full.depth(), PixelType.UINT8);
    }

    FrameSpec spec() {
        return small;
    }

    int bin() {
        return bin;
    }

    /** Mean count that became 0. */
    double low() {
        return low;
    }

    /** Mean count that became 255. */
    double high() {
        return high;
    }

    /**
     * Makes the preview of a frame.
     *
     * @param frame all its pixels, native order
     * @return the preview, valid until the next call
     */
    ByteBuffer of(ByteBuffer frame) {
        low = Double.POSITIVE_INFINITY;
        high = Double.NEGATIVE_INFINITY;
        int at = 0;
        for (int plane = 0; plane < small.depth(); plane++) {
            for (int y = 0; y < small.height(); y++) {
                for (int x = 0; x < small.width(); x++) {
                    double mean = mean(frame, (plane * full.height() + y * bin) * full.width() + x * bin);
                    means[at++] = mean;
                    low = Math.min(low, mean);
                    high = Math.max(high, mean);
                }
            }
        }
        double scale = high > low ? 255 / (high - low) : 0;
        for (int i = 0; i < means.length; i++) {
            pixels.put(i, (byte) (int) ((means[i] - low) * scale + 0.5));
        }
        return pixels.clear();
    }

    private double mean(ByteBuffer frame, int first) {
        double sum = 0;
        for (int dy = 0; dy < bin; dy++) {
            int row = first + dy * full.width();
            for (int i = row; i < row + bin; i++) {
                sum += switch (full.pixelType()) {
                    case UINT8 -> frame.get(i) & 0xFF;
                    case UINT16 -> frame.getShort(2 * i) & 0xFFFF;
                    case FLOAT32 -> frame.getFloat(4 * i);
                };
            }
        }
        return sum / (bin * bin);
    }
}
