package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** What formats have in common that store plane after plane, with the states of products in a folder beside. */
abstract class PlaneWriter implements RecordedStackWriter {
    private final Path path;
    private final Stack stack;
    private final TiffPages order;
    private final StateArrays states;
    private final int planeBytes;
    private final CRC32C crc = new CRC32C();

    private volatile long length;
    private long lastCrc32c = -1;
    private boolean closed;

    /**
     * @param path of the file or folder
     * @param length time points there are
     */
    PlaneWriter(Path path, Stack stack, long length) throws IOException {
        this.path = path;
        this.stack = stack;
        this.order = new TiffPages(stack);
        this.states = stack.restored() ? StateArrays.open(path, stack) : null;
        this.planeBytes = stack.pixels().bytes() / stack.pixels().depth();
        this.length = length;
    }

    /**
     * Stores one plane.
     *
     * @param pixels of the plane, all that remains
     * @return their CRC-32C
     */
    abstract long store(long timePoint, int channel, int plane, int position, ByteBuffer pixels) throws IOException;

    /** Something is to be told to readers. */
    abstract void changed();

    @Override
    public final Stack stack() {
        return stack;
    }

    @Override
    public final void write(long timePoint, int channel, int zSlice, int position, ByteBuffer pixels)
            throws IOException {
        require(timePoint, channel, zSlice, position);
        int bytes = stack.pixels().bytes();
        if (pixels.remaining() != bytes) {
            throw new IllegalArgumentException(
                    "A frame of " + stack.pixels() + " has " + bytes + " bytes, not " + pixels.remaining());
        }
        int start = pixels.position();
        int depth = stack.pixels().depth();
        try {
            for (int plane = 0; plane < depth; plane++) {
                int from = start + plane * planeBytes;
                pixels.limit(from + planeBytes).position(from);
                lastCrc32c = store(timePoint, channel, stack.firstZ(zSlice) + plane, position, pixels);
            }
        } catch (IOException e) {
            throw WriteFailure.of("A frame", path, e);
        }
        if (depth > 1) {
            crc.reset();
            crc.update(pixels.limit(start + bytes).position(start));
            lastCrc32c = crc.getValue();
        }
        if (states != null) {
            states.mark(timePoint, channel, zSlice, position, FrameState.RESTORED);
        }
        grow(timePoint + 1);
    }

    @Override
    public final void mark(long timePoint, int channel, int zSlice, int position, FrameState state) throws IOException {
        require(timePoint, channel, zSlice, position);
        if (states != null) {
            states.mark(timePoint, channel, zSlice, position, state);
        }
        grow(timePoint + 1);
    }

    @Override
    public final long lastCrc32c() {
        return lastCrc32c;
    }

    final void require(long timePoint, int channel, int zSlice, int position) throws StackException {
        if (closed) {
            throw new StackException(path + " is closed: no frame can be added");
        }
        order.requireInside(timePoint, channel, zSlice, position, path);
    }

    /** Makes the stack at least so many time points long. */
    final void grow(long atLeast) {
        if (atLeast > length) {
            length = atLeast;
        }
        changed();
    }

    /** Time points. Any thread. */
    final long length() {
        return length;
    }

    final TiffPages order() {
        return order;
    }

    /** Writes the states that are new. One thread at a time. */
    final void publishStates() throws IOException {
        if (states != null) {
            states.publish(length);
        }
    }

    /** Takes no more frames; false if it took none before. */
    final boolean end() {
        boolean open = !closed;
        closed = true;
        return open;
    }
}
