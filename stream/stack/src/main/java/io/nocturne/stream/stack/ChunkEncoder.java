package io.nocturne.stream.stack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Encodes chunks of one size for writing. Without compression nothing is copied: the chunk's own buffer goes to the file,
 * followed by four bytes. Not safe for use from multiple threads; a result is valid until the next call.
 */
final class ChunkEncoder implements AutoCloseable {
    private final ChunkCodec codec;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer crcBytes = ByteBuffer.allocateDirect(4).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer compressed;
    private final ZstdCompressCtx zstd;
    private final ByteBuffer bloscHead;
    private final ByteBuffer[] parts;
    private final int sampleBytes;
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
        bloscHead = codec.compression() == ChunkCodec.Compression.BLOSC_ZSTD
                ? ByteBuffer.allocateDirect(BloscFrame.HEAD_BYTES)
                : null;
        parts = new ByteBuffer[codec.crc32c() || bloscHead != null ? 2 : 1];
    }

    /**
     * Encodes one chunk.
     *
     * @param chunk all its samples, remaining; its position is undefined afterwards
     * @return the parts of the file, one after the other
     */
    ByteBuffer[] encode(ByteBuffer chunk) {
        int start = chunk.position();
        crc.reset();
        crc.update(chunk);
        chunkCrc = crc.getValue();
        chunk.position(start);
        if (zstd != null) {
            compressed.clear();
            int size = zstd.compressDirectByteBuffer(
                    compressed, 0, compressed.capacity(), chunk, start, chunk.remaining());
            compressed.limit(size);
            crc.reset();
            crc.update(compressed);
            compressed.position(0);
            parts[0] = compressed;
        } else {
            parts[0] = chunk;
        }
        if (bloscHead != null) {
            wrap(chunk);
        }
        if (codec.crc32c()) {
            crcBytes.clear();
            crcBytes.putInt((int) crc.getValue()).flip();
            parts[1] = crcBytes;
        }
        return parts;
    }

    private void wrap(ByteBuffer chunk) {
        boolean gains = compressed.remaining() < chunk.remaining();
        BloscFrame.head(bloscHead, sampleBytes, chunk.remaining(), gains ? compressed.remaining() : -1);
        parts[0] = bloscHead;
        parts[1] = gains ? compressed : chunk;
    }

    /** CRC-32C of the samples last encoded, before any compression. */
    long chunkCrc32c() {
        return chunkCrc;
    }

    /** True if chunks must be direct buffers. */
    boolean needsDirect() {
        return zstd != null;
    }

    @Override
    public void close() {
        if (zstd != null) {
            zstd.close();
        }
    }
}
