package io.nocturne.bench.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One way to write frames of one size, one after the other. One thread. */
interface DiskWriter extends AutoCloseable {
    /**
     * Writes a frame, or hands it on to be written.
     *
     * @param pixels all of it, direct, native order; may be moved
     */
    void write(long index, ByteBuffer pixels) throws Exception;

    /** Ends when every frame was written. */
    @Override
    void close() throws IOException;
}
