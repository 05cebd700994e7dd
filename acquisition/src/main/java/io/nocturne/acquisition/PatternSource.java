package io.nocturne.acquisition;

import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * Frames whose every pixel follows from the frame's index, at memory speed: for stress, speed and loss tests. A slot that
 * was torn, overwritten or mixed up shows at any row through {@link #mismatch(FrameView, long)}.
 *
 * <p>Word {@code w} of a frame (64 bits, native order) is {@code table[w % 512] ^ mix(index, w / 512)}: a fixed table of
 * random numbers, another key for each block of 4 KiB and each frame. In float32 frames the exponent bits are set so that
 * every pixel lies in 1 to 2. All pixel values of integer types occur; the frames do not compress.
 */
public final class PatternSource implements FrameSource {
    private static final int BLOCK_WORDS = 512;
    private static final long FLOAT_MANTISSAS = 0x007f_ffff_007f_ffffL;
    private static final long FLOAT_ONES = 0x3f80_0000_3f80_0000L;
    private static final long[] TABLE = new long[BLOCK_WORDS];

    static {
        for (int i = 0; i < BLOCK_WORDS; i++) {
            TABLE[i] = NoiseRandom.mix(0x7061_7474_6572_6eL + i * 0x9e37_79b9_7f4a_7c15L);
        }
    }

    /**
     * What to give, and how fast.
     *
     * @param stream name of the stream
     * @param frame geometry, any
     * @param framesPerSecond open loop at this rate; 0 for as fast as there is room, nothing lost
     * @param frames how many, -1 without end
     * @param bufferFrames due frames held while the pipeline pushes back, before the oldest is overwritten; 0 for one
     *     second's worth
     */
    public record Settings(String stream, FrameSpec frame, double framesPerSecond, long frames, int bufferFrames) {
        public Settings {
            Objects.requireNonNull(stream, "stream");
            Objects.requireNonNull(frame, "frame");
            Rates.checkRate(framesPerSecond);
            Rates.checkFrames(frames);
            Rates.checkBuffer(bufferFrames);
        }

        /** Frames as fast as there is room. */
        public static Settings unpaced(String stream, FrameSpec frame, long frames) {
            return new Settings(stream, frame, 0, frames, 0);
        }
    }

    private final Settings settings;
    private final OpenLoop.Waiting waiting;
    private OpenLoop pace;

    public PatternSource(Settings settings) {
        this(settings, LockSupport::parkNanos);
    }

    PatternSource(Settings settings, OpenLoop.Waiting waiting) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.waiting = waiting;
    }

    @Override
    public StreamSpec open() {
        long period = Rates.periodNanos(settings.framesPerSecond());
        return StreamSpec.movie(settings.stream(), settings.frame(), period, settings.frames());
    }

    @Override
    public SourceEnd run(FrameWriter writer) throws Exception {
        if (pace == null) {
            long period = Rates.periodNanos(settings.framesPerSecond());
            int buffer = Rates.bufferFrames(settings.bufferFrames(), settings.framesPerSecond());
            pace = new OpenLoop(period, settings.frames(), buffer, waiting);
        }
        return pace.run(writer, new Pattern());
    }

    @Override
    public void close() {}

    /**
     * Writes frame {@code index} into a buffer.
     *
     * @param pixels one frame of native byte order, from 0 to its limit; its position is left at the limit
     */
    public static void fill(ByteBuffer pixels, PixelType type, long index) {
        fill(pixels, type, index, new long[BLOCK_WORDS]);
    }

    /**
     * Checks a frame, without allocating.
     *
     * @return number of the first pixel that does not belong to frame {@code index}, or -1 if all do
     */
    public static int mismatch(FrameView frame, long index) {
        return mismatch(frame.pixels(), frame.spec().pixelType(), index);
    }

    /**
     * Checks a frame's pixels, from 0 to the buffer's limit; the position stays as it is.
     *
     * @return number of the first pixel that does not belong to frame {@code index}, or -1 if all do
     */
    public static int mismatch(ByteBuffer pixels, PixelType type, long index) {
        requireNativeOrder(pixels);
        int bytes = pixels.limit();
        int words = bytes >>> 3;
        long key = 0;
        for (int w = 0; w < words; w++) {
            if (w % BLOCK_WORDS == 0) {
                key = key(index, w / BLOCK_WORDS);
            }
            long expected = shape(TABLE[w % BLOCK_WORDS] ^ key, type);
            if (pixels.getLong(w << 3) != expected) {
                return firstWrongByte(pixels, w << 3, 8, expected) / type.bytes();
            }
        }
        int rest = bytes & 7;
        if (rest > 0) {
            int wrong = firstWrongByte(pixels, words << 3, rest, word(index, words, type));
            return wrong < 0 ? -1 : wrong / type.bytes();
        }
        return -1;
    }

    private static void fill(ByteBuffer pixels, PixelType type, long index, long[] block) {
        requireNativeOrder(pixels);
        int words = pixels.limit() >>> 3;
        pixels.position(0);
        LongBuffer longs = pixels.asLongBuffer();
        for (int first = 0; first < words; first += BLOCK_WORDS) {
            long key = key(index, first / BLOCK_WORDS);
            if (type == PixelType.FLOAT32) {
                for (int i = 0; i < BLOCK_WORDS; i++) {
                    block[i] = ((TABLE[i] ^ key) & FLOAT_MANTISSAS) | FLOAT_ONES;
                }
            } else {
                for (int i = 0; i < BLOCK_WORDS; i++) {
                    block[i] = TABLE[i] ^ key;
                }
            }
            longs.put(block, 0, Math.min(BLOCK_WORDS, words - first));
        }
        long last = word(index, words, type);
        for (int b = words << 3; b < pixels.limit(); b++) {
            pixels.put(b, byteOf(last, b & 7));
        }
        pixels.position(pixels.limit());
    }

    private static long key(long index, int block) {
        return NoiseRandom.mix(NoiseRandom.mix(index) + block * 0x9e37_79b9_7f4a_7c15L);
    }

    private static long word(long index, int w, PixelType type) {
        return shape(TABLE[w % BLOCK_WORDS] ^ key(index, w / BLOCK_WORDS), type);
    }

    private static long shape(long bits, PixelType type) {
        return type == PixelType.FLOAT32 ? (bits & FLOAT_MANTISSAS) | FLOAT_ONES : bits;
    }

    private static byte byteOf(long word, int position) {
        int shift = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? position : 7 - position;
        return (byte) (word >>> (8 * shift));
    }

    private static int firstWrongByte(ByteBuffer pixels, int from, int count, long expected) {
        for (int b = 0; b < count; b++) {
            if (pixels.get(from + b) != byteOf(expected, b)) {
                return from + b;
            }
        }
        return -1;
    }

    private static void requireNativeOrder(ByteBuffer pixels) {
        if (pixels.order() != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException("Pixels must be in native byte order " + ByteOrder.nativeOrder()
                    + ", not " + pixels.order() + ": a duplicate of a buffer starts out big-endian");
        }
    }

    private final class Pattern implements OpenLoop.Subject {
        private final long[] block = new long[BLOCK_WORDS];

        @Override
        public OpenLoop.Readiness prepare(long k) {
            return OpenLoop.Readiness.READY;
        }

        @Override
        public void fill(long k, FrameDraft draft) {
            PatternSource.fill(draft.pixels(), settings.frame().pixelType(), k, block);
        }
    }
}
