package io.nocturne.config.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * Free space of a disk, and the speed of writing to it in blocks the size of a frame.
 *
 * @param freeBytes bytes that this user may still write
 * @param bytesPerSecond sustained, flushed to the device
 */
public record DiskProbe(long freeBytes, double bytesPerSecond) {
    private static final int BLOCK = 1 << 20;
    private static final long ENOUGH_NANOS = 1_000_000_000L;
    private static final int MOST_BLOCKS = 256;

    /** Bytes free on the disk of the nearest folder that exists above the path. */
    public static long freeBytes(Path path) throws IOException {
        return Files.getFileStore(existing(path)).getUsableSpace();
    }

    /** Writes, flushes and removes a file of at most 256 MiB there, for about a second. */
    public static DiskProbe measure(Path folder) throws IOException {
        Path existing = existing(folder);
        byte[] noise = new byte[BLOCK];
        new Random(1).nextBytes(noise); // some disks compress
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK).put(noise);
        Path file = Files.createTempFile(existing, "nocturne-speed", ".tmp");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long start = System.nanoTime();
            int blocks = 0;
            while (blocks < MOST_BLOCKS && System.nanoTime() - start < ENOUGH_NANOS) {
                block.clear();
                while (block.hasRemaining()) {
                    channel.write(block);
                }
                blocks++;
            }
            channel.force(true);
            double seconds = (System.nanoTime() - start) / 1e9;
            return new DiskProbe(freeBytes(existing), (double) blocks * BLOCK / seconds);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Path existing(Path path) {
        Path at = path.toAbsolutePath();
        while (!Files.isDirectory(at)) {
            at = at.getParent();
        }
        return at;
    }
}
