package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * Puts the encoded chunks of one array on disk, so that whoever sees a chunk sees it whole. {@link #write} and
 * {@link #close} belong to one thread; {@link #sync} may come from another.
 */
interface ChunkWriter extends AutoCloseable {
    /**
     * Stores a chunk, in place of one that may be there.
     *
     * @param chunk encoded; consumed
     * @param grid its place in the grid of chunks
     */
    void write(ChunkEncoder chunk, long... grid) throws IOException;

    /** Makes sure that what was written so far is on the disk itself. */
    void sync() throws IOException;

    @Override
    void close() throws IOException;

    /**
     * The way that array's metadata asks for.
     *
     * @param maker a thread that makes files before they are needed
     */
    static ChunkWriter of(Path folder, ZarrArray array, FileMover mover, Fsync fsync, Executor maker) {
        return array.sharding().isPresent()
                ? new ShardWriter(folder, array, mover, fsync, maker)
                : new ChunkFileWriter(folder, array, mover, fsync);
    }
}
