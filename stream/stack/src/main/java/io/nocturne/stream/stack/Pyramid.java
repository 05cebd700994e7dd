package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.stack.RunFolder.StreamEpoch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Adds smaller copies to the stacks of a run, so that viewers of large images needn't read every pixel to show them all:
 * each level has half the pixels of the one before in x and y, down to 256 a side.
 *
 * <pre>
 *   0  --halve--> pyramid.tmp/1, 2, ..  --every plane read back and compared-->  1, 2, ..  --> the image names them
 * </pre>
 *
 * The recorded frames are only read. The image's metadata is rewritten last and at once, so that a reader finds all levels
 * or none; what an interrupted attempt left is cleared away by the next. When frames are added to a stack afterwards, its
 * copies go, because they would no longer be true.
 */
public final class Pyramid {
    /** No level has both sides smaller than this, unless the image itself has. */
    private static final int SMALL_SIDE = 256;

    private static final int SHARD_PLANES = 128;
    private static final String WORK = "pyramid" + AtomicFile.TEMPORARY;
    private static final FileMover MOVER = FileMover.ATOMIC.retrying();

    /** Follows the work, and may end it. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Is told now and then, on the working thread.
         *
         * @param stack that is worked on
         * @param share of it that is done, 0 to 1
         * @return false to give up; what was begun is cleared away
         */
        boolean go(Path stack, double share);
    }

    /**
     * What came out.
     *
     * @param images that got copies, one per position of every stack
     * @param planes that were halved
     * @param finished false if it was given up
     */
    public record Result(int images, long planes, boolean finished) {}

    private final Progress progress;
    private final FreeSpace space;
    private int images;
    private long planes;

    private Pyramid(Progress progress, FreeSpace space) {
        this.progress = progress;
        this.space = space;
    }

    /**
     * Adds copies to every stack of a run that has none yet, or none that are up to date.
     *
     * @throws StackException if another process writes the run, the disk has too little room, or a copy can't be read back
     *     as it was; recorded frames are as before
     */
    public static Result run(Path runDir, Progress progress) throws IOException {
        try (RunFolder run = RunFolder.complete(runDir)) {
            return of(run, progress);
        }
    }

    /** The same for a run that the caller holds and no longer writes. */
    public static Result of(RunFolder run, Progress progress) throws IOException {
        FreeSpace space = FreeSpace.of(run.root(), FreeSpace.Limits.DEFAULT.doubled(), warning -> {});
        Pyramid work = new Pyramid(progress, space);
        boolean finished = true;
        for (StreamEpoch epoch : run.epochs()) {
            Path raw = run.raw(epoch.stream(), epoch.epoch());
            if (StackFormats.isTiff(raw)) {
                throw new StackException(raw + " is an OME-TIFF or NDTiff, which gets no smaller copies; 'export'"
                        + " copies it into an OME-Zarr");
            }
            for (Path zarr : List.of(
                    run.rawZarr(epoch.stream(), epoch.epoch()), run.restoredZarr(epoch.stream(), epoch.epoch()))) {
                finished = finished && (!Files.isDirectory(zarr) || work.stack(zarr));
            }
        }
        return new Result(work.images, work.planes, finished);
    }

    private boolean stack(Path zarr) throws IOException {
        recover(zarr);
        Stack stack;
        try (OmeZarrReader reader = OmeZarrReader.open(zarr)) {
            stack = reader.stack();
        }
        int positions = stack.stream().positions();
        for (int position = 0; position < positions; position++) {
            Path image = OmeZarrWriter.imageFolder(zarr, stack, position);
            ZarrArray full = ZarrArray.read(image.resolve("0"));
            int levels = levels(stack.pixels().width(), stack.pixels().height());
            if (levels == 0 || isThere(image, full, levels)) {
                continue;
            }
            remove(image, stack);
            try {
                if (!make(zarr, image, full, levels, (double) position / positions, 1.0 / positions)) {
                    return false;
                }
                publish(image, full.version(), stack, levels);
            } finally {
                FolderTree.delete(image.resolve(WORK));
            }
            images++;
        }
        return true;
    }

    /** Bytes that the uncompressed copies of a frame take: up to a third of its own, nothing where it is small. */
    public static long bytes(FrameSpec frame) {
        long pixels = 0;
        for (int level = 1; level <= levels(frame.width(), frame.height()); level++) {
            pixels += (long) PlaneHalving.halved(frame.width(), level) * PlaneHalving.halved(frame.height(), level);
        }
        return pixels * frame.depth() * frame.pixelType().bytes();
    }

    /** Levels that an image of that size gets. */
    static int levels(int width, int height) {
        int levels = 0;
        while (PlaneHalving.halved(Math.max(width, height), levels) > SMALL_SIDE) {
            levels++;
        }
        return levels;
    }

    private static boolean isThere(Path image, ZarrArray full, int levels) throws IOException {
        List<String> there = datasets(image);
        if (there.size() != levels + 1) {
            return false;
        }
        for (String level : there) {
            Path folder = image.resolve(level);
            if (OmeZarrVersion.of(folder).isEmpty()
                    || !ZarrArray.read(folder)
                            .shape()
                            .get(0)
                            .equals(full.shape().get(0))) {
                return false;
            }
        }
        return true;
    }

    /** Paths of the levels that an image names, the finest first. */
    static List<String> datasets(Path image) throws IOException {
        List<String> paths = new ArrayList<>();
        OmeMetadata.read(image)
                .at("/multiscales/0/datasets")
                .forEach(dataset -> paths.add(dataset.path("path").asText()));
        return paths;
    }

    /** Makes the levels in a folder of their own; false if it was told to give up. */
    private boolean make(Path zarr, Path image, ZarrArray full, int levels, double done, double share)
            throws IOException {
        Path work = image.resolve(WORK);
        int height = Math.toIntExact(full.shape().get(3));
        int width = Math.toIntExact(full.shape().get(4));
        PlaneHalving halving = new PlaneHalving(width, height, full.type().pixelType(), levels);
        ByteBuffer plane = ByteBuffer.allocateDirect(
                        width * height * full.type().pixelType().bytes())
                .order(ByteOrder.nativeOrder());
        ZarrPlaneReader reader = new ZarrPlaneReader(image.resolve("0"), full);
        ExecutorService maker = Executors.newSingleThreadExecutor();
        List<Copy> copies = new ArrayList<>();
        try {
            for (int level = 1; level <= levels; level++) {
                copies.add(new Copy(work.resolve(String.valueOf(level)), smaller(full, level), maker));
            }
            for (long t = 0; t < full.shape().get(0); t++) {
                if (!progress.go(zarr, done + share * t / full.shape().get(0))) {
                    return false;
                }
                for (int c = 0; c < full.shape().get(1); c++) {
                    for (int z = 0; z < full.shape().get(2); z++) {
                        if (!reader.read(plane.clear(), t, c, z)) {
                            continue;
                        }
                        space.require(plane.capacity() / 2, System.nanoTime());
                        halving.halve(plane.rewind());
                        for (int level = 1; level <= levels; level++) {
                            copies.get(level - 1).write(t, c, z, halving.level(level));
                        }
                        planes++;
                    }
                }
            }
            for (Copy copy : copies) {
                copy.finish();
            }
        } finally {
            for (Copy copy : copies) {
                copy.close();
            }
            maker.shutdown();
        }
        for (Copy copy : copies) {
            copy.compare();
        }
        return true;
    }

    private static ZarrArray smaller(ZarrArray full, int level) {
        List<Long> shape = new ArrayList<>(full.shape());
        List<Integer> chunk = new ArrayList<>(full.chunk());
        for (int axis = 3; axis <= 4; axis++) {
            int side = PlaneHalving.halved(Math.toIntExact(full.shape().get(axis)), level);
            shape.set(axis, (long) side);
            chunk.set(axis, Math.min(full.chunk().get(axis), side));
        }
        ZarrArray array = new ZarrArray(
                full.version(),
                List.copyOf(shape),
                List.copyOf(chunk),
                Optional.empty(),
                full.type(),
                full.codec(),
                full.prefix(),
                full.separator(),
                full.axes());
        return full.sharding().isPresent() ? array.withSharding(Sharding.of(array, SHARD_PLANES)) : array;
    }

    private static void publish(Path image, OmeZarrVersion version, Stack stack, int levels) throws IOException {
        for (int level = 1; level <= levels; level++) {
            String name = String.valueOf(level);
            MOVER.move(image.resolve(WORK).resolve(name), image.resolve(name));
        }
        describe(image, version, stack, levels);
    }

    private static void describe(Path image, OmeZarrVersion version, Stack stack, int levels) throws IOException {
        LightRange light = LightRange.read(OmeMetadata.read(image), stack);
        new OmeMetadata(version).describe(image, stack, levels, light, MOVER);
    }

    /** True if that image names smaller copies. */
    static boolean has(Path image) throws IOException {
        return datasets(image).size() > 1;
    }

    /** Takes the copies of an image away: first their names, then themselves. */
    static void remove(Path image, Stack stack) throws IOException {
        if (has(image)) {
            describe(image, OmeZarrVersion.of(image).orElseThrow(), stack, 0);
        }
        clear(image);
    }

    /** Clears away what an interrupted attempt left in a stack. */
    static void recover(Path zarr) throws IOException {
        List<Path> images = new ArrayList<>(List.of(zarr));
        try (Stream<Path> positions = Files.list(zarr)) {
            positions
                    .filter(folder -> folder.getFileName().toString().matches("\\d+"))
                    .filter(folder -> OmeZarrVersion.of(folder).isPresent())
                    .forEach(images::add);
        }
        for (Path image : images) {
            boolean isImage = OmeZarrVersion.of(image).isPresent()
                    && !OmeZarrVersion.of(image).orElseThrow().isArray(image)
                    && !datasets(image).isEmpty();
            if (isImage && !has(image)) {
                clear(image);
            }
        }
    }

    private static void clear(Path image) throws IOException {
        FolderTree.delete(image.resolve(WORK));
        for (int level = 1; Files.exists(image.resolve(String.valueOf(level))); level++) {
            FolderTree.delete(image.resolve(String.valueOf(level)));
        }
    }

    /** One level while it is made; a number stands for all its pixels, in the order in which they were written. */
    private static final class Copy {
        private final Path folder;
        private final ZarrArray array;
        private final ZarrPlanes planes;
        private final List<long[]> places = new ArrayList<>();
        private long written;
        private boolean closed;

        Copy(Path folder, ZarrArray array, ExecutorService maker) throws IOException {
            this.folder = Files.createDirectories(folder);
            this.array = array;
            array.store(folder, MOVER);
            this.planes = new ZarrPlanes(array, ChunkWriter.of(folder, array, MOVER, Fsync.NONE, maker));
        }

        void write(long t, int c, int z, ByteBuffer pixels) throws IOException {
            written = 31 * written + planes.write(t, c, z, 1, pixels);
            places.add(new long[] {t, c, z});
        }

        /** Ends writing; what can't be stored shows here. */
        void finish() throws IOException {
            closed = true;
            planes.close();
        }

        void close() throws IOException {
            if (!closed) {
                finish();
            }
        }

        void compare() throws IOException {
            ZarrPlaneReader reader = new ZarrPlaneReader(folder, array);
            int bytes = array.type().pixelType().bytes();
            ByteBuffer plane = ByteBuffer.allocateDirect(
                            Math.toIntExact(array.shape().get(3) * array.shape().get(4) * bytes))
                    .order(ByteOrder.nativeOrder());
            CRC32C crc = new CRC32C();
            long read = 0;
            for (long[] at : places) {
                boolean there = reader.read(plane.clear(), at);
                crc.reset();
                crc.update(plane.rewind());
                read = 31 * read + (there ? crc.getValue() : -1);
            }
            if (read != written) {
                throw new StackException("A smaller copy in " + folder
                        + " didn't read back as it was written and was taken away; the frames are untouched."
                        + " Check the disk");
            }
        }
    }
}
