package io.nocturne.stream.stack;

import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Reads what {@link OmeTiffWriter} wrote, also while it grows and after a kill: the chain of pages tells what is there, not
 * the description. Checks every page's CRC-32C. One thread at a time.
 */
public final class OmeTiffReader implements RecordedStack {
    private static final Pattern SIZE_T = Pattern.compile("SizeT=\"(\\d{1,9})\"");

    private final Path path;
    private final TiffFile file;
    private final Stack stack;
    private final TiffPages order;
    private final int planeBytes;
    private final CRC32C crc = new CRC32C();
    private final StreamSpec stream;
    private final long described;

    private OmeTiffReader(Path path, TiffFile file, Stack stack) throws IOException {
        this.path = path;
        this.file = file;
        this.stack = stack;
        this.order = new TiffPages(stack);
        this.planeBytes = stack.pixels().bytes() / stack.pixels().depth();
        this.described = describedLength(file);
        this.stream = stack.asStream().withTotalFrames(frames());
    }

    /**
     * Opens a stack; empty if the TIFF file is another program's.
     *
     * @throws StackException if it is no TIFF file, or damaged
     */
    public static Optional<OmeTiffReader> open(Path path) throws IOException {
        Optional<Stack> stack = GrowingTiff.stackOf(path);
        if (stack.isEmpty()) {
            return Optional.empty();
        }
        TiffFile file = TiffFile.openGrowing(path);
        try {
            return Optional.of(new OmeTiffReader(path, file, stack.get()));
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public Stack stack() {
        return stack;
    }

    @Override
    public StreamSpec stream() {
        return stream;
    }

    @Override
    public long frames() {
        return order.timePoints(file.pages()) * stack.asStream().framesPerTimePoint();
    }

    @Override
    public long length(int position) {
        return order.length(file.pages(), position);
    }

    @Override
    public long refresh() throws IOException {
        file.refresh();
        return frames();
    }

    /** True if the chain of pages breaks off, as a loss of power may leave it; what lies behind can't be reached. */
    boolean isBrokenOff() {
        return file.isBrokenOff();
    }

    /** Pages, holes included. */
    int pages() {
        return file.pages();
    }

    /** Time points that the OME-XML tells of: the frame thread is ahead of it while the file grows. */
    long describedLength() {
        return described;
    }

    private static long describedLength(TiffFile file) throws IOException {
        if (file.pages() == 0) {
            return 0;
        }
        Matcher size = SIZE_T.matcher(file.page(0).text(TiffTag.DESCRIPTION));
        return size.find() ? Long.parseLong(size.group(1)) : 0;
    }

    /** Is told where a page that isn't a hole belongs. */
    @FunctionalInterface
    interface PageVisitor {
        void page(long t, int c, int plane, int position) throws IOException;
    }

    /** Visits every page that isn't a hole. */
    void forEach(PageVisitor visitor) throws IOException {
        for (int page = 0; page < file.pages(); page++) {
            if (frame(page) != null) {
                order.place(page, visitor);
            }
        }
    }

    /** Copies the bytes of a frame to a file, sound or not. */
    void copyStored(long timePoint, int channel, int zSlice, int position, Path to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(planeBytes);
        try (FileChannel out = FileChannel.open(to, AtomicFile.WRITE_NEW)) {
            for (int plane = 0; plane < stack.pixels().depth(); plane++) {
                TiffFile.Directory frame =
                        frame(order.page(timePoint, channel, stack.firstZ(zSlice) + plane, position));
                if (frame != null) {
                    file.read(frame.number(TiffTag.STRIP_OFFSETS, 0), bytes.clear());
                    ShardCopy.put(out, bytes.flip(), out.size());
                }
            }
        }
    }

    @Override
    public boolean has(long timePoint, int channel, int zSlice, int position) throws IOException {
        for (int plane = 0; plane < stack.pixels().depth(); plane++) {
            if (frame(order.page(timePoint, channel, stack.firstZ(zSlice) + plane, position)) == null) {
                return false;
            }
        }
        return true;
    }

    /** What a page says of itself; null if it is a hole or isn't there. */
    private TiffFile.Directory frame(long page) throws IOException {
        if (page >= file.pages()) {
            return null;
        }
        TiffFile.Directory directory = file.page((int) page);
        return directory.numbers(GrowingTiff.FRAME_TAG, 2)[0] == 1 ? directory : null;
    }

    @Override
    public boolean read(long timePoint, int channel, int zSlice, int position, ByteBuffer into) throws IOException {
        into.clear().limit(stack.pixels().bytes());
        boolean complete = true;
        for (int plane = 0; plane < stack.pixels().depth(); plane++) {
            int start = plane * planeBytes;
            long page = order.page(timePoint, channel, stack.firstZ(zSlice) + plane, position);
            TiffFile.Directory frame = frame(page);
            if (frame == null) {
                ZarrPlaneReader.clear(into, start, planeBytes);
                complete = false;
            } else {
                read(frame, page, into.limit(start + planeBytes).position(start));
            }
        }
        into.limit(stack.pixels().bytes()).position(0);
        return complete;
    }

    private void read(TiffFile.Directory frame, long page, ByteBuffer plane) throws IOException {
        long stored = frame.number(TiffTag.STRIP_BYTES, 0);
        if (stored != planeBytes) {
            throw new StackException(path + " has " + stored + " bytes in page " + page + " where " + planeBytes
                    + " are expected: the page is damaged");
        }
        int start = plane.position();
        file.read(frame.number(TiffTag.STRIP_OFFSETS, 0), plane);
        crc.reset();
        crc.update(plane.position(start));
        long expected = frame.numbers(GrowingTiff.FRAME_TAG, 2)[1];
        if (crc.getValue() != expected) {
            throw new StackException(String.format(
                    "Page %d of %s does not match its own checksum (CRC-32C %08x stored, %08x found): it is damaged",
                    page, path, expected, crc.getValue()));
        }
    }

    @Override
    public int state(long timePoint, int channel, int zSlice, int position) throws IOException {
        return StateArrays.read(
                StateArrays.folderOf(path).resolve(String.valueOf(position)), timePoint, channel, zSlice);
    }

    @Override
    public String toString() {
        return path + " " + stack.pixels() + " x " + frames();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
