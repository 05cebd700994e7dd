package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * What lies before each chunk in a shard of ours: a head that tells which chunk follows and how long it is. Readers of the
 * format pass over it, since the index names the chunks alone; with it an index can be made again from the file itself.
 *
 * <pre>
 *   'N' 'o' 'c' '1' | entry int32 | length int64 | CRC-32C of these 16 bytes, int32       all little-endian
 * </pre>
 *
 * Not safe for use from multiple threads.
 */
final class ShardLog {
    static final int HEAD_BYTES = 20;
    private static final int MARK = 0x31636f4e;

    private final ByteBuffer head = ByteBuffer.allocateDirect(HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();

    /** The head of a chunk; valid until the next call. */
    ByteBuffer head(int entry, long length) {
        head.clear();
        head.putInt(MARK).putInt(entry).putLong(length);
        head.putInt(sum());
        return head.flip();
    }

    private int sum() {
        crc.reset();
        crc.update(head.duplicate().clear().limit(HEAD_BYTES - 4));
        return (int) crc.getValue();
    }

    /**
     * Fills an index with what a shard file holds. Of a chunk that was written twice the later one counts.
     *
     * @param end where the chunks end at the latest
     * @return chunks found
     */
    int rebuild(FileChannel file, ShardIndex index, long end) throws IOException {
        index.clear();
        int found = 0;
        long at = 0;
        while (at + HEAD_BYTES <= end) {
            head.clear();
            while (head.hasRemaining()) {
                if (file.read(head, at + head.position()) < 0) {
                    return found;
                }
            }
            int entry = head.getInt(4);
            long length = head.getLong(8);
            boolean sound = head.getInt(0) == MARK
                    && head.getInt(HEAD_BYTES - 4) == sum()
                    && entry >= 0
                    && entry < index.entries()
                    && length > 0
                    && length <= end - at - HEAD_BYTES;
            if (!sound) {
                return found;
            }
            found += index.has(entry) ? 0 : 1;
            index.set(entry, at + HEAD_BYTES, length);
            at += HEAD_BYTES + length;
        }
        return found;
    }
}
