package io.nocturne.stream.stack;

import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Halves a plane again and again: a pixel of level n is the mean of the 2^n x 2^n pixels of the plane that it stands for,
 * of fewer at the right and lower edge. Every level is made of the plane itself, so that rounding (half up, for whole
 * numbers) doesn't add up. Buffers are kept for the next plane. Not safe for use from multiple threads.
 */
final class PlaneHalving {
    private final PixelType type;
    private final int width;
    private final int height;
    private final double[] row;
    private final Level[] levels;

    /** One level: sums of the pixels that lie in each of its own, and its pixels. */
    private static final class Level {
        final int width;
        final int height;
        final double[] sums;
        final ByteBuffer pixels;

        Level(int width, int height, PixelType type) {
            this.width = width;
            this.height = height;
            this.sums = new double[width * height];
            this.pixels =
                    ByteBuffer.allocateDirect(width * height * type.bytes()).order(ByteOrder.nativeOrder());
        }
    }

    /**
     * @param width pixels of the plane in x
     * @param height and in y
     * @param count levels to make
     */
    PlaneHalving(int width, int height, PixelType type, int count) {
        this.type = type;
        this.width = width;
        this.height = height;
        this.row = new double[width];
        this.levels = new Level[count];
        for (int level = 1; level <= count; level++) {
            levels[level - 1] = new Level(halved(width, level), halved(height, level), type);
        }
    }

    /** Length of a side at a level: nothing is cut off. */
    static int halved(int side, int level) {
        return (int) ((side + (1L << level) - 1) >> level);
    }

    /**
     * Makes all levels of a plane.
     *
     * @param plane pixels in native order from its position on, which isn't moved
     */
    void halve(ByteBuffer plane) {
        Level first = levels[0];
        Arrays.fill(first.sums, 0);
        ByteBuffer in = plane.duplicate().order(ByteOrder.nativeOrder());
        for (int y = 0; y < height; y++) {
            read(in, plane.position() + y * width * type.bytes());
            add(row, 0, width, first, y / 2);
        }
        for (int level = 1; level < levels.length; level++) {
            Level finer = levels[level - 1];
            Arrays.fill(levels[level].sums, 0);
            for (int y = 0; y < finer.height; y++) {
                add(finer.sums, y * finer.width, finer.width, levels[level], y / 2);
            }
        }
        for (int level = 1; level <= levels.length; level++) {
            divide(levels[level - 1], 1 << level);
        }
    }

    private void read(ByteBuffer in, int at) {
        switch (type) {
            case UINT8 -> {
                for (int x = 0; x < width; x++) {
                    row[x] = in.get(at + x) & 0xff;
                }
            }
            case UINT16 -> {
                for (int x = 0; x < width; x++) {
                    row[x] = in.getShort(at + 2 * x) & 0xffff;
                }
            }
            case FLOAT32 -> {
                for (int x = 0; x < width; x++) {
                    row[x] = in.getFloat(at + 4 * x);
                }
            }
        }
    }

    private static void add(double[] finer, int from, int count, Level to, int y) {
        int at = y * to.width;
        for (int x = 0; x < count; x++) {
            to.sums[at + x / 2] += finer[from + x];
        }
    }

    private void divide(Level level, int side) {
        ByteBuffer out = level.pixels.clear();
        for (int y = 0; y < level.height; y++) {
            int rows = Math.min(side, height - y * side);
            for (int x = 0; x < level.width; x++) {
                int columns = Math.min(side, width - x * side);
                double mean = level.sums[y * level.width + x] / ((double) rows * columns);
                switch (type) {
                    case UINT8 -> out.put((byte) (int) Math.floor(mean + 0.5));
                    case UINT16 -> out.putShort((short) (int) Math.floor(mean + 0.5));
                    case FLOAT32 -> out.putFloat((float) mean);
                }
            }
        }
        out.flip();
    }

    /** Pixels of a level, from 1 on, of the plane last halved; valid until the next. */
    ByteBuffer level(int number) {
        return levels[number - 1].pixels.rewind();
    }
}
