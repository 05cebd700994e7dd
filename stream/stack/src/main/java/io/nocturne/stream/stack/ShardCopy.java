package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Passes of bytes from one shard to another. */
final class ShardCopy {
    private ShardCopy() {}

    /**
     * Copies the chunks that an index names, each with its head, from the start of {@code to} on.
     *
     * @param packed filled with where they lie now
     * @return where the last one ends
     */
    static long chunks(FileChannel from, ShardIndex index, FileChannel to, ShardIndex packed) throws IOException {
        ShardLog log = new ShardLog();
        long at = 0;
        packed.clear();
        for (int entry = 0; entry < index.entries(); entry++) {
            if (index.has(entry)) {
                long length = index.length(entry);
                put(to, log.head(entry, length), at);
                at += ShardLog.HEAD_BYTES;
                bytes(from, index.offset(entry), length, to, at);
                packed.set(entry, at, length);
                at += length;
            }
        }
        return at;
    }

    /** Writes the index, in one call as long as the operating system takes it whole. */
    static void index(ShardIndex index, FileChannel to, long at) throws IOException {
        put(to, index.encoded(), at);
    }

    static void put(FileChannel to, ByteBuffer bytes, long at) throws IOException {
        int start = bytes.position();
        while (bytes.hasRemaining()) {
            to.write(bytes, at + bytes.position() - start);
        }
    }

    static void bytes(FileChannel from, long offset, long length, FileChannel to, long at) throws IOException {
        to.position(at);
        for (long done = 0; done < length; ) {
            long moved = from.transferTo(offset + done, length - done, to);
            if (moved <= 0) {
                throw new IOException("The file ended early while it was copied");
            }
            done += moved;
        }
    }
}
