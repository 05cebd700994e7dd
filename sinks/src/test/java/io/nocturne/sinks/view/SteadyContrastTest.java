package io.nocturne.sinks.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SteadyContrastTest {
    private static final long FRAME_NANOS = 50_000_000L;
    private final FrameSpec spec = new FrameSpec(200, 150, PixelType.UINT16);
    private final ByteBuffer plane = ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
    private final SteadyContrast contrast = new SteadyContrast();
    private final Random random = new Random(1);
    private long now;

    @Test
    void noiseAloneMovesNothing() {
        show(1000, 100);
        double low = contrast.low();
        double high = contrast.high();
        for (int i = 0; i < 40; i++) {
            show(1000, 100);
            assertThat(contrast.low()).isEqualTo(low);
            assertThat(contrast.high()).isEqualTo(high);
        }
        assertThat(low).isBetween(700.0, 820.0);
        assertThat(high).isBetween(1230.0, 1400.0);
    }

    @Test
    void aSlowBleachIsFollowed() {
        for (int i = 0; i <= 100; i++) {
            show(1000 - 4 * i, 100);
        }
        assertThat(contrast.low()).isBetween(250.0, 560.0);
        assertThat(contrast.high()).isBetween(800.0, 1100.0);
    }

    @Test
    void aNewSceneIsShownAtOnce() {
        show(200, 10);
        show(20_000, 1000);
        assertThat(contrast.low()).isGreaterThan(15_000);
        assertThat(contrast.high()).isGreaterThan(21_000);
    }

    @Test
    void aFlatPictureHasARange() {
        show(500, 0);
        assertThat(contrast.high()).isGreaterThan(contrast.low());
    }

    @Test
    void whatIsNoNumberIsLeftOut() {
        FrameSpec floats = new FrameSpec(3, 2, PixelType.FLOAT32);
        ByteBuffer pixels = ByteBuffer.allocateDirect(floats.bytes()).order(ByteOrder.nativeOrder());
        for (float value : new float[] {Float.NaN, 2, 4, Float.POSITIVE_INFINITY, 3, Float.NaN}) {
            pixels.putFloat(value);
        }
        contrast.observe(pixels, floats, 0, 0);
        assertThat(contrast.low()).isEqualTo(2);
        assertThat(contrast.high()).isEqualTo(4);
    }

    @Test
    void theWholePictureCountsNotItsTopOnly() {
        plane.clear();
        for (int i = 0; i < spec.pixels(); i++) {
            plane.putShort((short) (i < spec.pixels() * 9 / 10 ? 100 : 900));
        }
        contrast.observe(plane, spec, 0, now);
        assertThat(contrast.low()).isEqualTo(100);
        assertThat(contrast.high()).isEqualTo(900);
    }

    private void show(double mean, double deviation) {
        plane.clear();
        while (plane.hasRemaining()) {
            plane.putShort((short) Math.round(mean + deviation * random.nextGaussian()));
        }
        contrast.observe(plane, spec, 0, now);
        now += FRAME_NANOS;
    }
}
