package io.nocturne.stream.stack;

import io.nocturne.stream.spi.PixelType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.CRC32C;

/**
 * Writes a stack as an NDTiff dataset, Micro-Manager's own format: a folder of TIFF files of at most 4 GB and an index that
 * says where each image lies. A frame is in the index once {@link #write} has returned, whatever happens to the process
 * afterwards. Frames that never came, or have no product, are not in the index; the states of products lie in a folder beside.
 *
 * <p>{@link #write}, {@link #mark}, {@link #flush} and {@link #close} belong to one thread. A thread of this writer's own
 * writes states, at most ten times a second, and puts frames on the disk itself where an interval is set.
 */
public final class NdTiffWriter extends PlaneWriter {
    /**
     * NDTiff as what a run's stacks are stored as.
     *
     * @param fsync when frames are put on the disk itself
     */
    public record Format(Fsync fsync) implements StackFormat {
        @Override
        public Path raw(RunFolder run, String stream, int epoch) {
            return run.rawNdTiff(stream, epoch);
        }

        @Override
        public Path restored(RunFolder run, String stream, int epoch) {
            return run.restoredNdTiff(stream, epoch);
        }

        @Override
        public Optional<String> refusal(Stack stack) {
            return NdTiffWriter.refusal(stack);
        }

        @Override
        public RecordedStackWriter create(Path path, Stack stack) throws IOException {
            return NdTiffWriter.create(path, stack, fsync);
        }

        @Override
        public RecordedStackWriter append(Path path, Stack stack) throws IOException {
            return NdTiffWriter.append(path, stack, fsync);
        }
    }

    /** Ends the name of a dataset's first file; the others have a number behind it. */
    static final String FIRST_FILE = "_NDTiffStack.tif";

    private final Path folder;
    private final Stack stack;
    private final NdTiffMetadata metadata;
    private final NdTiffIndex.Common common;
    private final String summary;
    private final long limit;
    private final Fsync fsync;
    private final FileChannel index;
    private final ByteBuffer entry = NdTiffIndex.buffer(1);
    private final StringBuilder text = new StringBuilder();
    private final CRC32C crc = new CRC32C();
    private final Object publishing = new Object();
    /** Full files of which the disk may not have everything; polled by whoever syncs. */
    private final Queue<NdTiffFile> full = new ConcurrentLinkedQueue<>();

    private final ShapePublisher publisher;
    private volatile NdTiffFile file;
    private int fileNumber;
    private long indexBytes;

