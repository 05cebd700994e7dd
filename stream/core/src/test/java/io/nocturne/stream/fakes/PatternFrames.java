package io.nocturne.stream.fakes;

import java.nio.ByteBuffer;

/** Frames whose every byte is derived from the frame's index, so that a torn or overwritten frame shows at any row. */
public final class PatternFrames {
    private PatternFrames() {}

    /** Fills the whole buffer with the pattern of that frame. */
    public static void fill(ByteBuffer plane, long index) {
        plane.clear();
        int words = plane.capacity() / 8;
        for (int i = 0; i < words; i++) {
            plane.putLong(8 * i, word(index, i));
        }
        for (int i = 8 * words; i < plane.capacity(); i++) {
            plane.put(i, (byte) word(index, i));
        }
    }

    /** Byte offset of the first pixel that isn't that frame's, -1 if all are. */
    public static int mismatch(ByteBuffer plane, long index) {
        int words = plane.capacity() / 8;
        for (int i = 0; i < words; i++) {
            if (plane.getLong(8 * i) != word(index, i)) {
                return 8 * i;
            }
        }
        for (int i = 8 * words; i < plane.capacity(); i++) {
            if (plane.get(i) != (byte) word(index, i)) {
                return i;
            }
        }
        return -1;
    }

    private static long word(long index, long i) {
        long x = index * 0x9E3779B97F4A7C15L + i * 0xC2B2AE3D27D4EB4FL + 0x165667B19E3779F9L;
        return (x ^ x >>> 29) * 0xBF58476D1CE4E5B9L;
    }
}
