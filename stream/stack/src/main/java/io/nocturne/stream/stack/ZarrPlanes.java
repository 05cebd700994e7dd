package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes planes of one (t, c, z, y, x) array. Each chunk is written under a temporary name and renamed, so whoever sees it
 * sees it whole. Not safe for use from multiple threads.
 *
 * <p>Pixels go from the caller's direct buffer to the file without a copy when a chunk is a plane; split planes pass
 * through one chunk-sized buffer that is kept.
 */
final class ZarrPlanes implements AutoCloseable {
    private final Path folder;
    private final ZarrArray array;
    private final FileMover mover;
    private final ChunkEncoder encoder;
    private final Path temporary;
    private final int height;
    private final int width;
    private final int chunkHeight;
    private final int chunkWidth;
    private final boolean whole;
    private final CRC32C crc = new CRC32C();
    private final long[] lastFolder = {-1, -1, -1, -1};
    private ByteBuffer staging;

    ZarrPlanes(Path folder, ZarrArray array, FileMover mover) {
        this.folder = folder;
        this.array = array;
        this.mover = mover;
        this.encoder = new ChunkEncoder(array.codec(), array.chunkBytes());
        this.temporary = folder.resolve(".chunk" + AtomicFile.TEMPORARY);
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
        ByteBuffer[] parts = encoder.encode(chunk);
        ByteBuffer last = parts[parts.length - 1];
        Path target = folder.resolve(array.chunkKey(t, c, z, y, x));
        try {
            prepareFolders(t, c, z, y);
            try (FileChannel out = FileChannel.open(temporary, AtomicFile.WRITE_NEW)) {
                do {
                    out.write(parts);
                } while (last.hasRemaining());
            }
            mover.move(temporary, target);
        } catch (IOException e) {
            Arrays.fill(lastFolder, -1);
            AtomicFile.deleteQuietly(temporary, e);
            throw WriteFailure.of("Frame t=" + t + " c=" + c + " z=" + z, target, e);
        }
    }

    /** Makes the folders c/T/C/Z/Y that are not those of the chunk before. */
    private void prepareFolders(long t, int c, int z, int y) throws IOException {
        if (array.separator() != '/') {
            return;
        }
        boolean same = true;
        for (int level = 0; level < lastFolder.length; level++) {
            long at =
                    switch (level) {
                        case 0 -> t;
                        case 1 -> c;
                        case 2 -> z;
                        default -> y;
                    };
            same &= lastFolder[level] == at;
            lastFolder[level] = at;
            if (!same) {
                createFolder(
                        switch (level) {
                            case 0 -> array.chunkKey(t);
                            case 1 -> array.chunkKey(t, c);
                            case 2 -> array.chunkKey(t, c, z);
                            default -> array.chunkKey(t, c, z, y);
                        });
            }
        }
    }

    private void createFolder(String key) throws IOException {
        Path wanted = folder.resolve(key);
        try {
            Files.createDirectory(wanted);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(wanted)) {
                throw e;
            }
        } catch (NoSuchFileException e) {
            Files.createDirectories(wanted);
        }
    }

    @Override
    public void close() {
        encoder.close();
    }
}
