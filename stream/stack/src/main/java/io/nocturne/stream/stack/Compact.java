package io.nocturne.stream.stack;

import io.nocturne.stream.stack.RunFolder.StreamEpoch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Packs the stacks of a run that has ended for keeping and copying: files of single frames become shards, and shards lose
 * the room that they were given to fill, and frames that were written again. Chunks are copied as they are stored, those of
 * smaller copies too.
 *
 * <pre>
 *   0  --copy--> 0.packed.tmp  --every chunk read back and compared-->  0 becomes 0.before.tmp
 *                                                                       0.packed.tmp becomes 0, the other is deleted
 * </pre>
 *
 * At every moment one of the folders holds every frame; a compaction that was interrupted is undone or finished by the
 * next.
 */
public final class Compact {
    private static final String PACKED = ".packed" + AtomicFile.TEMPORARY;
    private static final String BEFORE = ".before" + AtomicFile.TEMPORARY;
    private static final int SHARD_PLANES = 64;

    /**
     * What came out.
     *
     * @param frames chunks that were copied and compared
     * @param filesBefore files of the arrays before
     * @param filesAfter and now
     * @param bytesBefore length of those files, holes included
     * @param bytesAfter and now
     */
    public record Result(long frames, long filesBefore, long filesAfter, long bytesBefore, long bytesAfter) {
        static final Result NOTHING = new Result(0, 0, 0, 0, 0);

        Result plus(Result other) {
            return new Result(
                    frames + other.frames,
                    filesBefore + other.filesBefore,
                    filesAfter + other.filesAfter,
                    bytesBefore + other.bytesBefore,
                    bytesAfter + other.bytesAfter);
        }
    }

    private Compact() {}

    /**
     * Packs a run.
     *
     * @throws StackException if it is still being written, or a frame can't be read back as it was: the run is then as
     *     before
     */
    public static Result run(Path runDir) throws IOException {
        try (RunFolder run = RunFolder.complete(runDir)) {
            Result all = Result.NOTHING;
            for (StreamEpoch epoch : run.epochs()) {
                requireZarr(run, epoch);
                for (Path zarr : List.of(
                        run.rawZarr(epoch.stream(), epoch.epoch()), run.restoredZarr(epoch.stream(), epoch.epoch()))) {
                    if (Files.isDirectory(zarr)) {
                        all = all.plus(stack(zarr));
                    }
                }
            }
            return all;
        }
    }

    private static void requireZarr(RunFolder run, StreamEpoch epoch) throws StackException {
        Path raw = run.raw(epoch.stream(), epoch.epoch());
        if (StackFormats.isTiff(raw)) {
            throw new StackException(raw + " is an OME-TIFF or NDTiff: there is nothing to pack");
        }
    }

    private static Result stack(Path zarr) throws IOException {
        recover(zarr);
        Stack stack;
        try (OmeZarrReader reader = OmeZarrReader.open(zarr)) {
            stack = reader.stack();
        }
        Result all = Result.NOTHING;
        for (int position = 0; position < stack.stream().positions(); position++) {
            Path image = OmeZarrWriter.imageFolder(zarr, stack, position);
            for (String level : Pyramid.datasets(image)) {
                all = all.plus(array(image.resolve(level)));
            }
        }
        return all;
    }

    /** Ends, or undoes, a compaction of that stack that was interrupted. */
    static void recover(Path zarr) throws IOException {
        List<Path> left;
        try (Stream<Path> found = Files.walk(zarr, 2)) {
            left = found.filter(path -> isOurs(path.getFileName().toString())).toList();
        }
        for (Path folder : left) {
            String name = folder.getFileName().toString();
            Path array = folder.resolveSibling(name.substring(0, name.indexOf('.')));
            if (name.endsWith(BEFORE) && !Files.exists(array)) {
                FileMover.ATOMIC.retrying().move(folder, array);
            } else {
                FolderTree.delete(folder);
            }
        }
    }

    private static boolean isOurs(String name) {
        return name.matches("\\d+(" + Pattern.quote(PACKED) + "|" + Pattern.quote(BEFORE) + ")");
    }

