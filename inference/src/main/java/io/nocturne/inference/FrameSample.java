package io.nocturne.inference;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A fixed subsample of a frame: up to 1,024 blocks of 8 x 8 pixels, spread evenly with a jitter that depends on nothing
 * but the geometry. Reading it costs about as much as reading 65,000 pixels, whatever the frame's size. Intake thread
 * only; allocates nothing while reading.
 */
final class FrameSample {
    static final int SIDE = 8;
    static final int BLOCK = SIDE * SIDE;

    /** Pixels per block that percentiles and frame differences use: one per row and per column. */
    static final int PICKS = SIDE;

    private static final int[] PICK_COLUMNS = {1, 5, 3, 7, 0, 4, 2, 6};

    private final FrameSpec spec;
    private final int side;
    private final int[] origins;
    private final float[] pixels;
    private final float[] picks;
    private final float[] means;
    private final float[] noise;

    /**
     * @param mostBlocks at most that many blocks
     */
    FrameSample(FrameSpec spec, int mostBlocks) {
        this.spec = spec;
        side = Math.min(SIDE, Math.min(spec.width(), spec.height()));
        int columns = spec.width() / side;
        long all = (long) columns * (spec.height() / side);
        int blocks = (int) Math.min(all, mostBlocks);
        origins = new int[blocks];
        for (int i = 0; i < blocks; i++) {
            long from = all * i / blocks;
            long to = all * (i + 1) / blocks;
            long block = from + Long.remainderUnsigned(scramble(i), to - from);
            origins[i] = (int) (block / columns * side * spec.width() + block % columns * side);
        }
        pixels = new float[blocks * side * side];
        picks = new float[blocks * side];
        means = new float[blocks];
        noise = new float[blocks];
    }

    int blocks() {
        return origins.length;
    }

    /** Pixels picked per block. */
    int picksPerBlock() {
        return side;
    }

    /** Reads the sample; not-a-number counts as 0. */
    void read(ByteBuffer plane) {
        if (plane.order() != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException("Pixel buffer must be in native order, is " + plane.order());
        }
        int bytes = spec.pixelType().bytes();
        int at = 0;
        for (int origin : origins) {
            for (int row = 0; row < side; row++) {
                int address = (origin + row * spec.width()) * bytes;
                for (int column = 0; column < side; column++, address += bytes) {
                    pixels[at++] = pixel(plane, address);
                }
            }
        }
        for (int block = 0; block < origins.length; block++) {
            int from = block * side * side;
            double sum = 0;
            for (int i = from; i < from + side * side; i++) {
                sum += pixels[i];
            }
            means[block] = (float) (sum / (side * side));
            for (int row = 0; row < side; row++) {
                picks[block * side + row] = pixels[from + row * side + PICK_COLUMNS[row] % side];
            }
        }
    }

    private float pixel(ByteBuffer plane, int address) {
        PixelType type = spec.pixelType();
        if (type == PixelType.UINT16) {
            return plane.getShort(address) & 0xffff;
        }
        if (type == PixelType.UINT8) {
            return plane.get(address) & 0xff;
        }
        float value = plane.getFloat(address);
        return Float.isFinite(value) ? value : 0;
    }

    /** Mean of each block. */
    float[] means() {
        return means;
    }

    /** The picked pixels, block by block. */
    float[] picks() {
        return picks;
    }

    /**
     * Variance of each block's noise from this frame alone: mixed second differences, which see neither slopes nor
     * straight edges along the axes.
     */
    float[] mixedVariances() {
        for (int block = 0; block < origins.length; block++) {
            int from = block * side * side;
            double sum = 0;
            for (int row = 0; row < side - 1; row++) {
                for (int column = 0; column < side - 1; column++) {
                    int i = from + row * side + column;
                    double d = pixels[i] - pixels[i + 1] - pixels[i + side] + pixels[i + side + 1];
                    sum += d * d;
                }
            }
            noise[block] = side < 2 ? 0 : (float) (sum / (4.0 * (side - 1) * (side - 1)));
        }
        return noise;
    }

    /**
     * Variance of each block's noise from the difference to an earlier frame of the same scene, after the block's own
     * mean change: bleaching, flicker and slow drifts don't count.
     *
     * @param earlier what {@link #picks} gave then
     */
    float[] differenceVariances(float[] earlier) {
        for (int block = 0; block < origins.length; block++) {
            int from = block * side;
            double sum = 0;
            double squares = 0;
            for (int i = from; i < from + side; i++) {
                double d = picks[i] - earlier[i];
                sum += d;
                squares += d * d;
            }
            noise[block] = side < 2 ? 0 : (float) (Math.max(0, squares - sum * sum / side) / (2.0 * (side - 1)));
        }
        return noise;
    }

    /** Bits of a number mixed until they look random (SplitMix64's finaliser). */
    private static long scramble(long i) {
        long z = (i + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
