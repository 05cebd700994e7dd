package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Mends what lies around frames, never a frame. For a run that nobody writes. */
final class ZarrRepair {
    private ZarrRepair() {}

    /** Is told of each shard with a damaged index, and how many chunks its content still names. */
    @FunctionalInterface
    interface Damage {
        void shard(Path file, int chunks);
    }

    /**
     * Looks for shards with a damaged index.
     *
     * @param array folder of the array
     * @param repair true to make the index again from the heads that lie before the chunks
     */
    static void indexes(Path array, boolean repair, Damage damage) throws IOException {
        ZarrArray metadata = ZarrArray.read(array);
        Sharding sharding = metadata.sharding().orElse(null);
        if (sharding == null) {
            return;
        }
        ShardIndex index = new ShardIndex(sharding, sharding.entries(metadata.chunk()));
        long indexAt = Sharding.indexAt(metadata);
        new ZarrChunks(array, metadata).forEachFile((grid, file) -> {
            try (FileChannel shard = FileChannel.open(file, StandardOpenOption.READ)) {
                if (index.readFrom(shard)) {
                    return;
                }
                int found = new ShardLog().rebuild(shard, index, Math.min(indexAt, shard.size()));
                if (repair && found > 0) {
                    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        out.truncate(indexAt + index.byteCount());
                        ShardCopy.index(index, out, indexAt);
                    }
                }
                damage.shard(file, found);
            }
        });
    }

    /** Moves the chunks of planes {@code z} to {@code z + depth} to lost+found; what they leave is a hole. */
    static void putAside(RunFolder run, Path array, long t, int c, int z, int depth) throws IOException {
        ZarrArray metadata = ZarrArray.read(array);
        ZarrChunks chunks = new ZarrChunks(array, metadata);
        Sharding sharding = metadata.sharding().orElse(null);
        List<long[]> places = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        chunks.forEach((grid, file) -> {
            if (grid[0] == t && grid[1] == c && grid[2] >= z && grid[2] < z + depth) {
                places.add(grid);
                files.add(file);
            }
        });
        for (int i = 0; i < files.size(); i++) {
            if (sharding == null) {
                Verify.putAside(run, files.get(i));
            } else {
                cutOut(run, files.get(i), metadata, sharding, places.get(i));
            }
        }
    }

    private static void cutOut(RunFolder run, Path file, ZarrArray metadata, Sharding sharding, long[] grid)
            throws IOException {
        ShardIndex index = new ShardIndex(sharding, sharding.entries(metadata.chunk()));
        int entry = sharding.entryOf(metadata.chunk(), grid);
        Path chunk = file.resolveSibling(file.getFileName() + "." + entry);
        try (FileChannel shard = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (!index.readFrom(shard) || !index.has(entry)) {
                return;
            }
            try (FileChannel out = FileChannel.open(chunk, AtomicFile.WRITE_NEW)) {
                for (long done = 0; done < index.length(entry); ) {
                    done += shard.transferTo(index.offset(entry) + done, index.length(entry) - done, out);
                }
            }
            Verify.putAside(run, chunk);
            index.remove(entry);
            ShardCopy.index(index, shard, index.position(shard.size()));
        } finally {
            Files.deleteIfExists(chunk);
        }
    }
}
