package io.nocturne.stream.stack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Encodes chunks of one size for writing. Without compression nothing is copied: the chunk's own buffer goes to the file,
 * followed by four bytes, which another thread works out while the content of a large chunk is written. Not safe for use
 * from multiple threads; a result is valid until the next call.
 */
final class ChunkEncoder implements AutoCloseable {
    private final ChunkCodec codec;
    private final CRC32C crc = new CRC32C();
    private final ChecksumBeside beside = new ChecksumBeside();
    private final boolean later;
    private final ByteBuffer crcBytes = ByteBuffer.allocateDirect(4).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer compressed;
    private final ZstdCompressCtx zstd;
    private final ByteBuffer head;
    private final int sampleBytes;
    private ByteBuffer content;
    private boolean pending;
    private long chunkCrc;

    ChunkEncoder(ZarrArray array) {
        this.codec = array.codec();
        this.sampleBytes = array.type().bytes();
        int chunkBytes = array.chunkBytes();
        if (codec.isZstd()) {
            compressed = ByteBuffer.allocateDirect(Math.toIntExact(Zstd.compressBound(chunkBytes)));
            zstd = new ZstdCompressCtx();
            zstd.setLevel(codec.level()).setChecksum(false).setContentSize(true);
        } else {
            compressed = null;
            zstd = null;
        }
        head = ByteBuffer.allocateDirect(
                        codec.compression() == ChunkCodec.Compression.BLOSC_ZSTD ? BloscFrame.HEAD_BYTES : 0)
                .limit(0);
        later = zstd == null && ChecksumBeside.worthwhile(chunkBytes);
    }

    /**
     * Encodes one chunk.
     *
     * @param chunk all its samples, remaining; its position is undefined afterwards, and it must not change before the
     *     next call of {@link #trailer} or {@link #chunkCrc32c}
     * @return this chunk
     */
    ChunkEncoder encode(ByteBuffer chunk) {
        content = chunk;
        pending = later;
        if (pending) {
            beside.begin(chunk);
            return this;
        }
        int start = chunk.position();
        chunkCrc = sum(chunk);
        chunk.position(start);
        if (zstd != null) {
            compressed.clear();
            int size = zstd.compressDirectByteBuffer(
                    compressed, 0, compressed.capacity(), chunk, start, chunk.remaining());
            compressed.limit(size);
            content = compressed;
        }
        if (head.capacity() > 0) {
            boolean gains = compressed.remaining() < chunk.remaining();
            BloscFrame.head(head, sampleBytes, chunk.remaining(), gains ? compressed.remaining() : -1);
            content = gains ? compressed : chunk;
        }
        return this;
    }

    /** What stands first in the file, remaining; perhaps nothing. */
    ByteBuffer head() {
        return head;
    }

    /** What follows the head, remaining. */
    ByteBuffer content() {
        return content;
    }

    /** Bytes of head, content and trailer, before any is consumed. */
    long length() {
        return head.remaining() + content.remaining() + (codec.crc32c() ? crcBytes.capacity() : 0L);
    }

    /** True if the trailer is better asked for when the content has been written. */
    boolean trailerLater() {
        return pending;
    }

    /** What follows the content, perhaps nothing. Waits for the checksum. */
    ByteBuffer trailer() {
        crcBytes.clear();
        if (!codec.crc32c()) {
            return crcBytes.limit(0);
        }
        long sum = chunkCrc32c();
        if (zstd != null) {
            sum = sum(content.duplicate().position(0));
        }
        return crcBytes.putInt((int) sum).flip();
    }

    private long sum(ByteBuffer bytes) {
        crc.reset();
        crc.update(bytes);
        return crc.getValue();
    }

    /** CRC-32C of the samples last encoded, before any compression. */
    long chunkCrc32c() {
        if (pending) {
            chunkCrc = beside.value();
            pending = false;
        }
        return chunkCrc;
    }

    /** True if chunks must be direct buffers. */
    boolean needsDirect() {
        return zstd != null;
    }

    @Override
    public void close() {
        beside.close();
        if (zstd != null) {
            zstd.close();
        }
    }
}
