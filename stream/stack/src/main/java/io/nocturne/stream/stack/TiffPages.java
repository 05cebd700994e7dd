package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Which page of a growing TIFF file, or entry of a table, holds which plane: channels fastest, then z, positions and
 * time points.
 */
final class TiffPages {
    private final int channels;
    private final int slices;
    private final int zSlices;
    private final int positions;

    TiffPages(Stack stack) {
        this.channels = stack.stream().channels().size();
        this.slices = stack.sizeZ();
        this.zSlices = stack.stream().zSlices();
        this.positions = stack.stream().positions();
    }

    long page(long timePoint, int channel, int plane, int position) {
        return ((timePoint * positions + position) * slices + plane) * channels + channel;
    }

    /** Makes sure that a camera frame's coordinates lie inside the stack. */
    void requireInside(long timePoint, int channel, int zSlice, int position, Path stack) {
        boolean inside = timePoint >= 0
                && channel >= 0
                && channel < channels
                && zSlice >= 0
                && zSlice < zSlices
                && position >= 0
                && position < positions;
        if (!inside) {
            throw new IndexOutOfBoundsException("t=" + timePoint + " c=" + channel + " z=" + zSlice + " position="
                    + position + " lies outside " + stack);
        }
    }

    /** Tells where a page belongs. */
    void place(long page, PlaneReader.Visitor visitor) throws IOException {
        long rest = page / channels;
        visitor.plane(rest / slices / positions, (int) (page % channels), (int) (rest % slices), (int)
                (rest / slices % positions));
    }

    /** Pages of a time point. */
    int perTimePoint() {
        return channels * slices * positions;
    }

    /** Time points that have a page. */
    long timePoints(long pages) {
        return (pages + perTimePoint() - 1) / perTimePoint();
    }

    /** Time points that have a page of that position. */
    long length(long pages, int position) {
        long rest = pages % perTimePoint();
        return pages / perTimePoint() + (rest > (long) position * channels * slices ? 1 : 0);
    }
}
