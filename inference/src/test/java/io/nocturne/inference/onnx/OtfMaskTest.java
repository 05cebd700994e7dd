package io.nocturne.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.inference.Baselines;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.OtfMask;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.LowPass;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import org.junit.jupiter.api.Test;

/** The objective's support behind a model. */
class OtfMaskTest {
    private static final int SIDE = 64;
    private static final OtfMask DRY = new OtfMask(0.45, 0.65);

    /** Waves along rows and columns, at that many cycles per pixel. */
    private static StillFrame waves(double frequency) {
        StillFrame frame = new StillFrame(new FrameSpec(SIDE, SIDE, PixelType.FLOAT32));
        for (int i = 0; i < SIDE * SIDE; i++) {
            int x = i % SIDE;
            int y = i / SIDE;
            double wave = Math.cos(2 * Math.PI * frequency * y) * Math.cos(2 * Math.PI * frequency * x);
            frame.set(i, (float) (100 + 20 * wave));
        }
        return frame;
    }

    private static float[] restored(RestorationModel model, StillFrame frame) throws Exception {
        try (StillRestorer restorer = StillRestorer.open(model, frame.spec(), OnnxRestorer.Options.defaults())) {
            return restorer.restore(frame);
        }
    }

    private static double amplitude(float[] image) {
        double most = 0;
        for (int y = 16; y < SIDE - 16; y++) {
            for (int x = 16; x < SIDE - 16; x++) {
                most = Math.max(most, Math.abs(image[y * SIDE + x] - 100));
            }
        }
        return most;
    }

    @Test
    void wavesThatTheObjectivePassesStayAndFinerOnesGo() throws Exception {
        RestorationModel model = Baselines.gaussian(0.5);
        RestorationModel masked = DRY.behind(model, 0.11);
        assertThat(masked.identity()).isNotEqualTo(model.identity());
        assertThat(LowPass.limit(0.45, 0.65, 0.11)).isCloseTo(0.152, within(1e-3));
        StillFrame passing = waves(0.125);
        StillFrame tooFine = waves(0.3);
        assertThat(amplitude(restored(masked, passing))).isCloseTo(amplitude(restored(model, passing)), within(1.0));
        assertThat(amplitude(restored(model, tooFine))).isGreaterThan(5);
        assertThat(amplitude(restored(masked, tooFine))).isLessThan(0.1);
    }

    @Test
    void brightnessStaysToTheEdges() throws Exception {
        StillFrame flat = waves(0);
        float[] image = restored(DRY.behind(Baselines.gaussian(0.5), 0.11), flat);
        for (float value : image) {
            assertThat(value).isCloseTo(image[0], within(1e-3f));
        }
        assertThat(image[0]).isCloseTo(120f, within(1e-2f));
    }

    @Test
    void coarsePixelsNeedNoMaskAndUnknownOnesAreRefused() throws Exception {
        RestorationModel model = Baselines.gaussian(0.5);
        assertThat(DRY.behind(model, 0.4)).isSameAs(model);
        assertThatThrownBy(() -> DRY.behind(model, Double.NaN))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("pixel size");
    }
}
