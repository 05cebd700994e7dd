package io.nocturne.stream.stack;

import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** What formats have in common to read that store plane after plane: see {@link PlaneWriter}. One thread at a time. */
abstract class PlaneReader implements RecordedStack {
    /** Is told where a plane belongs. */
    @FunctionalInterface
    interface Visitor {
        void plane(long t, int c, int plane, int position) throws IOException;
    }

    private final Path path;
    private final Stack stack;
    private final TiffPages order;
    private final int planeBytes;
    private final CRC32C crc = new CRC32C();
    private StreamSpec stream;

    /**
     * Ends with {@link #opened} in a subclass.
     *
     * @param path of the file or folder
     */
    PlaneReader(Path path, Stack stack) {
        this.path = path;
        this.stack = stack;
        this.order = new TiffPages(stack);
        this.planeBytes = stack.pixels().bytes() / stack.pixels().depth();
    }

    /** What is there now is what the stream tells of. */
    final void opened() {
        stream = stack.asStream().withTotalFrames(frames());
    }

    /** How many pages may be there; see {@link TiffPages#page}. */
    abstract long pages();

    /** Whether a page is there and no hole. */
    abstract boolean isStored(long page) throws IOException;

    /**
     * Reads a page.
     *
     * @param plane its pixels go where the buffer has room for just them
     * @return false if it is a hole or isn't there; the buffer may then hold anything
     * @throws StackException if it is damaged
     */
    abstract boolean readPage(long page, ByteBuffer plane) throws IOException;

    /** Reads of a page what there is, sound or not; false if it is a hole or isn't there. */
    abstract boolean readAnyway(long page, ByteBuffer plane) throws IOException;

    @Override
    public final Stack stack() {
        return stack;
    }

    @Override
    public final StreamSpec stream() {
        return stream;
    }

    final Path path() {
        return path;
    }

    final TiffPages order() {
        return order;
    }

    final int planeBytes() {
        return planeBytes;
    }

    /** CRC-32C from there to where the buffer is. */
    final long sum(ByteBuffer plane, int start) {
        crc.reset();
        crc.update(plane.position(start));
        return crc.getValue();
    }

    private long page(long timePoint, int channel, int zSlice, int position, int plane) {
        return order.page(timePoint, channel, stack.firstZ(zSlice) + plane, position);
    }

    @Override
    public final boolean has(long timePoint, int channel, int zSlice, int position) throws IOException {
        for (int plane = 0; plane < stack.pixels().depth(); plane++) {
            if (!isStored(page(timePoint, channel, zSlice, position, plane))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public final boolean read(long timePoint, int channel, int zSlice, int position, ByteBuffer into)
            throws IOException {
        into.clear().limit(stack.pixels().bytes());
        boolean complete = true;
        for (int plane = 0; plane < stack.pixels().depth(); plane++) {
            int start = plane * planeBytes;
            into.limit(start + planeBytes).position(start);
            if (!readPage(page(timePoint, channel, zSlice, position, plane), into)) {
                ZarrPlaneReader.clear(into, start, planeBytes);
                complete = false;
            }
        }
        into.limit(stack.pixels().bytes()).position(0);
        return complete;
    }

    /** Copies the bytes of a frame to a file, sound or not, as far as they are there. */
    final void copyStored(long timePoint, int channel, int zSlice, int position, Path to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(planeBytes);
        try (FileChannel out = FileChannel.open(to, AtomicFile.WRITE_NEW)) {
            for (int plane = 0; plane < stack.pixels().depth(); plane++) {
                if (readAnyway(page(timePoint, channel, zSlice, position, plane), bytes.clear())) {
                    ShardCopy.put(out, bytes.flip(), out.size());
                }
            }
        }
    }

    /** Visits every plane that isn't a hole. */
    final void forEach(Visitor visitor) throws IOException {
        for (long page = 0; page < pages(); page++) {
            if (isStored(page)) {
                order.place(page, visitor);
            }
        }
    }

    /** The folder of the Zarr array with a position's states. */
    final Path states(int position) {
        return StateArrays.folderOf(path).resolve(String.valueOf(position));
    }

    @Override
    public final int state(long timePoint, int channel, int zSlice, int position) throws IOException {
        return StateArrays.read(states(position), timePoint, channel, zSlice);
    }

    @Override
    public final String toString() {
        return path + " " + stack.pixels() + " x " + frames();
    }
}
