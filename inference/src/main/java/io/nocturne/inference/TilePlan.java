package io.nocturne.inference;

import java.util.Arrays;

/**
 * How a frame is cut into overlapping tiles of one size and put together again. Immutable; shared by lanes.
 *
 * <pre>
 *   tile 0  |=================-------|
 *   tile 1             |-------==================-------|
 *   tile 2                                |-------=================|~~|
 *   weight     1111111111 \ramp/ 11111111111 \ramp/ 1111111111111    padding
 * </pre>
 *
 * Origins lie on a grid of {@code multiple} pixels, evenly spread. Of each overlap, the middle {@code overlap / 2}
 * pixels are a linear ramp from one tile to the next; what a tile gives outside its ramps, next to its cut edge, was
 * made with the least context and isn't used. So a pixel is a blend of at most two tiles per axis, of weights that are
 * multiples of 1/256 and sum to one exactly. Where tiles reach beyond the frame it is continued by mirroring around its
 * last pixel, over and over for tiny frames.
 */
public final class TilePlan {
    private final Axis x;
    private final Axis y;

    private TilePlan(Axis x, Axis y) {
        this.x = x;
        this.y = y;
    }

    /**
     * Tiles of fixed size.
     *
     * @param tile side of a tile, a multiple of {@code multiple}
     * @param overlap least number of pixels that neighbours share, at most half a tile
     * @param multiple grid of the tiles' origins, such as 8 for a network with windows of 8
     */
    public static TilePlan tiled(int width, int height, int tile, int overlap, int multiple) {
        return tiled(width, height, tile, overlap, multiple, 1);
    }

    /**
     * Tiles of fixed size, of frames in which square cells of pixels belong together, such as the pixels behind one
     * microlens.
     *
     * @param cell side of a cell in pixels, of which frame, tile and grid are multiples: frames are continued by mirroring
     *     whole cells
     */
    public static TilePlan tiled(int width, int height, int tile, int overlap, int multiple, int cell) {
        return new TilePlan(
                Axis.tiled(width, tile, overlap, multiple, cell), Axis.tiled(height, tile, overlap, multiple, cell));
    }

    /**
     * One tile that holds the whole frame.
     *
     * @param multiple its sides are multiples of this
     * @param minimum and at least that long
     */
    public static TilePlan whole(int width, int height, int multiple, int minimum) {
        return whole(width, height, multiple, minimum, 1);
    }

    /** One tile that holds the whole frame, continued by mirroring whole cells. */
    public static TilePlan whole(int width, int height, int multiple, int minimum, int cell) {
        return new TilePlan(Axis.whole(width, multiple, minimum, cell), Axis.whole(height, multiple, minimum, cell));
    }

    public Axis x() {
        return x;
    }

    public Axis y() {
        return y;
    }

    public int tiles() {
        return x.count() * y.count();
    }

    /** Pixels of all tiles divided by pixels of the frame: what the overlap costs. */
    public double overhead() {
        return (double) tiles() * x.tile() * y.tile() / ((double) x.length() * y.length());
    }

    @Override
    public String toString() {
        return tiles() == 1
                ? "whole frame as " + x.tile() + "x" + y.tile()
                : x.count() + "x" + y.count() + " tiles of " + x.tile() + "x" + y.tile();
    }

    /** One axis of a plan. Tile {@code i} covers {@code origin(i) .. origin(i) + tile()}. */
    public static final class Axis {
        private static final float WEIGHT_STEPS = 256;

        private final int length;
        private final int tile;
        private final int[] origins;
        private final int ramp;
        private final int cell;

        private Axis(int length, int tile, int ramp, int cell, int[] origins) {
            if (length % cell != 0 || tile % cell != 0) {
                throw new IllegalArgumentException("Frames of " + length + " pixels in tiles of " + tile
                        + ": both must be multiples of " + cell + ", the pixels that belong together");
            }
            this.length = length;
            this.tile = tile;
            this.ramp = ramp;
            this.cell = cell;
            this.origins = origins;
        }

