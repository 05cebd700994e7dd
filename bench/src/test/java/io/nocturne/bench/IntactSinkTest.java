package io.nocturne.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import org.junit.jupiter.api.Test;

class IntactSinkTest {
    private static final FrameSpec FRAME = new FrameSpec(9, 7, PixelType.UINT16);

    private final IntactSink sink = new IntactSink("sink");
    private final BenchFrame frame = new BenchFrame(StreamSpec.movie("cam0", FRAME, 0, -1));

    private void give(long index, long patternOf) {
        PatternSource.fill(frame.draft(index).pixels(), PixelType.UINT16, patternOf);
        sink.onFrame(frame.commit(1));
    }

    @Test
    void framesInOrderAreIntact() {
        for (int i = 0; i < 5; i++) {
            give(i, i);
        }
        assertThat(sink.sawExactly(5)).isTrue();
        assertThat(sink.sawExactly(6)).isFalse();
    }

    @Test
    void aFrameWithAnothersPixelsIsDamaged() {
        give(0, 0);
        give(1, 0);
        assertThat(sink.wrongPixels()).isEqualTo(1);
        assertThat(sink.sawExactly(2)).isFalse();
    }

    @Test
    void aRepeatedFrameIsOutOfOrder() {
        give(0, 0);
        give(0, 0);
        assertThat(sink.outOfOrder()).isEqualTo(1);
    }

    @Test
    void aLeapAndAGapAreMissingFrames() {
        give(0, 0);
        give(2, 2);
        sink.onGap(3, 4, Cause.CAMERA_OVERWROTE);
        assertThat(sink.missing()).isEqualTo(5);
        assertThat(sink.outOfOrder()).isZero();
    }
}
