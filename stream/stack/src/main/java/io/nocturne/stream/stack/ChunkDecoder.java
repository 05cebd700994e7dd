package io.nocturne.stream.stack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Reads chunk files of one array and checks them. Buffers are kept for the next chunk. Not safe for use from multiple
 * threads.
 */
final class ChunkDecoder {
    private final ChunkCodec codec;
    private final int chunkBytes;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer file = ByteBuffer.allocateDirect(0);

    ChunkDecoder(ChunkCodec codec, int chunkBytes) {
        this.codec = codec;
        this.chunkBytes = chunkBytes;
    }

    /**
     * Reads one chunk's samples, in the file's byte order, into {@code chunk} from its position on.
     *
     * @param chunk with room for the whole chunk; on return its position is where it was and its limit behind the samples
     * @return false if there is no such file: the chunk was never written
     * @throws StackException if the file has not the right length or its CRC-32C does not match
     */
    boolean read(Path path, ByteBuffer chunk) throws IOException {
        try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
            read(in, in.size(), path, chunk);
        } catch (NoSuchFileException missing) {
            return false;
        }
        return true;
    }

    /**
     * The same for a chunk that is part of a file.
     *
     * @param in positioned at the chunk's first byte
     * @param bytes of the chunk as stored
     * @param path for messages
     */
    void read(FileChannel in, long bytes, Path path, ByteBuffer chunk) throws IOException {
        int start = chunk.position();
        chunk.limit(start + chunkBytes);
        long expected = codec.fileBytes(chunkBytes);
        if (expected >= 0 && bytes != expected) {
            throw new StackException(
                    path + " has " + bytes + " bytes where " + expected + " are expected: the chunk is damaged");
        }
        if (bytes > Zstd.compressBound(chunkBytes) + 1024) {
            throw new StackException(path + " has " + bytes + " bytes, far more than a chunk of " + chunkBytes
                    + " bytes can take: it is damaged or not a chunk");
        }
        if (codec.compression() == ChunkCodec.Compression.NONE) {
            readUncompressed(in, path, chunk);
        } else {
            decompress(in, (int) bytes, path, chunk);
        }
        chunk.position(start);
    }

    private void readUncompressed(FileChannel in, Path path, ByteBuffer chunk) throws IOException {
        int start = chunk.position();
        readFully(in, chunk, path);
        if (codec.crc32c()) {
            ByteBuffer tail = room(4);
            readFully(in, tail, path);
            tail.flip();
            chunk.position(start);
            check(chunk, tail, path);
        }
    }

    private void decompress(FileChannel in, int bytes, Path path, ByteBuffer chunk) throws IOException {
        ByteBuffer all = room(bytes);
        readFully(in, all, path);
        all.flip();
        if (codec.crc32c()) {
            if (bytes < 4) {
                throw new StackException(path + " has only " + bytes + " bytes: the chunk is damaged");
            }
            ByteBuffer tail = all.duplicate();
            tail.position(bytes - 4);
            all.limit(bytes - 4);
            check(all, tail, path);
            all.position(0);
        }
        switch (codec.compression()) {
            case ZSTD -> unzstd(all, path, chunk);
            case BLOSC_ZSTD -> unblosc(all, path, chunk);
            case GZIP -> inflate(new GZIPInputStream(stream(all)), path, chunk);
            default -> inflate(new InflaterInputStream(stream(all)), path, chunk);
        }
    }

    private void unzstd(ByteBuffer all, Path path, ByteBuffer chunk) throws StackException {
        ByteBuffer target = chunk.isDirect() ? chunk : ByteBuffer.allocateDirect(chunkBytes);
        long size;
        try {
            size = Zstd.decompressDirectByteBuffer(target, target.position(), chunkBytes, all, 0, all.remaining());
        } catch (ZstdException e) {
            throw new StackException(path + " can't be decompressed (" + e.getMessage() + "): the chunk is damaged", e);
        }
        if (Zstd.isError(size) || size != chunkBytes) {
            throw new StackException(path + " can't be decompressed to " + chunkBytes + " bytes ("
                    + (Zstd.isError(size) ? Zstd.getErrorName(size) : size + " bytes came out")
                    + "): the chunk is damaged");
        }
        if (!chunk.isDirect()) {
            chunk.duplicate().put(target.position(0).limit(chunkBytes));
        }
    }

    private void unblosc(ByteBuffer all, Path path, ByteBuffer chunk) throws StackException {
        ByteBuffer target = chunk.isDirect() ? chunk : ByteBuffer.allocateDirect(chunkBytes);
        BloscFrame.decode(all, target, chunkBytes, path);
        if (!chunk.isDirect()) {
            chunk.duplicate().put(target);
        }
    }

    private void inflate(InputStream deflated, Path path, ByteBuffer chunk) throws IOException {
        try (deflated) {
            byte[] piece = new byte[8192];
            while (chunk.hasRemaining()) {
                int count = deflated.read(piece, 0, Math.min(piece.length, chunk.remaining()));
                if (count < 0) {
                    throw new EOFException("it ends " + chunk.remaining() + " bytes early");
                }
                chunk.put(piece, 0, count);
            }
        } catch (ZipException | EOFException e) {
            throw new StackException(path + " can't be decompressed (" + e.getMessage() + "): the chunk is damaged", e);
        }
    }

    private static InputStream stream(ByteBuffer all) {
        return new ByteBufferInput(all);
    }

    private void check(ByteBuffer content, ByteBuffer tail, Path path) throws StackException {
        crc.reset();
        crc.update(content);
        int expected = tail.order(ByteOrder.LITTLE_ENDIAN).getInt();
        if ((int) crc.getValue() != expected) {
            throw new StackException(String.format(
                    "%s does not match its own checksum (CRC-32C %08x stored, %08x found): the chunk is damaged",
                    path, expected, (int) crc.getValue()));
        }
    }

    private ByteBuffer room(int bytes) {
        if (file.capacity() < bytes) {
            file = ByteBuffer.allocateDirect(bytes);
        }
        return file.clear().limit(bytes);
    }

    static void readFully(FileChannel in, ByteBuffer into, Path path) throws IOException {
        while (into.hasRemaining()) {
            if (in.read(into) < 0) {
                throw new StackException(
                        path + " ends " + into.remaining() + " bytes early: it is damaged or truncated");
            }
        }
    }

    /** A view of a buffer as a stream. */
    private static final class ByteBufferInput extends InputStream {
        private final ByteBuffer source;

        ByteBufferInput(ByteBuffer source) {
            this.source = source;
        }

        @Override
        public int read() {
            return source.hasRemaining() ? source.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (!source.hasRemaining()) {
                return length == 0 ? 0 : -1;
            }
            int count = Math.min(length, source.remaining());
            source.get(target, offset, count);
            return count;
        }
    }
}
