package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes planes of one (t, c, z, y, x) array, chunk by chunk. Not safe for use from multiple threads, but for
 * {@link #sync}.
 *
 * <p>Pixels go from the caller's direct buffer to the file without a copy when a chunk is a plane; split planes pass
 * through one chunk-sized buffer that is kept.
 */
final class ZarrPlanes implements AutoCloseable {
    private final ZarrArray array;
    private final ChunkEncoder encoder;
    private final ChunkWriter chunks;
    private final int height;
    private final int width;
    private final int chunkHeight;
    private final int chunkWidth;
    private final boolean whole;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer staging;

    ZarrPlanes(ZarrArray array, ChunkWriter chunks) {
        this.array = array;
        this.chunks = chunks;
        this.encoder = new ChunkEncoder(array);
        List<Long> shape = array.shape();
        this.height = Math.toIntExact(shape.get(3));
        this.width = Math.toIntExact(shape.get(4));
        this.chunkHeight = array.chunk().get(3);
        this.chunkWidth = array.chunk().get(4);
        this.whole = chunkHeight == height && chunkWidth == width;
    }

    /**
     * Writes {@code depth} planes from {@code z} on.
     *
     * @return CRC-32C of all their pixels, in native order
     */
    long write(long t, int c, int z, int depth, ByteBuffer pixels) throws IOException {
        int start = pixels.position();
        int planeBytes = height * width * array.type().bytes();
        for (int plane = 0; plane < depth; plane++) {
            pixels.limit(start + (plane + 1) * planeBytes).position(start + plane * planeBytes);
            writePlane(t, c, z + plane, pixels);
        }
        if (whole && depth == 1) {
            return encoder.chunkCrc32c();
        }
        pixels.limit(start + depth * planeBytes).position(start);
        crc.reset();
        crc.update(pixels);
        return crc.getValue();
    }

    private void writePlane(long t, int c, int z, ByteBuffer plane) throws IOException {
        if (whole && (plane.isDirect() || !encoder.needsDirect())) {
            writeChunk(t, c, z, 0, 0, plane);
            return;
        }
        if (staging == null) {
            staging = ByteBuffer.allocateDirect(array.chunkBytes());
        }
        for (int y = 0; y < height; y += chunkHeight) {
            for (int x = 0; x < width; x += chunkWidth) {
                gather(plane, y, x);
                writeChunk(t, c, z, y / chunkHeight, x / chunkWidth, staging.clear());
            }
        }
    }

    private void gather(ByteBuffer plane, int y, int x) {
        int bytes = array.type().bytes();
        int rows = Math.min(chunkHeight, height - y);
        int columns = Math.min(chunkWidth, width - x);
        if (rows < chunkHeight || columns < chunkWidth) {
            for (int i = 0; i < staging.capacity(); i++) {
                staging.put(i, (byte) 0);
            }
        }
        for (int row = 0; row < rows; row++) {
            int from = plane.position() + ((y + row) * width + x) * bytes;
            staging.put(row * chunkWidth * bytes, plane, from, columns * bytes);
        }
    }

    private void writeChunk(long t, int c, int z, int y, int x, ByteBuffer chunk) throws IOException {
        chunks.write(encoder.encode(chunk), t, c, z, y, x);
    }

    /** Makes sure that what was written so far is on the disk itself; any thread. */
    void sync() throws IOException {
        chunks.sync();
    }

    @Override
    public void close() throws IOException {
        encoder.close();
        chunks.close();
    }
}
