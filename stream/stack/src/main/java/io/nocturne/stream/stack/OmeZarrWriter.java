package io.nocturne.stream.stack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nocturne.stream.spi.FrameState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Writes a stack as OME-Zarr 0.5, or 0.4, that can be read while it grows: axes (t, c, z, y, x), a chunk per plane, an
 * image per stage position, and for products an array of states in each image's folder, with 0.4 beside the stack.
 *
 * <p>{@link #write}, {@link #mark}, {@link #flush} and {@link #close} belong to one thread. A thread of this writer's own
 * makes the new length visible: after the frame's file has its name, at most ten times a second, and within 0.1 s plus the
 * time to write a small file. Until then, and for frames that never came, a reader sees the shape of before or holes of
 * value 0. Several channels or slices of one time point show one by one.
 *
 * <p>After a failed write everything stored before stays valid, and writing may be tried again.
 */
public final class OmeZarrWriter implements RecordedStackWriter {
    /** How frames become files. */
    public enum Layout {
        /** Many frames in a file that can be read while it fills. */
        SHARDS,
        /** A file per frame. */
        FILES
    }

    /**
     * How a stack is stored.
     *
     * @param version of OME-Zarr
     * @param layout of the files; a version without shards has files only
     * @param shardPlanes most planes of a shard; fewer where planes are large
     * @param zstdLevel zstd compression, 1 to 19; 0 for none
     * @param chunkHeight most rows of a chunk; 0 for the whole plane
     * @param chunkWidth most columns of a chunk; 0 for the whole plane
     * @param separator of file names: {@code '/'}, as most readers expect, or {@code '.'}: fewer folders
     * @param fsync when frames are put on the disk itself
     * @param mover gives files their names
     */
    public record Options(
            OmeZarrVersion version,
            Layout layout,
            int shardPlanes,
            int zstdLevel,
            int chunkHeight,
            int chunkWidth,
            char separator,
            Fsync fsync,
            FileMover mover)
            implements StackFormat {
        /** Shards of at most 128 planes, no compression, a chunk per plane, no fsync. */
        public static final Options DEFAULT = new Options(
                OmeZarrVersion.V0_5, Layout.SHARDS, 128, 0, 0, 0, '/', Fsync.NONE, FileMover.ATOMIC.retrying());

        public Options {
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(layout, "layout");
            Objects.requireNonNull(fsync, "fsync");
            Objects.requireNonNull(mover, "mover");
            if (layout == Layout.SHARDS && !version.hasShards()) {
                throw new IllegalArgumentException("OME-Zarr " + version.number() + " has no shards");
            }
            if (shardPlanes < 1) {
                throw new IllegalArgumentException("Shards of " + shardPlanes + " planes hold nothing");
            }
            if (zstdLevel < 0 || zstdLevel > 19) {
                throw new IllegalArgumentException("zstd level " + zstdLevel + " is not within 0 (none) to 19");
            }
            if (chunkHeight < 0 || chunkWidth < 0) {
                throw new IllegalArgumentException("Chunk size " + chunkHeight + " x " + chunkWidth + " is negative");
            }
            if (separator != '/' && separator != '.') {
                throw new IllegalArgumentException("Chunk name separator '" + separator + "' is neither '/' nor '.'");
            }
        }

        @Override
        public Path raw(RunFolder run, String stream, int epoch) {
            return run.rawZarr(stream, epoch);
        }

        @Override
        public Path restored(RunFolder run, String stream, int epoch) {
            return run.restoredZarr(stream, epoch);
        }

        @Override
        public RecordedStackWriter create(Path path, Stack stack) throws IOException {
            return OmeZarrWriter.create(path, stack, this);
        }

        @Override
        public RecordedStackWriter append(Path path, Stack stack) throws IOException {
            return OmeZarrWriter.append(path, stack, this);
        }

        /** In that version, in shards where it has them and in files where it hasn't. */
        public Options withVersion(OmeZarrVersion other) {
            Layout files = other.hasShards() ? layout : Layout.FILES;
            return new Options(other, files, shardPlanes, zstdLevel, chunkHeight, chunkWidth, separator, fsync, mover);
        }

        public Options withLayout(Layout files) {
            return new Options(
                    version, files, shardPlanes, zstdLevel, chunkHeight, chunkWidth, separator, fsync, mover);
        }

        public Options withShardPlanes(int planes) {
            return new Options(version, layout, planes, zstdLevel, chunkHeight, chunkWidth, separator, fsync, mover);
        }

        public Options withZstd(int level) {
            return new Options(version, layout, shardPlanes, level, chunkHeight, chunkWidth, separator, fsync, mover);
        }

        public Options withChunks(int height, int width) {
            return new Options(version, layout, shardPlanes, zstdLevel, height, width, separator, fsync, mover);
        }

        public Options withSeparator(char newSeparator) {
            return new Options(
                    version, layout, shardPlanes, zstdLevel, chunkHeight, chunkWidth, newSeparator, fsync, mover);
        }

        public Options withFsync(Fsync when) {
            return new Options(
                    version, layout, shardPlanes, zstdLevel, chunkHeight, chunkWidth, separator, when, mover);
        }

        public Options withMover(FileMover newMover) {
            return new Options(
                    version, layout, shardPlanes, zstdLevel, chunkHeight, chunkWidth, separator, fsync, newMover);
        }
    }

    private final Path root;
    private final Stack stack;
    private final List<ZarrImage> images;
    private final LightRange light;
    /** Length along t per position; the frame thread writes, the publisher reads. */
    private final AtomicLongArray lengths;

    private final Object publishing = new Object();
    /** True until a wider range of light is in the metadata. Guarded by {@code publishing}. */
    private boolean lightChanged;

    private final ShapePublisher publisher;
    private final ExecutorService maker;
    private boolean closed;
    /** True while the stack names smaller copies, which are no longer true once a frame is added. */
    private boolean hasPyramid;

    private long lastCrc32c = -1;

    private OmeZarrWriter(
            Path root,
            Stack stack,
            Options options,
            List<ZarrImage> images,
            LightRange light,
            long[] lengths,
            ExecutorService maker) {
        this.root = root;
        this.stack = stack;
        this.images = images;
        this.light = light;
        this.lengths = new AtomicLongArray(lengths);
        this.maker = maker;
        this.publisher = new ShapePublisher(root, options.fsync(), this::publish, this::sync);
    }

    /** One thread, begun with the first file that is made ahead. */
    private static ExecutorService maker(Path root) {
        return Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "zarr-ahead-" + root.getFileName());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Creates a stack; its metadata is complete at once, its length 0.
     *
     * @param root the folder to be, such as {@code raw.ome.zarr}
     * @throws StackException if something is there already
     */
    public static OmeZarrWriter create(Path root, Stack stack, Options options) throws IOException {
        if (Files.exists(root)) {
            throw new StackException(root + " exists already: choose another folder, or open it to add frames");
        }
        int positions = stack.stream().positions();
        List<ZarrImage> images = new ArrayList<>();
        ExecutorService maker = maker(root);
        OmeZarrVersion version = options.version();
        OmeMetadata metadata = new OmeMetadata(version);
        LightRange light = LightRange.unknown(stack);
        Optional<ObjectNode> ours = Optional.of(StreamJson.write(stack));
        try {
            Files.createDirectories(root);
            for (int position = 0; position < positions; position++) {
                ZarrImage image = ZarrImage.create(root, stack, position, options, maker);
                images.add(image);
                image.describe(light);
            }
            if (positions > 1) {
                Path series = Files.createDirectories(root.resolve("OME"));
                version.writeGroup(series, metadata.series(positions), Optional.empty(), options.mover());
                version.writeGroup(root, metadata.collection(), ours, options.mover());
            }
            OmeZarrWriter writer = new OmeZarrWriter(root, stack, options, images, light, new long[positions], maker);
            writer.publish();
            writer.publisher.start();
            return writer;
        } catch (IOException e) {
            throw e instanceof StackException ? e : WriteFailure.of("A new stack", root, e);
        }
    }

    /**
     * Opens a stack to add frames or to fill its holes. Its layout, chunks, codec and metadata stay as they are;
     * the range of light may widen.
     *
     * @param options of which only fsync and mover count
     * @throws StackException if it does not hold what {@code stack} says
     */
    public static OmeZarrWriter append(Path root, Stack stack, Options options) throws IOException {
        int positions = stack.stream().positions();
        List<ZarrImage> images = new ArrayList<>();
        ExecutorService maker = maker(root);
        long[] lengths = new long[positions];
        for (int position = 0; position < positions; position++) {
            ZarrImage image = ZarrImage.open(root, stack, position, options, maker);
            lengths[position] = image.length();
            images.add(image);
        }
        LightRange light = LightRange.read(OmeMetadata.read(images.get(0).folder()), stack);
        OmeZarrWriter writer = new OmeZarrWriter(root, stack, options, images, light, lengths, maker);
        for (ZarrImage image : images) {
            writer.hasPyramid |= Pyramid.has(image.folder());
        }
        writer.publisher.start();
        return writer;
    }

    static Path imageFolder(Path root, Stack stack, int position) {
        return stack.stream().positions() == 1 ? root : root.resolve(String.valueOf(position));
    }

    @Override
    public Stack stack() {
        return stack;
    }

    @Override
    public void write(long timePoint, int channel, int zSlice, int position, ByteBuffer pixels) throws IOException {
        ZarrImage image = image(timePoint, channel, zSlice, position);
        if (pixels.remaining() != stack.pixels().bytes()) {
            throw new IllegalArgumentException("A frame of " + stack.pixels() + " has "
                    + stack.pixels().bytes() + " bytes, not " + pixels.remaining());
        }
        removePyramid();
        light.look(channel, pixels);
        lastCrc32c = image.write(timePoint, channel, zSlice, pixels);
        grow(position, timePoint + 1);
    }

    @Override
    public void mark(long timePoint, int channel, int zSlice, int position, FrameState state) throws IOException {
        ZarrImage image = image(timePoint, channel, zSlice, position);
        image.mark(timePoint, channel, zSlice, state);
        if (timePoint >= lengths.get(position)) {
            removePyramid();
        }
        grow(position, timePoint + 1);
    }

    private void removePyramid() throws IOException {
        if (hasPyramid) {
            for (ZarrImage image : images) {
                Pyramid.remove(image.folder(), stack);
            }
            hasPyramid = false;
        }
    }

    @Override
    public long lastCrc32c() {
        return lastCrc32c;
    }

    /** Time points at that position so far. */
    public long length(int position) {
        return lengths.get(position);
    }

    private ZarrImage image(long timePoint, int channel, int zSlice, int position) throws IOException {
        if (closed) {
            throw new StackException(root + " is closed: no frame can be added");
        }
        var stream = stack.stream();
        boolean inside = timePoint >= 0
                && channel >= 0
                && channel < stream.channels().size()
                && zSlice >= 0
                && zSlice < stream.zSlices()
                && position >= 0
                && position < images.size();
        if (!inside) {
            throw new IndexOutOfBoundsException("t=" + timePoint + " c=" + channel + " z=" + zSlice + " position="
                    + position + " lies outside " + root);
        }
        return images.get(position);
    }

    private void grow(int position, long length) {
        if (length > lengths.get(position)) {
            lengths.setRelease(position, length);
        }
        publisher.changed();
    }

    private void publish() throws IOException {
        synchronized (publishing) {
            for (int position = 0; position < images.size(); position++) {
                images.get(position).publish(lengths.getAcquire(position));
            }
            lightChanged |= light.update();
            if (lightChanged) {
                for (ZarrImage image : images) {
                    image.describe(light);
                }
                lightChanged = false;
            }
        }
    }

    private void sync() throws IOException {
        for (ZarrImage image : images) {
            image.sync();
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            publisher.publishNow();
        } catch (IOException e) {
            throw WriteFailure.of("The length of the stack", root, e);
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        publisher.close();
        IOException failure = null;
        for (ZarrImage image : images) {
            try {
                image.close();
            } catch (IOException e) {
                failure = WriteFailure.of("The last frames", image.folder(), e);
            }
        }
        maker.shutdown();
        flush();
        if (failure != null) {
            throw failure;
        }
    }
}
