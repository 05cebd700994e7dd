package io.nocturne.bench;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.stream.spi.FrameSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/** Checksums of the frames of a {@link PatternSource}, to compare with what others tell of frames they read. Any thread. */
public final class PatternSums {
    private final FrameSpec frame;
    private final Map<Long, String> sha1 = new ConcurrentHashMap<>();
    private final String hole;

    public PatternSums(FrameSpec frame) {
        this.frame = frame;
        hole = sha1(new byte[frame.bytes()]);
    }

    /** SHA-1 of a frame's pixels, as lower-case hexadecimal digits. */
    public String sha1(long index) {
        return sha1.computeIfAbsent(index, i -> sha1(pixels(i)));
    }

    /** SHA-1 of a frame that isn't there: all 0, which no frame of the pattern is. */
    public String sha1OfHole() {
        return hole;
    }

    /** CRC-32C of a frame's pixels. */
    public long crc32c(long index) {
        CRC32C crc = new CRC32C();
        crc.update(pixels(index));
        return crc.getValue();
    }

    private byte[] pixels(long index) {
        ByteBuffer pixels = ByteBuffer.allocate(frame.bytes()).order(ByteOrder.nativeOrder());
        PatternSource.fill(pixels, frame.pixelType(), index);
        return pixels.array();
    }

    private static String sha1(byte[] pixels) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(pixels));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-1", e);
        }
    }
}
