package io.nocturne.acquisition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PatternSourceTest {
    private static ByteBuffer plane(FrameSpec spec) {
        return ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
    }

    @Property(tries = 200)
    void everyWrongPixelIsFound(
            @ForAll @IntRange(min = 1, max = 90) int width,
            @ForAll @IntRange(min = 1, max = 70) int height,
            @ForAll PixelType type,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long index,
            @ForAll @IntRange(min = 0, max = Integer.MAX_VALUE) int where) {
        FrameSpec spec = new FrameSpec(width, height, type);
        ByteBuffer pixels = plane(spec);
        PatternSource.fill(pixels, type, index);
        assertThat(PatternSource.mismatch(pixels, type, index)).isEqualTo(-1);
        int wrong = where % spec.bytes();
        pixels.put(wrong, (byte) (pixels.get(wrong) ^ 0x10));
        assertThat(PatternSource.mismatch(pixels, type, index)).isEqualTo(wrong / type.bytes());
    }

    @Test
    void aFrameTornAtAnyRowShows() {
        FrameSpec spec = new FrameSpec(256, 64, PixelType.UINT16);
        ByteBuffer older = plane(spec);
        PatternSource.fill(older, spec.pixelType(), 41);
        for (int row = 1; row < 64; row++) {
            ByteBuffer torn = plane(spec);
            PatternSource.fill(torn, spec.pixelType(), 42);
            int from = row * 256 * 2;
            torn.put(from, older, from, spec.bytes() - from);
            assertThat(PatternSource.mismatch(torn, spec.pixelType(), 42)).isEqualTo(row * 256);
            assertThat(PatternSource.mismatch(torn, spec.pixelType(), 41)).isZero();
        }
    }

    @Test
    void blocksThatChangedPlacesShow() {
        FrameSpec spec = new FrameSpec(2048, 4, PixelType.UINT16);
        ByteBuffer pixels = plane(spec);
        PatternSource.fill(pixels, spec.pixelType(), 9);
        byte[] first = new byte[4096];
        byte[] second = new byte[4096];
        pixels.get(0, first).get(4096, second);
        pixels.put(0, second).put(4096, first);
        assertThat(PatternSource.mismatch(pixels, spec.pixelType(), 9)).isZero();
    }

    @Test
    void floatPixelsAreNumbersFromOneToTwo() {
        FrameSpec spec = new FrameSpec(33, 17, PixelType.FLOAT32);
        ByteBuffer pixels = plane(spec);
        PatternSource.fill(pixels, spec.pixelType(), 3);
        for (int p = 0; p < spec.pixels(); p++) {
            assertThat(pixels.getFloat(4 * p)).isBetween(1f, 2f);
        }
    }

    @Test
    void aBigEndianBufferIsRefused() {
        ByteBuffer wrong = ByteBuffer.allocateDirect(64)
                .order(
                        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                                ? ByteOrder.BIG_ENDIAN
                                : ByteOrder.LITTLE_ENDIAN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PatternSource.mismatch(wrong, PixelType.UINT16, 0))
                .withMessageContaining("native byte order");
    }

    @Test
    void theSourceGivesFramesThatCheckOut() throws Exception {
        FrameSpec spec = new FrameSpec(31, 9, PixelType.UINT16);
        try (PatternSource source = new PatternSource(PatternSource.Settings.unpaced("cam0", spec, 40))) {
            FakeWriter writer = new FakeWriter(source.open());
            writer.room = time -> time / 300_000 % 2 == 0;
            source.run(writer);
            assertThat(writer.frames()).isEqualTo(40);
            for (FakeWriter.Entry entry : writer.entries) {
                assertThat(PatternSource.mismatch(entry.pixels(), spec.pixelType(), entry.header().index))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void atARateItLosesFramesAsACameraDoes() throws Exception {
        FrameSpec spec = new FrameSpec(16, 16, PixelType.UINT8);
        var settings = new PatternSource.Settings("cam0", spec, 100, 100, 10);
        FakeWriter writer = new FakeWriter(new PatternSource(settings).open());
        long start = writer.now;
        writer.room = time -> time - start < 205_000_000 || time - start > 605_000_000;
        new PatternSource(settings, writer::sleep).run(writer);
        assertThat(writer.frames() + writer.lost()).isEqualTo(100);
        assertThat(writer.lost()).isEqualTo(30);
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        FrameSpec spec = new FrameSpec(16, 16, PixelType.UINT8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PatternSource.Settings("cam0", spec, -5, 10, 0))
                .withMessageContaining("framesPerSecond must be 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PatternSource.Settings("cam0", spec, 5, 0, 0))
                .withMessageContaining("frames must be 1 or more, or -1");
    }
}
