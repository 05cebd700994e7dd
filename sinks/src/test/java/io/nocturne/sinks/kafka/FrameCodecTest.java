package io.nocturne.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.fakes.PatternFrames;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class FrameCodecTest {
    @Property(tries = 200)
    void everyGeometryAndTypeComesBack(
            @ForAll @IntRange(min = 1, max = 40) int width,
            @ForAll @IntRange(min = 1, max = 40) int height,
            @ForAll @IntRange(min = 1, max = 4) int depth,
            @ForAll PixelType type,
            @ForAll @LongRange(min = 0) long index)
            throws Exception {
        FrameSpec spec = new FrameSpec(width, height, depth, type);
        FakeFrames frame = new FakeFrames(spec).restored(index);
        frame.header.channel = 3;
        frame.header.zSlice = 4;
        frame.header.position = 5;
        FrameCodec codec = new FrameCodec("cam0", spec);
        byte[] record = codec.newRecord();
        codec.encode(frame, 7, 123_456_789_012_345L, record);

        Ad00Frame read = FrameCodec.decode(ByteBuffer.wrap(record));

        assertThat(read.spec()).isEqualTo(spec);
        assertThat(read.sourceName()).isEqualTo("cam0");
        assertThat(read.captureEpochNanos()).isEqualTo(123_456_789_012_345L);
        assertThat(read.id()).isEqualTo((int) (index & 0x7FFF_FFFF));
        assertThat(read.number(FrameCodec.INDEX)).hasValue(index);
        assertThat(read.number(FrameCodec.EPOCH)).hasValue(7);
        assertThat(read.number(FrameCodec.CHANNEL)).hasValue(3);
        assertThat(read.number(FrameCodec.Z)).hasValue(4);
        assertThat(read.number(FrameCodec.POSITION)).hasValue(5);
        assertThat(read.number(FrameCodec.TIME)).hasValue(index);
        assertThat(read.number("nothing of that name")).isEmpty();
        assertThat(PatternFrames.mismatch(read.pixels(), index)).isEqualTo(-1);
        CRC32C crc = new CRC32C();
        crc.update(read.pixels());
        assertThat(codec.lastCrc32c()).isEqualTo(crc.getValue());
    }

    @Test
    void aRecordUsedAgainHoldsOnlyItsNewFrame() throws Exception {
        FrameSpec spec = new FrameSpec(33, 17, PixelType.UINT16);
        FrameCodec codec = new FrameCodec("cam0", spec);
        byte[] record = codec.newRecord();
        for (long index : new long[] {0, 5_000_000_000L, 2}) {
            codec.encode(new FakeFrames(spec).restored(index), 0, index * 10, record);
            Ad00Frame read = FrameCodec.decode(ByteBuffer.wrap(record));
            assertThat(read.number(FrameCodec.INDEX)).hasValue(index);
            assertThat(read.captureEpochNanos()).isEqualTo(index * 10);
            assertThat(PatternFrames.mismatch(read.pixels(), index)).isEqualTo(-1);
        }
    }

    @Test
    void pixelsAreLittleEndianAndLieInTheRecordItself() throws Exception {
        FrameSpec spec = new FrameSpec(2, 1, PixelType.UINT16);
        FrameCodec codec = new FrameCodec("cam0", spec);
        byte[] record = codec.newRecord();
        FakeFrames frame = new FakeFrames(spec).restored(0);
        frame.slot().order(ByteOrder.nativeOrder()).putShort(0, (short) 0x1234).putShort(2, (short) 0xFFFE);
        codec.encode(frame, 0, 0, record);

        ByteBuffer pixels = FrameCodec.decode(ByteBuffer.wrap(record)).pixels();
        assertThat(pixels.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(pixels.isReadOnly()).isTrue();
        assertThat(pixels.get(0)).isEqualTo((byte) 0x34);
        assertThat(Short.toUnsignedInt(pixels.getShort(2))).isEqualTo(0xFFFE);
        int at = indexOf(record, new byte[] {0x34, 0x12, (byte) 0xFE, (byte) 0xFF});
        assertThat(at % 8).as("8-byte aligned").isZero();
        record[at] = 0x35;
        assertThat(pixels.get(0)).isEqualTo((byte) 0x35);
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        throw new AssertionError("not found");
    }

    @Test
    void recordsOfOtherGeometriesAreRefused() {
        FrameCodec codec = new FrameCodec("cam0", new FrameSpec(4, 4, PixelType.UINT8));
        FakeFrames other = new FakeFrames(new FrameSpec(5, 4, PixelType.UINT8)).restored(0);
        assertThatThrownBy(() -> codec.encode(other, 0, 0, codec.newRecord()))
                .hasMessageContaining("20 bytes of pixels")
                .hasMessageContaining("16");
        assertThatThrownBy(() -> codec.encode(other, 0, 0, new byte[3])).hasMessageContaining("newRecord()");
    }

    @Test
    void whatIsNotAd00IsNamedSo() {
        assertThatThrownBy(() -> FrameCodec.decode(ByteBuffer.allocate(0)))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("identifier");
        assertThatThrownBy(() -> FrameCodec.decode(ByteBuffer.wrap(new byte[64])))
                .isInstanceOf(MalformedFrameException.class);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] record = encoded();
        for (int length = 0; length < record.length - 8; length++) {
            ByteBuffer cut = ByteBuffer.wrap(record, 0, length);
            assertThatThrownBy(() -> FrameCodec.decode(cut)).isInstanceOf(MalformedFrameException.class);
        }
    }

    @Test
    void corruptRecordsAreRefusedOrReadWithinTheirBounds() {
        byte[] whole = encoded();
        Random random = new Random(42);
        int refused = 0;
        int read = 0;
        for (int i = 0; i < 40_000; i++) {
            byte[] record = whole.clone();
            corrupt(record, random);
            try {
                readAll(FrameCodec.decode(ByteBuffer.wrap(record)));
                read++;
            } catch (MalformedFrameException e) {
                refused++;
            }
        }
        // Any other exception or error has failed the test; both ends must have been exercised.
        assertThat(refused).isGreaterThan(2_000);
        assertThat(read).isGreaterThan(2_000);
    }

    @Property(tries = 2000)
    void randomBytesBehindTheIdentifierAreRefusedOrRead(@ForAll byte[] tail) {
        byte[] record = new byte[8 + tail.length];
        System.arraycopy(tail, 0, record, 8, tail.length);
        record[0] = 8;
        System.arraycopy(new byte[] {'a', 'd', '0', '0'}, 0, record, 4, 4);
        try {
            readAll(FrameCodec.decode(ByteBuffer.wrap(record)));
        } catch (MalformedFrameException e) {
            assertThat(e).hasMessageContaining("ad00");
        }
    }

    private static byte[] encoded() {
        FrameSpec spec = new FrameSpec(5, 3, PixelType.UINT16);
        FrameCodec codec = new FrameCodec("cam0", spec);
        byte[] record = codec.newRecord();
        codec.encode(new FakeFrames(spec).restored(77), 1, 99, record);
        return record;
    }

    /** One to four changes: a bit, a byte, or a whole 32-bit number of the sort that offsets and lengths are. */
    private static void corrupt(byte[] record, Random random) {
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(record.length - 4);
            switch (random.nextInt(3)) {
                case 0 -> record[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> record[at] = (byte) random.nextInt();
                default -> {
                    int[] numbers = {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0, record.length, random.nextInt()};
                    ByteBuffer.wrap(record)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(at & ~3, numbers[random.nextInt(numbers.length)]);
                }
            }
        }
    }

    private static long readAll(Ad00Frame frame) {
        long sum = frame.sourceName().length() + frame.captureEpochNanos() + frame.id();
        sum += frame.number("no such name").orElse(1);
        ByteBuffer pixels = frame.pixels();
        assertThat(pixels.remaining()).isEqualTo(frame.spec().bytes());
        while (pixels.hasRemaining()) {
            sum += pixels.get();
        }
        return sum;
    }
}