        static Axis tiled(int length, int tile, int overlap, int multiple, int cell) {
            if (length < 1 || multiple < 1 || tile < 1 || tile % multiple != 0) {
                throw new IllegalArgumentException("Tiles of " + tile + " pixels are no multiple of " + multiple);
            }
            if (overlap < 0 || overlap > tile / 2 || tile - overlap < multiple) {
                throw new IllegalArgumentException(
                        "An overlap of " + overlap + " pixels: must be 0 to half of the tile (" + tile
                                + ") and leave a step of at least " + multiple);
            }
            if (length <= tile) {
                return new Axis(length, tile, overlap / 2, cell, new int[] {0});
            }
            int units = ceilDivide(length - tile, multiple);
            int steps = ceilDivide(units, (tile - overlap) / multiple);
            int[] origins = new int[steps + 1];
            for (int i = 0; i <= steps; i++) {
                origins[i] = (int) ((long) units * i / steps) * multiple;
            }
            return new Axis(length, tile, overlap / 2, cell, origins);
        }

        static Axis whole(int length, int multiple, int minimum, int cell) {
            int tile = ceilDivide(Math.max(length, minimum), multiple) * multiple;
            return new Axis(length, tile, 0, cell, new int[] {0});
        }

        public int length() {
            return length;
        }

        public int tile() {
            return tile;
        }

        public int count() {
            return origins.length;
        }

        public int origin(int i) {
            return origins[i];
        }

        /** Pixels up to the end of the last tile; beyond {@link #length()} they mirror the frame. */
        public int padded() {
            return origins[origins.length - 1] + tile;
        }

        /** Pixel of the frame that stands at a padded position. */
        public int source(int position) {
            if (position < length) {
                return position;
            }
            int cells = length / cell;
            int inside = position % cell;
            if (cells == 1) {
                return inside;
            }
            int period = 2 * (cells - 1);
            int folded = position / cell % period;
            return (folded < cells ? folded : period - folded) * cell + inside;
        }

        /** First pixel at which tile {@code i} counts; the ramp from its predecessor begins here. */
        public int from(int i) {
            return i == 0 ? 0 : rampStart(i);
        }

        /** Pixel from which tile {@code i} is alone, up to {@code from(i + 1)}. */
        public int alone(int i) {
            return i == 0 ? 0 : rampStart(i) + ramp;
        }

        /** End of what tile {@code i} gives: its successor is alone from here on. */
        public int to(int i) {
            return i == count() - 1 ? length : rampStart(i + 1) + ramp;
        }

        /** Last tile that counts at a pixel. */
        public int tileAt(int pixel) {
            int i = Arrays.binarySearch(origins, pixel);
            i = i >= 0 ? i : -i - 2;
            while (i > 0 && from(i) > pixel) {
                i--;
            }
            return i;
        }

        /**
         * Weight of tile {@code i} against its predecessor inside the ramp between them.
         *
         * @param offset pixels, or parts of pixels, from the ramp's start to the pixel's centre
         */
        public float rampWeight(double offset) {
            return Math.round(WEIGHT_STEPS * offset / ramp) / WEIGHT_STEPS;
        }

        /** Weight of tile {@code i} at a pixel; over all tiles they sum to one exactly. */
        public float weight(int i, int pixel) {
            if (pixel < from(i) || pixel >= to(i)) {
                return 0;
            }
            if (pixel < alone(i)) {
                return rampWeight(pixel - from(i) + 0.5);
            }
            return i == count() - 1 || pixel < from(i + 1) ? 1 : 1 - rampWeight(pixel - from(i + 1) + 0.5);
        }

        private int rampStart(int i) {
            int shared = origins[i - 1] + tile - origins[i];
            return origins[i] + (shared - ramp) / 2;
        }

        private static int ceilDivide(int a, int b) {
            return (int) (((long) a + b - 1) / b);
        }
    }
}
