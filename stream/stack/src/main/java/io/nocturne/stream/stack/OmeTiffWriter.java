package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Writes a stack as one OME-BigTIFF file to which pages are added, each of which can be read once {@link #write} has
 * returned, whatever happens to the process afterwards: channels fastest, then z, positions and time points. Frames that
 * never came, or have no product, are black pages that share their pixels; the states of products lie in a folder beside.
 *
 * <p>{@link #write}, {@link #mark}, {@link #flush} and {@link #close} belong to one thread. A thread of this writer's own
 * brings the OME-XML of the first page up to date, at most ten times a second: until then it tells of fewer time points
 * than there are pages. The XML of several positions names every time point; a long one is brought up to date more seldom,
 * so that it never takes more than a sixty-fourth of the file.
 */
public final class OmeTiffWriter extends PlaneWriter {
    /**
     * OME-TIFF as what a run's stacks are stored as.
     *
     * @param fsync when frames are put on the disk itself
     */
    public record Format(Fsync fsync) implements StackFormat {
        @Override
        public Path raw(RunFolder run, String stream, int epoch) {
            return run.rawTiff(stream, epoch);
        }

        @Override
        public Path restored(RunFolder run, String stream, int epoch) {
            return run.restoredTiff(stream, epoch);
        }

        @Override
        public RecordedStackWriter create(Path path, Stack stack) throws IOException {
            return OmeTiffWriter.create(path, stack, fsync);
        }

        @Override
        public RecordedStackWriter append(Path path, Stack stack) throws IOException {
            return OmeTiffWriter.append(path, stack, fsync);
        }
    }

    private static final int SHARE_OF_XML = 64;
    private static final int SHORT_XML = 8000;

    private final Path path;
    private final Stack stack;
    private final GrowingTiff tiff;
    private final Fsync fsync;
    private final Object publishing = new Object();
    private final ShapePublisher publisher;
    /** Guarded by {@code publishing}. */
    private long describedBytes;

    private OmeTiffWriter(Path path, Stack stack, GrowingTiff tiff, long length, Fsync fsync) throws IOException {
        super(path, stack, length);
        this.path = path;
        this.stack = stack;
        this.tiff = tiff;
        this.fsync = fsync;
        this.publisher = new ShapePublisher(path, fsync, () -> publish(false), tiff::sync);
        publisher.start();
    }

    /**
     * Creates a file without a page.
     *
     * @param path ending in {@code .ome.tif}
     * @throws StackException if there is something already
     */
    public static OmeTiffWriter create(Path path, Stack stack, Fsync fsync) throws IOException {
        Objects.requireNonNull(fsync, "fsync");
        if (Files.exists(path)) {
            throw new StackException(path + " exists already: choose another name, or open it to add frames");
        }
        GrowingTiff tiff;
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            tiff = GrowingTiff.create(path, stack);
        } catch (IOException e) {
            throw WriteFailure.of("A new stack", path, e);
        }
        return begin(path, stack, tiff, 0, fsync);
    }

    /**
     * Opens a file to add frames or to fill its holes.
     *
     * @throws StackException if it does not hold what {@code stack} says
     */
    public static OmeTiffWriter append(Path path, Stack stack, Fsync fsync) throws IOException {
        Stack found = GrowingTiff.stackOf(path)
                .orElseThrow(() -> new StackException(path + " is a TIFF file, but not of a run of Nocturne's"));
        boolean same = found.pixels().equals(stack.pixels())
                && found.sizeZ() == stack.sizeZ()
                && found.stream().channels().size() == stack.stream().channels().size()
                && found.stream().positions() == stack.stream().positions();
        if (!same) {
            throw new StackException(path + " holds " + found.pixels() + " of " + found.stream() + "; frames of "
                    + stack.pixels() + " of " + stack.stream() + " can't be added. Write them to another file");
        }
        GrowingTiff tiff;
        long length;
        try (TiffFile file = TiffFile.openGrowing(path)) {
            length = new TiffPages(stack).timePoints(file.pages());
            tiff = GrowingTiff.append(file, stack);
        }
        return begin(path, stack, tiff, length, fsync);
    }

    private static OmeTiffWriter begin(Path path, Stack stack, GrowingTiff tiff, long length, Fsync fsync)
            throws IOException {
        try {
            return new OmeTiffWriter(path, stack, tiff, length, fsync);
        } catch (IOException e) {
            tiff.close();
            throw e;
        }
    }

    @Override
    long store(long timePoint, int channel, int plane, int position, ByteBuffer pixels) throws IOException {
        long page = order().page(timePoint, channel, plane, position);
        return tiff.write(Math.toIntExact(page), pixels, fsync.each());
    }

    /** Makes a frame a hole again; nothing is left of it that a reader finds. */
    void makeHole(long timePoint, int channel, int zSlice, int position) throws IOException {
        require(timePoint, channel, zSlice, position);
        for (int plane = 0; plane < stack.pixels().depth(); plane++) {
            long page = order().page(timePoint, channel, stack.firstZ(zSlice) + plane, position);
            if (page < tiff.pages()) {
                tiff.makeHole((int) page);
            }
        }
    }

    @Override
    void changed() {
        publisher.changed();
    }

    /** States, then a description of the time points that are complete; of all there are if it must. */
    private void publish(boolean must) throws IOException {
        synchronized (publishing) {
            publishStates();
            long bytes = tiff.bytes();
            int pages = tiff.pages();
            long whole = must ? order().timePoints(pages) : pages / order().perTimePoint();
            boolean likelyShort = stack.stream().positions() == 1;
            if (whole == 0 || (!must && !likelyShort && bytes - describedBytes < describedBytes / 2)) {
                return;
            }
            String xml = TiffDescription.omeByTime(stack, whole);
            if (must || xml.length() < SHORT_XML || xml.length() < (bytes - describedBytes) / SHARE_OF_XML) {
                tiff.describe(xml);
                describedBytes = tiff.bytes();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            tiff.growTo(Math.toIntExact(length() * order().perTimePoint()));
            publish(true);
        } catch (IOException e) {
            throw WriteFailure.of("The description of the stack", path, e);
        }
    }

    @Override
    public void close() throws IOException {
        if (!end()) {
            return;
        }
        publisher.close();
        try (tiff) {
            flush();
            if (!fsync.never()) {
                tiff.sync();
            }
        }
    }
}
