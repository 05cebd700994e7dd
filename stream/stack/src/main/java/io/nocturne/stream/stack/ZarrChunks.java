package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The chunks of one array as they lie on disk, in a file each or in shards; also while others add to them. Not safe for use
 * from multiple threads.
 */
final class ZarrChunks {
    /** A shard's index may be caught while it is rewritten; so often it is looked at again, a millisecond apart. */
    private static final int LOOKS = 20;

    private static final long PAUSE_NANOS = 1_000_000L;

    private final Path folder;
    private final ZarrArray array;
    private final ChunkDecoder decoder;
    private final Sharding sharding;
    private final ShardIndex index;

    /** A chunk as it is stored: part of a file. */
    record Stored(Path file, long offset, long length) {}

    /** Is told each chunk's place in the grid and the file it lies in. */
    @FunctionalInterface
    interface Visitor {
        void chunk(long[] grid, Path file) throws IOException;
    }

    /** Is told each file of the array and its place, in the grid of shards if there are any. */
    @FunctionalInterface
    interface FileFound {
        void file(long[] grid, Path file) throws IOException;
    }

    ZarrChunks(Path folder, ZarrArray array) {
        this.folder = folder;
        this.array = array;
        this.decoder = new ChunkDecoder(array.codec(), array.chunkBytes());
        this.sharding = array.sharding().orElse(null);
        this.index = sharding == null ? null : new ShardIndex(sharding, sharding.entries(array.chunk()));
    }

    /** The file that a chunk lies in, or would. */
    Path fileOf(long... grid) {
        return folder.resolve(array.chunkKey(sharding == null ? grid : sharding.shardOf(array.chunk(), grid)));
    }

    /** True if the chunk was written whole. */
    boolean has(long... grid) throws IOException {
        Path file = fileOf(grid);
        if (sharding == null) {
            return Files.exists(file);
        }
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            readIndex(in, file);
            return index.has(sharding.entryOf(array.chunk(), grid));
        } catch (NoSuchFileException missing) {
            return false;
        }
    }

    /**
     * Reads a chunk's samples, in the file's byte order, into {@code chunk} from its position on.
     *
     * @return false if it was never written
     * @throws StackException if it, or its shard's index, is damaged
     */
    boolean read(ByteBuffer chunk, long... grid) throws IOException {
        Path file = fileOf(grid);
        if (sharding == null) {
            return decoder.read(file, chunk);
        }
        int entry = sharding.entryOf(array.chunk(), grid);
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            readIndex(in, file);
            if (!index.has(entry)) {
                return false;
            }
            in.position(index.offset(entry));
            decoder.read(in, index.length(entry), file, chunk);
            return true;
        } catch (NoSuchFileException missing) {
            return false;
        }
    }

    /** Where a chunk's stored bytes lie; empty if it was never written. */
    Optional<Stored> find(long... grid) throws IOException {
        Path file = fileOf(grid);
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            if (sharding == null) {
                return Optional.of(new Stored(file, 0, in.size()));
            }
            readIndex(in, file);
            int entry = sharding.entryOf(array.chunk(), grid);
            return index.has(entry)
                    ? Optional.of(new Stored(file, index.offset(entry), index.length(entry)))
                    : Optional.empty();
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        }
    }

    private void readIndex(FileChannel in, Path file) throws IOException {
        for (int look = 0; !index.readFrom(in); look++) {
            if (look == LOOKS) {
                throw new StackException(file + " has a damaged index, so its frames can't be found."
                        + " 'nocturne verify RUN --repair' makes the index again if the file is one of ours");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Visits the chunks in no particular order; other files, and shards with a damaged index, are passed over. */
    void forEach(Visitor visitor) throws IOException {
        forEachFile((grid, file) -> {
            if (sharding == null) {
                visitor.chunk(grid, file);
                return;
            }
            try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
                if (!index.readFrom(in)) {
                    return;
                }
            }
            for (int entry = 0; entry < index.entries(); entry++) {
                if (index.has(entry)) {
                    visitor.chunk(sharding.gridOf(array.chunk(), grid, entry), file);
                }
            }
        });
    }

    /** Visits the files of chunks or shards, in no particular order. */
    void forEachFile(FileFound found) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                long[] grid = grid(folder.relativize(file).toString().replace('\\', '/'));
                if (grid != null) {
                    found.file(grid, file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private long[] grid(String key) {
        String[] parts = key.split(array.separator() == '/' ? "/" : "\\.", -1);
        int skip = array.prefix().isEmpty() ? 0 : 1;
        if (parts.length != array.shape().size() + skip || (skip == 1 && !parts[0].equals(array.prefix()))) {
            return null;
        }
        long[] grid = new long[array.shape().size()];
        for (int axis = 0; axis < grid.length; axis++) {
            if (!parts[axis + skip].matches("\\d{1,18}")) {
                return null;
            }
            grid[axis] = Long.parseLong(parts[axis + skip]);
        }
        return grid;
    }
}