    private static Result array(Path from) throws IOException {
        String name = from.getFileName().toString();
        Path to = from.resolveSibling(name + PACKED);
        Path aside = from.resolveSibling(name + BEFORE);
        ZarrArray before = ZarrArray.read(from);
        if (!before.version().hasShards()) {
            throw new StackException(from + " is OME-Zarr " + before.version().number()
                    + ", which has a file for every frame: there is nothing to pack. 'export' copies it into an"
                    + " OME-Zarr " + OmeZarrVersion.V0_5.number() + " of few files");
        }
        ZarrArray after = before.sharding().isPresent() || !Sharding.fits(before)
                ? before
                : before.withSharding(Sharding.of(before, SHARD_PLANES));
        if (after.sharding().isEmpty()) {
            return Result.NOTHING; // chunks too many for a shard of ours
        }
        try {
            Files.createDirectories(to);
            after.store(to, FileMover.ATOMIC);
            List<long[]> places = copy(from, before, to, after);
            compare(from, before, to, after, places);
            FolderTree.Size was = FolderTree.size(from);
            FolderTree.Size is = FolderTree.size(to);
            FileMover.ATOMIC.retrying().move(from, aside);
            FileMover.ATOMIC.retrying().move(to, from);
            FolderTree.delete(aside);
            return new Result(places.size(), was.files(), is.files(), was.bytes(), is.bytes());
        } catch (IOException e) {
            recover(from.getParent());
            throw e;
        }
    }

    /** Places of the chunks by shard: those of one shard follow one another. */
    private static List<long[]> copy(Path from, ZarrArray before, Path to, ZarrArray after) throws IOException {
        List<long[]> places = new ArrayList<>();
        new ZarrChunks(from, before).forEach((grid, file) -> places.add(grid));
        Sharding sharding = after.sharding().orElseThrow();
        places.sort(Comparator.comparing((long[] grid) -> sharding.shardOf(after.chunk(), grid), Arrays::compare)
                .thenComparingInt(grid -> sharding.entryOf(after.chunk(), grid)));
        ZarrChunks chunks = new ZarrChunks(from, before);
        ShardIndex index = new ShardIndex(sharding, sharding.entries(after.chunk()));
        ShardLog log = new ShardLog();
        for (int i = 0; i < places.size(); ) {
            long[] shard = sharding.shardOf(after.chunk(), places.get(i));
            Path file = to.resolve(after.chunkKey(shard));
            Files.createDirectories(file.getParent());
            index.clear();
            long at = 0;
            try (FileChannel out = FileChannel.open(file, AtomicFile.WRITE_NEW)) {
                for (; i < places.size() && Arrays.equals(shard, sharding.shardOf(after.chunk(), places.get(i))); i++) {
                    int entry = sharding.entryOf(after.chunk(), places.get(i));
                    ZarrChunks.Stored stored = chunks.find(places.get(i)).orElseThrow();
                    ShardCopy.put(out, log.head(entry, stored.length()), at);
                    at += ShardLog.HEAD_BYTES;
                    try (FileChannel in = FileChannel.open(stored.file(), StandardOpenOption.READ)) {
                        ShardCopy.bytes(in, stored.offset(), stored.length(), out, at);
                    }
                    index.set(entry, at, stored.length());
                    at += stored.length();
                }
                ShardCopy.index(index, out, at);
                out.force(true);
            }
        }
        return places;
    }

    private static void compare(Path from, ZarrArray before, Path to, ZarrArray after, List<long[]> places)
            throws IOException {
        ZarrChunks old = new ZarrChunks(from, before);
        ZarrChunks packed = new ZarrChunks(to, after);
        ByteBuffer one = ByteBuffer.allocateDirect(before.chunkBytes());
        ByteBuffer other = ByteBuffer.allocateDirect(before.chunkBytes());
        for (long[] grid : places) {
            boolean same = old.read(one.clear(), grid)
                    && packed.read(other.clear(), grid)
                    && one.rewind().equals(other.rewind());
            if (!same) {
                throw new StackException("The chunk " + Arrays.toString(grid) + " of " + from
                        + " didn't come out of the packed copy as it was: the run stays as it is. Check the disk");
            }
        }
    }
}
