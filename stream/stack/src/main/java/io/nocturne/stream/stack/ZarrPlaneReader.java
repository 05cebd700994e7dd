package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads (y, x) planes of one Zarr array with any chunks and any leading axes. A chunk that holds several planes is decoded
 * once and kept. Not safe for use from multiple threads.
 */
final class ZarrPlaneReader {
    private final ZarrArray array;
    private final ZarrChunks chunks;
    private final int axes;
    private final int height;
    private final int width;
    private final int chunkHeight;
    private final int chunkWidth;
    private final boolean straight;
    private ByteBuffer chunk;
    private String chunkHeld;

    ZarrPlaneReader(Path folder, ZarrArray array) throws StackException {
        this.array = array;
        this.chunks = new ZarrChunks(folder, array);
        this.axes = array.shape().size();
        if (axes < 2) {
            throw new StackException(folder + " has the shape " + array.shape() + ": images need at least 2 axes");
        }
        this.height = Math.toIntExact(array.shape().get(axes - 2));
        this.width = Math.toIntExact(array.shape().get(axes - 1));
        this.chunkHeight = array.chunk().get(axes - 2);
        this.chunkWidth = array.chunk().get(axes - 1);
        this.straight = (long) chunkHeight * chunkWidth * array.type().bytes() == array.chunkBytes()
                && chunkHeight == height
                && chunkWidth == width
                && array.type().isNative(array.codec().order());
    }

    /** True if every chunk of the plane is there. */
    boolean has(long... at) throws IOException {
        long[] grid = grid(at);
        for (int y = 0; y * (long) chunkHeight < height; y++) {
            for (int x = 0; x * (long) chunkWidth < width; x++) {
                grid[axes - 2] = y;
                grid[axes - 1] = x;
                if (!chunks.has(grid)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Reads the plane at those leading indices into {@code plane}, from its position on, which moves past it.
     *
     * @return false if any part of it was never written; that part is 0
     */
    boolean read(ByteBuffer plane, long... at) throws IOException {
        long[] grid = grid(at);
        int start = plane.position();
        int planeBytes = height * width * array.type().pixelType().bytes();
        boolean complete = true;
        if (straight) {
            complete = chunks.read(plane.limit(start + planeBytes), grid);
            if (!complete) {
                clear(plane, start, planeBytes);
            }
        } else {
            for (int y = 0; y * (long) chunkHeight < height; y++) {
                for (int x = 0; x * (long) chunkWidth < width; x++) {
                    grid[axes - 2] = y;
                    grid[axes - 1] = x;
                    boolean there = load(grid);
                    complete &= there;
                    place(plane, start, y * chunkHeight, x * chunkWidth, at, there);
                }
            }
        }
        plane.limit(start + planeBytes).position(start + planeBytes);
        return complete;
    }

    private long[] grid(long[] at) {
        if (at.length != axes - 2) {
            throw new IllegalArgumentException(
                    "A plane of a " + axes + "-D array has " + (axes - 2) + " indices, not " + Arrays.toString(at));
        }
        long[] grid = Arrays.copyOf(at, axes);
        for (int axis = 0; axis < at.length; axis++) {
            grid[axis] = at[axis] / array.chunk().get(axis);
        }
        return grid;
    }

    private boolean load(long[] grid) throws IOException {
        String key = array.chunkKey(grid);
        if (key.equals(chunkHeld)) {
            return true;
        }
        if (chunk == null) {
            chunk = ByteBuffer.allocateDirect(array.chunkBytes());
        }
        chunkHeld = null;
        boolean there = chunks.read(chunk.clear(), grid);
        // A chunk of several time points may still be rewritten while it fills: only others are kept.
        if (there && array.chunk().get(0) == 1) {
            chunkHeld = key;
        }
        return there;
    }

    private void place(ByteBuffer plane, int start, int top, int left, long[] at, boolean there) throws IOException {
        int first = 0;
        for (int axis = 0; axis < at.length; axis++) {
            first = first * array.chunk().get(axis)
                    + (int) (at[axis] % array.chunk().get(axis));
        }
        int rows = Math.min(chunkHeight, height - top);
        int columns = Math.min(chunkWidth, width - left);
        int pixelBytes = array.type().pixelType().bytes();
        for (int row = 0; row < rows; row++) {
            int to = start + ((top + row) * width + left) * pixelBytes;
            if (there) {
                chunk.clear()
                        .position((first * chunkHeight * chunkWidth + row * chunkWidth)
                                * array.type().bytes());
                plane.limit(plane.capacity()).position(to);
                array.type().convert(chunk, array.codec().order(), 1, columns, plane);
            } else {
                clear(plane, to, columns * pixelBytes);
            }
        }
    }

    static void clear(ByteBuffer plane, int from, int bytes) {
        for (int i = 0; i < bytes; i++) {
            plane.put(from + i, (byte) 0);
        }
    }
}
