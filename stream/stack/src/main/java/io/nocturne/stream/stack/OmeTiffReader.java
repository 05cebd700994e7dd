package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what {@link OmeTiffWriter} wrote, also while it grows and after a kill: the chain of pages tells what is there, not
 * the description. Checks every page's CRC-32C. One thread at a time.
 */
public final class OmeTiffReader extends PlaneReader {
    private static final Pattern SIZE_T = Pattern.compile("SizeT=\"(\\d{1,9})\"");

    private final TiffFile file;
    private final long described;

    private OmeTiffReader(Path path, TiffFile file, Stack stack) throws IOException {
        super(path, stack);
        this.file = file;
        this.described = describedLength(file);
        opened();
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

    /**
     * Opens a stack of a run.
     *
     * @throws StackException if it isn't one or is damaged
     */
    static OmeTiffReader openOurs(Path path) throws IOException {
        return open(path)
                .orElseThrow(() -> new StackException(path + " is a TIFF file, but not of a run of Nocturne's"));
    }

    @Override
    public long frames() {
        return order().timePoints(pages()) * stack().asStream().framesPerTimePoint();
    }

    @Override
    public long length(int position) {
        return order().length(pages(), position);
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

    /** {@inheritDoc} Holes included. */
    @Override
    long pages() {
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

    @Override
    boolean isStored(long page) throws IOException {
        return frame(page) != null;
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
    boolean readPage(long page, ByteBuffer plane) throws IOException {
        TiffFile.Directory frame = frame(page);
        if (frame == null) {
            return false;
        }
        long stored = frame.number(TiffTag.STRIP_BYTES, 0);
        if (stored != planeBytes()) {
            throw new StackException(path() + " has " + stored + " bytes in page " + page + " where " + planeBytes()
                    + " are expected: the page is damaged");
        }
        int start = plane.position();
        file.read(frame.number(TiffTag.STRIP_OFFSETS, 0), plane);
        long found = sum(plane, start);
        long expected = frame.numbers(GrowingTiff.FRAME_TAG, 2)[1];
        if (found != expected) {
            throw new StackException(String.format(
                    "Page %d of %s does not match its own checksum (CRC-32C %08x stored, %08x found): it is damaged",
                    page, path(), expected, found));
        }
        return true;
    }

    @Override
    boolean readAnyway(long page, ByteBuffer plane) throws IOException {
        TiffFile.Directory frame = frame(page);
        if (frame == null) {
            return false;
        }
        file.read(frame.number(TiffTag.STRIP_OFFSETS, 0), plane);
        return true;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
