package io.nocturne.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Records that hold something else than the frame. */
class KafkaContentTest {
    @Test
    void aPreviewTellsTheMeansOfItsBlocksWithinAStepOf255() {
        FrameSpec full = new FrameSpec(1030, 700, PixelType.UINT16);
        ByteBuffer frame = ByteBuffer.allocateDirect(full.bytes()).order(ByteOrder.nativeOrder());
        for (int y = 0; y < 700; y++) {
            for (int x = 0; x < 1030; x++) {
                frame.putShort(2 * (y * 1030 + x), (short) (40_000 + 3 * x + 5 * y));
            }
        }
        PreviewPlane preview = new PreviewPlane(full, 512);

        ByteBuffer small = preview.of(frame);

        assertThat(preview.bin()).isEqualTo(3);
        assertThat(preview.spec()).isEqualTo(new FrameSpec(343, 233, PixelType.UINT8));
        double step = (preview.high() - preview.low()) / 255;
        for (int y = 0; y < 233; y += 29) {
            for (int x = 0; x < 343; x += 31) {
                double mean = 40_000 + 3 * (3 * x + 1) + 5 * (3 * y + 1);
                double told = preview.low() + (small.get(y * 343 + x) & 0xFF) * step;
                assertThat(told).isCloseTo(mean, within(step / 2 + 1e-9));
            }
        }
    }

    @Test
    void aFlatFrameHasAPreviewOfZeros() {
        FrameSpec full = new FrameSpec(20, 20, PixelType.UINT8);
        ByteBuffer frame = ByteBuffer.allocateDirect(full.bytes()).order(ByteOrder.nativeOrder());
        PreviewPlane preview = new PreviewPlane(full, 512);
        assertThat(preview.spec()).isEqualTo(full);
        assertThat(preview.of(frame).get(7)).isZero();
        assertThat(preview.high()).isEqualTo(preview.low());
    }

    @Test
    void claimChecksNeedNoPixelsInARecordAndPreviewsFew() {
        FrameSpec full = new FrameSpec(2048, 2048, 5, PixelType.FLOAT32);
        assertThat(KafkaContent.CLAIM_CHECK.valueSpec(full)).isEmpty();
        assertThat(KafkaContent.PREVIEW.valueSpec(full)).hasValue(new FrameSpec(512, 512, 5, PixelType.UINT8));
        assertThat(KafkaContent.RAW.valueSpec(full)).hasValue(full);
    }
}
