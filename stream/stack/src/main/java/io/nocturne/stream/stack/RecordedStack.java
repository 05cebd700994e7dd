package io.nocturne.stream.stack;

import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A stack as a run stores it, read by coordinates as well as by number; also while it grows. One thread at a time. */
public interface RecordedStack extends StackReader {
    /**
     * Opens a stack of a run, whichever its format.
     *
     * @throws StackException if it isn't one or is damaged
     */
    static RecordedStack open(Path path) throws IOException {
        if (NdTiffReader.accepts(path)) {
            return NdTiffReader.openOurs(path);
        }
        if (Files.isDirectory(path)) {
            return OmeZarrReader.open(path);
        }
        return OmeTiffReader.openOurs(path);
    }

    /** What the stack holds, and of what it was made. */
    Stack stack();

    /** Time points at that position, as last looked up. */
    long length(int position);

    @Override
    default boolean has(long index) throws IOException {
        StreamSpec order = stream();
        return index >= 0
                && index < frames()
                && has(
                        order.timePointOf(index),
                        order.channelOf(index),
                        order.zSliceOf(index),
                        order.positionOf(index));
    }

    @Override
    default boolean read(long index, ByteBuffer into) throws IOException {
        if (index < 0 || index >= frames()) {
            throw new IndexOutOfBoundsException("Frame " + index + " of " + frames() + " in " + this);
        }
        StreamSpec order = stream();
        return read(
                order.timePointOf(index), order.channelOf(index), order.zSliceOf(index), order.positionOf(index), into);
    }

    /** True if that frame, or product, was written whole. */
    boolean has(long timePoint, int channel, int zSlice, int position) throws IOException;

    /** Reads the frame, or product, at those coordinates; see {@link #read(long, ByteBuffer)}. */
    boolean read(long timePoint, int channel, int zSlice, int position, ByteBuffer into) throws IOException;

    /** {@code FrameState.code()} of a camera frame in a stack of products, 0 if nothing is known yet. */
    int state(long timePoint, int channel, int zSlice, int position) throws IOException;
}
