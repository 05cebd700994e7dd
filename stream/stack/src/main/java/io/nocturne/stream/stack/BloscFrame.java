package io.nocturne.stream.stack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The wrapping in which readers of Zarr v2 know zstd: a Blosc 1 buffer of one block, not shuffled. Source: the description
 * of Blosc's chunk format 2.
 *
 * <pre>
 *   version | zstd's version | flags | sample bytes | bytes int32 | block bytes int32 | all bytes int32
 *   start of each block int32 .. | length of the block int32, zstd frame | ..            all little-endian
 *   (or, where zstd would gain nothing: the samples as they are behind the first 16 bytes)
 * </pre>
 */
final class BloscFrame {
    /** Bytes before the zstd frame of the only block. */
    static final int HEAD_BYTES = 24;

    private static final int FORMAT = 2;
    private static final int ZSTD_FORMAT = 1;
    private static final int SHUFFLED = 0b101;
    private static final int COPIED = 0b10;
    private static final int NOT_SPLIT = 0x10;
    private static final int ZSTD = 4;
    private static final int PLAIN_HEAD_BYTES = 16;

    private BloscFrame() {}

    /**
     * Fills {@code head} with what comes before a chunk.
     *
     * @param sampleBytes of one sample
     * @param bytes of all samples
     * @param compressed bytes of their zstd frame, -1 if the samples themselves follow
     */
    static void head(ByteBuffer head, int sampleBytes, int bytes, int compressed) {
        boolean copied = compressed < 0;
        head.clear().order(ByteOrder.LITTLE_ENDIAN);
        head.put((byte) FORMAT).put((byte) ZSTD_FORMAT);
        head.put((byte) (ZSTD << 5 | NOT_SPLIT | (copied ? COPIED : 0))).put((byte) sampleBytes);
        head.putInt(bytes).putInt(bytes);
        head.putInt(copied ? PLAIN_HEAD_BYTES + bytes : HEAD_BYTES + compressed);
        if (!copied) {
            head.putInt(PLAIN_HEAD_BYTES + 4).putInt(compressed);
        }
        head.flip();
    }

    /**
     * Decompresses a chunk.
     *
     * @param all the chunk as stored, direct
     * @param samples direct; filled from its position on, which isn't moved
     * @param bytes that must come out
     * @param where it lies, for messages
     */
    static void decode(ByteBuffer all, ByteBuffer samples, int bytes, Object where) throws StackException {
        ByteBuffer in = all.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int blockBytes = in.remaining() < PLAIN_HEAD_BYTES ? 0 : in.getInt(8);
        boolean sound = blockBytes > 0 && in.get(0) == FORMAT && in.getInt(4) == bytes && in.getInt(12) == in.limit();
        if (!sound) {
            throw damaged(where, "its Blosc header isn't that of a chunk of " + bytes + " bytes");
        }
        int flags = in.get(2);
        if ((flags & COPIED) != 0) {
            if (in.limit() != PLAIN_HEAD_BYTES + bytes) {
                throw damaged(where, "it has " + in.limit() + " bytes");
            }
            samples.put(samples.position(), in, PLAIN_HEAD_BYTES, bytes);
            return;
        }
        if ((flags & 0xff) >> 5 != ZSTD || (flags & SHUFFLED) != 0 || (flags & NOT_SPLIT) == 0) {
            throw new StackException(where + " is compressed by Blosc in a way that isn't read here; read is zstd"
                    + " without shuffling: write the array again so, or with zstd, zlib or no compression");
        }
        for (int block = 0, from = 0; from < bytes; block++, from += blockBytes) {
            int size = Math.min(blockBytes, bytes - from);
            int start = within(in, PLAIN_HEAD_BYTES + 4 * block, 4) ? in.getInt(PLAIN_HEAD_BYTES + 4 * block) : -1;
            int length = within(in, start, 4) ? in.getInt(start) : -1;
            if (length < 0 || !within(in, start + 4, length)) {
                throw damaged(where, "block " + block + " lies outside of it");
            }
            block(in, start + 4, length, samples, samples.position() + from, size, where);
        }
    }

    private static void block(ByteBuffer in, int at, int length, ByteBuffer samples, int to, int size, Object where)
            throws StackException {
        if (length == size) {
            samples.put(to, in, at, size);
            return;
        }
        try {
            long made = Zstd.decompressDirectByteBuffer(samples, to, size, in, at, length);
            if (Zstd.isError(made) || made != size) {
                throw damaged(where, Zstd.isError(made) ? Zstd.getErrorName(made) : made + " bytes came out");
            }
        } catch (ZstdException e) {
            throw new StackException(where + " can't be decompressed (" + e.getMessage() + "): it is damaged", e);
        }
    }

    private static boolean within(ByteBuffer in, int at, int bytes) {
        return at >= 0 && at <= in.limit() - bytes;
    }

    private static StackException damaged(Object where, String how) {
        return new StackException(where + " can't be decompressed (" + how + "): the chunk is damaged");
    }
}
