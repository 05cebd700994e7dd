package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * Chunks in shard files that can be read while they fill.
 *
 * <pre>
 *   0                                                    indexAt, a multiple of 4096      end of file
 *   | head | chunk | head | chunk | ...      (a hole)    | index of (offset, length)       | CRC |
 * </pre>
 *
 * A shard gets its full length and an empty index when it is made. A chunk is appended first, and exists once the index,
 * rewritten as a whole within one page of memory, names it: a reader finds it whole or not at all, and a kill leaves the
 * index of before or after. The hole takes no room on file systems with sparse files (ext4, xfs, NTFS, APFS); others fill
 * it with zeros.
 *
 * <p>A chunk written again is appended again. Should the room before the index not do for that, the shard is written anew
 * under a temporary name and renamed.
 */
final class ShardWriter implements ChunkWriter {
    private static final Set<StandardOpenOption> CREATE = Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.SPARSE);
    private static final Set<StandardOpenOption> EXTEND = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final Path folder;
    private final ZarrArray array;
    private final Sharding sharding;
    private final FileMover mover;
    private final Fsync fsync;
    private final Path temporary;
    private final long indexAt;
    private final ShardIndex index;
    private final ShardAhead ahead;
    private final ShardLog log = new ShardLog();
    private final ByteBuffer[] record = new ByteBuffer[3];
    /** The shard that is open, by its place in the grid of shards. */
    private long[] openShard = {};

    private Path openPath;
    private volatile FileChannel file;
    private long end;
    /** Full shards that are not known to be on the disk. */
    private final ConcurrentLinkedQueue<FileChannel> full = new ConcurrentLinkedQueue<>();

    ShardWriter(Path folder, ZarrArray array, FileMover mover, Fsync fsync, Executor maker) {
        this.folder = folder;
        this.array = array;
        this.mover = mover;
        this.fsync = fsync;
        this.sharding = array.sharding().orElseThrow();
        this.index = new ShardIndex(sharding, sharding.entries(array.chunk()));
        this.temporary = folder.resolve(".shard" + AtomicFile.TEMPORARY);
        this.indexAt = Sharding.indexAt(array);
        this.ahead = new ShardAhead(folder, new ShardIndex(sharding, index.entries()), indexAt, mover, maker);
    }

    @Override
    public void write(ChunkEncoder chunk, long... grid) throws IOException {
        int entry = sharding.entryOf(array.chunk(), grid);
        long[] shard = sharding.shardOf(array.chunk(), grid);
        try {
            if (!Arrays.equals(shard, openShard)) {
                leave();
                enter(shard);
            }
            long length = chunk.length();
            if (end + ShardLog.HEAD_BYTES + length > indexAt) {
                pack();
            }
            append(chunk, entry, length);
        } catch (IOException e) {
            abandon(e);
            throw WriteFailure.of("A frame", folder.resolve(array.chunkKey(shard)), e);
        }
    }

    private void append(ChunkEncoder chunk, int entry, long length) throws IOException {
        boolean later = chunk.trailerLater();
        FileChannel out = file;
        out.position(end);
        record[0] = log.head(entry, length);
        record[1] = chunk.content();
        record[2] = later ? NOTHING : chunk.trailer();
        while (record[0].hasRemaining() || record[1].hasRemaining() || record[2].hasRemaining()) {
            out.write(record);
        }
        if (later) {
            ByteBuffer trailer = chunk.trailer();
            ShardCopy.put(out, trailer, end + ShardLog.HEAD_BYTES + length - trailer.remaining());
        }
        index.set(entry, end + ShardLog.HEAD_BYTES, length);
        ShardCopy.index(index, out, indexAt);
        end += ShardLog.HEAD_BYTES + length;
        if (fsync.each()) {
            out.force(false);
        }
    }

    private void enter(long[] shard) throws IOException {
        Path path = folder.resolve(array.chunkKey(shard));
        openPath = path;
        openShard = shard;
        if (Files.exists(path)) {
            file = FileChannel.open(path, EXTEND);
            if (!index.readFrom(file)) {
                throw new StackException(path + " has a damaged index: 'nocturne verify RUN --repair' makes it again");
            }
            end = index.end();
            if (index.position(file.size()) != indexAt) {
                pack(); // a compacted shard, or another program's: it has no room to fill
            }
        } else {
            index.clear();
            end = 0;
            file = ahead.take(path);
        }
        ahead.prepare(folder.resolve(array.chunkKey(sharding.after(array, shard))));
    }

    /** Writes the shard anew, with all the room there may be, and without what no entry names any more. */
    private void pack() throws IOException {
        FileChannel from = file;
        ShardIndex packed = new ShardIndex(sharding, index.entries());
        long at;
        try (FileChannel to = FileChannel.open(temporary, CREATE)) {
            at = ShardCopy.chunks(from, index, to, packed);
            ShardCopy.index(packed, to, indexAt);
        } catch (IOException e) {
            AtomicFile.deleteQuietly(temporary, e);
            throw e;
        }
        from.close();
        mover.move(temporary, openPath);
        file = FileChannel.open(openPath, EXTEND);
        if (!index.readFrom(file)) {
            throw new StackException(openPath + " could not be written anew: its index is not what was written");
        }
        end = at;
    }

    /** Ends work on the open shard: the next chunk lies in another one. */
    private void leave() throws IOException {
        FileChannel left = file;
        openShard = new long[0];
        file = null;
        if (left == null) {
            return;
        }
        if (fsync.never() || fsync.each()) {
            left.close();
        } else {
            full.add(left);
        }
    }

    /** After a failure nothing in memory is trusted: the file is looked at again with the next chunk. */
    private void abandon(IOException reason) {
        FileChannel failed = file;
        openShard = new long[0];
        file = null;
        if (failed != null) {
            try {
                failed.close();
            } catch (IOException e) {
                reason.addSuppressed(e);
            }
        }
    }

    @Override
    public void sync() throws IOException {
        for (FileChannel written = full.peek(); written != null; written = full.peek()) {
            full.remove();
            try (FileChannel left = written) {
                left.force(false);
            }
        }
        FileChannel current = file;
        if (current != null) {
            try {
                current.force(false);
            } catch (ClosedChannelException meanwhile) {
                // Packed or given up by the writing thread: what is left of it is in another file.
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        leave();
        ahead.close();
        if (!fsync.never()) {
            sync();
        }
        for (FileChannel left = full.poll(); left != null; left = full.poll()) {
            left.close();
        }
    }
}
