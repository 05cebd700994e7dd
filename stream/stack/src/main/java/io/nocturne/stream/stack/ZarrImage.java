package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * One position of an {@link OmeZarrWriter}: its image in array "0", and for products the states beside it. Frames belong
 * to one thread, {@link #publish} and {@link #sync} to another, one call at a time.
 */
final class ZarrImage implements AutoCloseable {
    private static final String PIXELS = "0";

    private final Path folder;
    private final Stack stack;
    private final FileMover mover;
    private final ZarrArray array;
    private final ZarrPlanes planes;
    private final ZarrArray stateArray;
    private final Path stateFolder;
    private final ZarrStates states;
    private long published;

    private ZarrImage(
            Path folder,
            Stack stack,
            ZarrArray array,
            ZarrArray stateArray,
            Path stateFolder,
            OmeZarrWriter.Options options,
            Executor maker) {
        this.folder = folder;
        this.stack = stack;
        this.mover = options.mover();
        this.array = array;
        this.planes =
                new ZarrPlanes(array, ChunkWriter.of(folder.resolve(PIXELS), array, mover, options.fsync(), maker));
        this.stateArray = stateArray;
        this.stateFolder = stateFolder;
        this.states = stateArray == null ? null : new ZarrStates(stateFolder, stateArray, mover);
        this.published = -1;
    }

    /** Makes the folders of an image without a frame. */
    static ZarrImage create(Path root, Stack stack, int position, OmeZarrWriter.Options options, Executor maker)
            throws IOException {
        Path folder = OmeZarrWriter.imageFolder(root, stack, position);
        Path states = StateArrays.folderOf(root, folder, position, options.version());
        Files.createDirectories(folder.resolve(PIXELS));
        if (stack.restored()) {
            Files.createDirectories(states);
        }
        return new ZarrImage(folder, stack, pixels(stack, options), states(stack, options), states, options, maker);
    }

    /**
     * Opens an image to go on with.
     *
     * @throws StackException if it does not hold what {@code stack} says
     */
    static ZarrImage open(Path root, Stack stack, int position, OmeZarrWriter.Options options, Executor maker)
            throws IOException {
        OmeZarrWriter.Options any = OmeZarrWriter.Options.DEFAULT;
        Path folder = OmeZarrWriter.imageFolder(root, stack, position);
        ZarrArray array = ZarrArray.read(folder.resolve(PIXELS));
        requireSame(folder, array, pixels(stack, any));
        Path stateFolder = StateArrays.folderOf(root, folder, position, array.version());
        ZarrArray states = null;
        if (stack.restored()) {
            states = ZarrArray.read(stateFolder);
            requireSame(stateFolder, states, states(stack, any));
        }
        return new ZarrImage(folder, stack, array, states, stateFolder, options, maker);
    }

    private static void requireSame(Path where, ZarrArray found, ZarrArray expected) throws StackException {
        List<Long> have = found.shape().subList(1, found.shape().size());
        List<Long> want = expected.shape().subList(1, expected.shape().size());
        if (!have.equals(want) || found.type() != expected.type()) {
            throw new StackException(
                    where + " holds " + found.type() + " frames of " + have + " (c, z, y, x), but " + expected.type()
                            + " of " + want + " are to be added: use the same source and model, or a new folder");
        }
    }

    private static ZarrArray pixels(Stack stack, OmeZarrWriter.Options options) {
        FrameSpec pixels = stack.pixels();
        int height = options.chunkHeight() == 0 ? pixels.height() : Math.min(options.chunkHeight(), pixels.height());
        int width = options.chunkWidth() == 0 ? pixels.width() : Math.min(options.chunkWidth(), pixels.width());
        int channels = stack.stream().channels().size();
        ZarrArray array = new ZarrArray(
                options.version(),
                List.of(0L, (long) channels, (long) stack.sizeZ(), (long) pixels.height(), (long) pixels.width()),
                List.of(1, 1, 1, height, width),
                Optional.empty(),
                SampleType.of(pixels.pixelType()),
                options.version().codec(options.zstdLevel()),
                options.version().chunkPrefix(),
                options.separator(),
                OmeMetadata.AXES);
        return options.layout() == OmeZarrWriter.Layout.SHARDS && Sharding.fits(array)
                ? array.withSharding(Sharding.of(array, options.shardPlanes()))
                : array;
    }

    private static ZarrArray states(Stack stack, OmeZarrWriter.Options options) {
        return stack.restored()
                ? ZarrStates.array(
                        options.version(),
                        stack.stream().channels().size(),
                        stack.stream().zSlices(),
                        options.separator())
                : null;
    }

    Path folder() {
        return folder;
    }

    /** Time points it had when it was opened. */
    long length() {
        return array.shape().get(0);
    }

    /** Tells viewers what to show, and that there are no smaller copies. */
    void describe(LightRange light) throws IOException {
        new OmeMetadata(array.version()).describe(folder, stack, 0, light, mover);
    }

    /** Stores a frame or product; the CRC-32C of its pixels. */
    long write(long t, int c, int zSlice, ByteBuffer pixels) throws IOException {
        long crc = planes.write(t, c, stack.firstZ(zSlice), stack.pixels().depth(), pixels);
        mark(t, c, zSlice, FrameState.RESTORED);
        return crc;
    }

    /** Notes a camera frame's state, if states are kept. */
    void mark(long t, int c, int zSlice, FrameState state) throws IOException {
        if (states != null) {
            states.mark(t, c, zSlice, state);
        }
    }

    /** Writes states and their length first, then the image's length: it never shows a frame without its state. */
    void publish(long length) throws IOException {
        if (states != null) {
            states.publish();
        }
        if (length != published) {
            if (states != null) {
                stateArray.withLength(length).store(stateFolder, mover);
            }
            array.withLength(length).store(folder.resolve(PIXELS), mover);
            published = length;
        }
    }

    /** Makes sure that frames written so far are on the disk itself. */
    void sync() throws IOException {
        planes.sync();
    }

    @Override
    public void close() throws IOException {
        planes.close();
    }
}