    private NdTiffWriter(Path folder, Stack stack, Fsync fsync, long limit, long length) throws IOException {
        super(folder, stack, length);
        this.folder = folder;
        this.stack = stack;
        this.metadata = new NdTiffMetadata(stack);
        this.common = new NdTiffIndex.Common(stack, metadata.bytes());
        this.summary = metadata.summary(prefix(folder));
        this.limit = limit;
        this.fsync = fsync;
        while (Files.exists(folder.resolve(fileName(folder, fileNumber + 1)))) {
            fileNumber++;
        }
        Path last = folder.resolve(fileName(folder, fileNumber));
        this.file = Files.exists(last)
                ? NdTiffFile.append(last, stack, metadata, limit)
                : NdTiffFile.create(last, stack, metadata, summary, limit);
        try {
            this.index = FileChannel.open(
                    folder.resolve(NdTiffIndex.NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        this.indexBytes = index.size() / NdTiffIndex.ENTRY_BYTES * NdTiffIndex.ENTRY_BYTES;
        this.publisher = new ShapePublisher(folder, fsync, this::publish, this::sync);
        publisher.start();
    }

    /**
     * Creates a dataset without an image.
     *
     * @param folder of the dataset, ending in {@code .ndtiff}
     * @throws StackException if there is something already, or if the format can't hold such frames
     */
    public static NdTiffWriter create(Path folder, Stack stack, Fsync fsync) throws IOException {
        return create(folder, stack, fsync, NdTiffFile.LIMIT);
    }

    static NdTiffWriter create(Path folder, Stack stack, Fsync fsync, long limit) throws IOException {
        Objects.requireNonNull(fsync, "fsync");
        Optional<String> refusal = refusal(stack);
        if (refusal.isPresent()) {
            throw new StackException(folder + ": " + refusal.get());
        }
        if (Files.exists(folder)) {
            throw new StackException(folder + " exists already: choose another name, or open it to add frames");
        }
        try {
            Files.createDirectories(folder);
            return new NdTiffWriter(folder, stack, fsync, limit, 0);
        } catch (IOException e) {
            throw WriteFailure.of("A new stack", folder, e);
        }
    }

    /**
     * Opens a dataset to add frames or to fill its holes.
     *
     * @throws StackException if it does not hold what {@code stack} says
     */
    public static NdTiffWriter append(Path folder, Stack stack, Fsync fsync) throws IOException {
        long length = 0;
        try (NdTiffReader found = NdTiffReader.openOurs(folder)) {
            Stack there = found.stack();
            boolean same = there.pixels().equals(stack.pixels())
                    && there.sizeZ() == stack.sizeZ()
                    && there.stream().channels().equals(stack.stream().channels())
                    && there.stream().positions() == stack.stream().positions();
            if (!same) {
                throw new StackException(folder + " holds " + there.pixels() + " of " + there.stream() + "; frames of "
                        + stack.pixels() + " of " + stack.stream() + " can't be added. Write them to another folder");
            }
            if (found.isIndexBroken()) {
                throw new StackException(
                        folder + " has a damaged " + NdTiffIndex.NAME + ": 'verify --repair' makes it again");
            }
            for (int position = 0; position < there.stream().positions(); position++) {
                length = Math.max(length, found.length(position));
            }
        }
        return new NdTiffWriter(folder, stack, fsync, NdTiffFile.LIMIT, length);
    }

    /** Why the format can't hold such frames; empty if it can. */
    static Optional<String> refusal(Stack stack) {
        if (stack.pixels().pixelType() == PixelType.FLOAT32) {
            return Optional.of("NDTiff has no float32 pixels, only 8 and 16 bits: take another disk.format, or, for"
                    + " products, uint16 ones");
        }
        return NdTiffIndex.fits(stack, "restored" + FIRST_FILE)
                ? Optional.empty()
                : Optional.of("the axes of so many channels, slices and positions don't fit an entry of the index:"
                        + " take another disk.format");
    }

    static String prefix(Path folder) {
        return String.valueOf(folder.getFileName()).split("\\.", 2)[0];
    }

    /** The name of a dataset's file, 0 for the first. */
    static String fileName(Path folder, int number) {
        String first = prefix(folder) + FIRST_FILE;
        return number == 0 ? first : first.replace(".tif", "_" + number + ".tif");
    }

    /** The plane, then its entry. */
    @Override
    long store(long t, int c, int plane, int position, ByteBuffer pixels) throws IOException {
        if (!file.hasRoom()) {
            nextFile();
        }
        int from = pixels.position();
        crc.reset();
        crc.update(pixels);
        long sum = crc.getValue();
        long at = file.write(t, c, plane, position, pixels.position(from), sum, fsync.each());
        String name = fileName(folder, fileNumber);
        NdTiffIndex.put(
                entry.clear(),
                new NdTiffIndex.Entry(t, c, plane, position, name, at, file.metadataAt(at)),
                common,
                text);
        ShardCopy.put(index, entry.flip(), indexBytes);
        indexBytes += NdTiffIndex.ENTRY_BYTES;
        if (fsync.each()) {
            file.sync();
            index.force(false);
        }
        return sum;
    }

    private void nextFile() throws IOException {
        Path next = folder.resolve(fileName(folder, fileNumber + 1));
        NdTiffFile created = NdTiffFile.create(next, stack, metadata, summary, limit);
        full.add(file);
        file = created;
        fileNumber++;
        if (fsync.never()) {
            closeFull(false);
        } else {
            publisher.changed();
        }
    }

    @Override
    void changed() {
        publisher.changed();
    }

    private void publish() throws IOException {
        synchronized (publishing) {
            publishStates();
        }
    }

    private void sync() throws IOException {
        closeFull(true);
        file.sync();
        index.force(false);
    }

    private void closeFull(boolean sync) throws IOException {
        for (NdTiffFile done = full.poll(); done != null; done = full.poll()) {
            try {
                if (sync) {
                    done.sync();
                }
            } finally {
                done.close();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            publish();
        } catch (IOException e) {
            throw WriteFailure.of("The states of the stack", folder, e);
        }
    }

    @Override
    public void close() throws IOException {
        if (!end()) {
            return;
        }
        publisher.close();
        NdTiffFile last = file;
        try (index;
                last) {
            flush();
            closeFull(!fsync.never());
            if (!fsync.never()) {
                last.sync();
                index.force(false);
            }
        }
    }
}
