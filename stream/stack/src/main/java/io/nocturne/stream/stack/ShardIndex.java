package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** The index of one shard: where each of its chunks lies. Not safe for use from multiple threads. */
final class ShardIndex {
    static final int ENTRY_BYTES = 16;
    private static final long NONE = -1;

    private final int entries;
    private final boolean atEnd;
    private final boolean checked;
    private final ByteBuffer bytes;
    private final CRC32C crc = new CRC32C();

    ShardIndex(Sharding sharding, int entries) {
        this.entries = entries;
        this.atEnd = sharding.indexAtEnd();
        this.checked = sharding.indexCrc32c();
        int size = Math.addExact(Math.multiplyExact(entries, ENTRY_BYTES), checked ? 4 : 0);
        this.bytes = ByteBuffer.allocateDirect(size).order(sharding.indexOrder());
        clear();
    }

    int entries() {
        return entries;
    }

    /** Bytes of the index in a file. */
    int byteCount() {
        return bytes.capacity();
    }

    boolean has(int entry) {
        return offset(entry) != NONE || length(entry) != NONE;
    }

    /** Where the chunk begins in the file. */
    long offset(int entry) {
        return bytes.getLong(entry * ENTRY_BYTES);
    }

    /** Bytes of the chunk as stored. */
    long length(int entry) {
        return bytes.getLong(entry * ENTRY_BYTES + 8);
    }

    void set(int entry, long offset, long length) {
        bytes.putLong(entry * ENTRY_BYTES, offset).putLong(entry * ENTRY_BYTES + 8, length);
    }

    void remove(int entry) {
        set(entry, NONE, NONE);
    }

    void clear() {
        for (int entry = 0; entry < entries; entry++) {
            remove(entry);
        }
    }

    /** Where the last chunk ends. */
    long end() {
        long end = 0;
        for (int entry = 0; entry < entries; entry++) {
            if (has(entry)) {
                end = Math.max(end, offset(entry) + length(entry));
            }
        }
        return end;
    }

    /** Position of the index in a file of that size. */
    long position(long fileBytes) {
        return atEnd ? fileBytes - byteCount() : 0;
    }

    /** The index as it is stored, from the buffer's start; valid until the next call. */
    ByteBuffer encoded() {
        if (checked) {
            int sum = sum();
            bytes.putInt(
                    entries * ENTRY_BYTES, bytes.order() == ByteOrder.LITTLE_ENDIAN ? sum : Integer.reverseBytes(sum));
        }
        return bytes.clear();
    }

    /**
     * Takes over what a file says.
     *
     * @return false if the file is too short, an entry points outside of it, or the checksum doesn't match; the index is
     *     then empty
     */
    boolean readFrom(FileChannel file) throws IOException {
        long size = file.size();
        boolean sound = size >= byteCount();
        if (sound) {
            bytes.clear();
            long at = position(size);
            while (sound && bytes.hasRemaining()) {
                sound = file.read(bytes, at + bytes.position()) > 0;
            }
        }
        if (sound && checked) {
            sound = sum() == storedSum();
        }
        for (int entry = 0; sound && entry < entries; entry++) {
            sound = !has(entry) || within(offset(entry), length(entry), size);
        }
        if (!sound) {
            clear();
        }
        return sound;
    }

    private static boolean within(long offset, long length, long size) {
        return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
    }

    private int sum() {
        crc.reset();
        crc.update(bytes.clear().limit(entries * ENTRY_BYTES));
        bytes.clear();
        return (int) crc.getValue();
    }

    /** The checksum is little-endian whatever the order of the entries. */
    private int storedSum() {
        int stored = bytes.getInt(entries * ENTRY_BYTES);
        return bytes.order() == ByteOrder.LITTLE_ENDIAN ? stored : Integer.reverseBytes(stored);
    }
}
