package io.nocturne.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.NoiseModel;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.CameraModel;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.optics.Photons;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trained models as they ship. */
class ShippedModelsTest {
    private static final int SIDE = 128;
    private static final FrameSpec FRAME = new FrameSpec(SIDE, SIDE, PixelType.UINT16);
    private static final int MOVIE_FRAMES = 6;
    private static final Photons LINE = SensorSpec.scmos().photons();
    private static final OnnxRestorer.Options OPTIONS = OnnxRestorer.Options.defaults()
            .withNoise(new NoiseModel(LINE.offset(), LINE.varianceSlope(), Math.sqrt(LINE.darkVariance())));

    @ParameterizedTest
    @ValueSource(strings = {"denoise-fast", "denoise", "denoise-temporal"})
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
    @ValueSource(strings = {"denoise-fast", "denoise", "denoise-temporal", "sr2x-fast"})
    void theCardTellsWhatTheWeightsLearnedFrom(String name) throws Exception {
        RestorationModel model = ModelCatalog.open(List.of()).find(name);
        assertThat(model.card().training().data()).anyMatch(data -> data.contains("CC BY 4.0"));
        assertThat(model.card().training().recipe()).contains(".recipe.json");
        assertThat(model.card().licence()).isEqualTo("Apache-2.0");
        assertThat(model.card().limits()).isNotBlank();
    }

    @Test
    void earlierFramesHelpWhereNothingMoves() throws Exception {
        double alone = rms(movie("denoise-fast", 0), bars(0));
        double together = rms(movie("denoise-temporal", 0), bars(0));
        assertThat(together).isLessThan(0.85 * alone);
    }

    @Test
    void earlierFramesAreLeftOutWhereSomethingMoves() throws Exception {
        float[] now = bars(MOVIE_FRAMES - 1);
        assertThat(rms(movie("denoise-temporal", 5), now)).isLessThan(1.05 * rms(movie("denoise-fast", 5), now));
    }

    @Test
    void aFrameThatIsRepeatedIsNotTakenForLessNoise() throws Exception {
        StillFrame frame = exposed(0, 1);
        assertThat(rms(alone("denoise-temporal", frame), alone("denoise-fast", frame)))
                .isLessThan(0.01);
    }

    /** Rows of bright bars that have moved to the right by so many pixels, in photons. */
    private static float[] bars(int right) {
        float[] photons = new float[SIDE * SIDE];
        for (int i = 0; i < photons.length; i++) {
            double phase = Math.sin(2 * Math.PI * (i % SIDE - right) / 32.0);
            photons[i] = (float) (2 + 18 / (1 + Math.exp(-12 * (phase - 0.6))));
        }
        return photons;
    }

    private static StillFrame exposed(int right, long seed) {
        short[] counts = new short[SIDE * SIDE];
        new CameraModel(SensorSpec.scmos(), SIDE, SIDE, 3).expose(bars(right), new NoiseRandom(seed), counts);
        StillFrame frame = new StillFrame(FRAME);
        frame.pixels().asShortBuffer().put(counts);
        return frame;
    }

    /** The last frame of a movie, restored, in photons. */
    private static float[] movie(String name, int pixelsPerFrame) throws Exception {
        RestorationModel model = ModelCatalog.open(List.of()).find(name);
        try (StillRestorer restorer = StillRestorer.open(model, FRAME, OPTIONS)) {
            float[] restored = null;
            for (int t = 0; t < MOVIE_FRAMES; t++) {
                restored = restorer.next(exposed(t * pixelsPerFrame, 40 + t));
            }
            return photons(restored);
        }
    }

    private static float[] alone(String name, StillFrame frame) throws Exception {
        RestorationModel model = ModelCatalog.open(List.of()).find(name);
        try (StillRestorer restorer = StillRestorer.open(model, FRAME, OPTIONS)) {
            return photons(restorer.restore(frame));
        }
    }

    private static float[] photons(float[] counts) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = (float) LINE.toPhotons(counts[i]);
        }
        return counts;
    }

    private static double rms(float[] found, float[] expected) {
        double sum = 0;
        for (int i = 0; i < found.length; i++) {
            sum += (found[i] - expected[i]) * (double) (found[i] - expected[i]);
        }
        return Math.sqrt(sum / found.length);
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
