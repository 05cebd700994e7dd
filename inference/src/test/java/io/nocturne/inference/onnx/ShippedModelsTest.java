package io.nocturne.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.CameraModel;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trained models as they ship. */
class ShippedModelsTest {
    private static final int SIDE = 128;
    private static final FrameSpec FRAME = new FrameSpec(SIDE, SIDE, PixelType.UINT16);

    @ParameterizedTest
    @ValueSource(strings = {"denoise-fast", "denoise"})
    void pureNoiseBecomesFlatAndKeepsItsMean(String name) throws Exception {
        RestorationModel model = ModelCatalog.open(List.of()).find(name);
        for (SensorSpec.Kind kind : SensorSpec.Kind.values()) {
            float[] photons = new float[SIDE * SIDE];
            Arrays.fill(photons, 2);
            short[] counts = new short[photons.length];
            new CameraModel(SensorSpec.of(kind), SIDE, SIDE, 3).expose(photons, new NoiseRandom(17), counts);
            StillFrame frame = new StillFrame(FRAME);
            frame.pixels().asShortBuffer().put(counts);
            try (StillRestorer restorer = StillRestorer.open(model, FRAME, OnnxRestorer.Options.defaults())) {
                double[] in = meanAndDeviation(frame.counts());
                double[] out = meanAndDeviation(restorer.restore(frame));
                assertThat(out[1]).isLessThan(0.2 * in[1]);
                assertThat(out[0]).isCloseTo(in[0], within(0.03 * in[1]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"denoise-fast", "denoise", "sr2x-fast"})
    void theCardTellsWhatTheWeightsLearnedFrom(String name) throws Exception {
        RestorationModel model = ModelCatalog.open(List.of()).find(name);
        assertThat(model.card().training().data()).anyMatch(data -> data.contains("CC BY 4.0"));
        assertThat(model.card().training().recipe()).contains(".recipe.json");
        assertThat(model.card().licence()).isEqualTo("Apache-2.0");
        assertThat(model.card().limits()).isNotBlank();
    }

    private static double[] meanAndDeviation(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length;
        return new double[] {mean, Math.sqrt(squares / values.length - mean * mean)};
    }
}
