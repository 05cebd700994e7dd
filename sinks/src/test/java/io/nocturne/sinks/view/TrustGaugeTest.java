package io.nocturne.sinks.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pictures whose light, noise and residual are known, because the test makes them. */
class TrustGaugeTest {
    private static final FrameSpec SPEC = new FrameSpec(300, 200, PixelType.UINT16);
    private static final double GAIN = 2.5;
    private static final double OFFSET = 100;
    private static final double READ_NOISE = 3;

    @Test
    void gainPhotonsAndNoiseAreFoundAgain() {
        Trust trust = measure(1, 0, 0);
        assertThat(trust.countsPerPhoton()).isCloseTo(GAIN, within(0.2 * GAIN));
        assertThat(trust.photons()).isCloseTo(60, within(15.0));
        double noise = Math.sqrt(GAIN * GAIN * 60 + READ_NOISE * READ_NOISE);
        assertThat(trust.noise()).isCloseTo(noise, within(0.25 * noise));
        assertThat(trust.saturated()).isZero();
    }

    @Test
    void noiseInTheResidualIsToldFromStructure() {
        assertThat(measure(1, 0, 0).residualCorrelation()).isCloseTo(0, within(0.08));
        assertThat(measure(0.6, 0, 0).residualCorrelation()).isGreaterThan(0.2);
    }

    @Test
    void whatIsStillIsStableAndWhatFlickersIsNot() {
        Trust still = measure(1, 0, 0);
        assertThat(still.changeRestored()).isZero();
        assertThat(still.changeRaw()).isGreaterThan(0.02);
        assertThat(measure(1, 20, 0).changeRestored()).isCloseTo(20 / still.signal(), within(0.02));
    }

    @Test
    void saturatedPixelsAreCounted() {
        assertThat(measure(1, 0, 0.02).saturated()).isCloseTo(0.02, within(0.006));
    }

    @Test
    void lightOutsideTheModelsRangeAndSaturationAreWarnedOf() {
        Trust dim = measure(1, 0, 0); // some 60 photons
        assertThat(dim.warnings(2, 400)).isEmpty();
        assertThat(dim.warnings(Double.NaN, Double.NaN)).isEmpty();
        assertThat(dim.warnings(100, 400)).singleElement().asString().contains("100 to 400");
        assertThat(dim.warnings(2, 20)).singleElement().asString().contains("2 to 20");
        assertThat(measure(1, 0, 0.02).warnings(2, 400)).first().asString().contains("saturated");
    }

    @Test
    void noiseThatDoesNotGrowWithTheLightTellsNoGain() {
        TrustGauge gauge = new TrustGauge();
        Random random = new Random(3);
        for (int look = 0; look < 2; look++) {
            FramePair pair = new FramePair(SPEC.bytes(), 0);
            pair.hasRaw = true;
            for (int i = 0; i < SPEC.pixels(); i++) {
                pair.raw.putShort(2 * i, (short) Math.round(500 + 10 * random.nextGaussian()));
            }
            gauge.observe(pair, SPEC, SPEC, 12, look);
        }
        Trust trust = gauge.latest().orElseThrow();
        assertThat(trust.countsPerPhoton()).isNaN();
        assertThat(trust.photons()).isNaN();
        assertThat(trust.noise()).isCloseTo(10, within(1.0));
        assertThat(trust.residualCorrelation()).isNaN();
    }

    /**
     * Two frames of a smooth scene of up to 60 photons.
     *
     * @param kept part of the structure that restoring keeps
     * @param flicker counts by which the second restored frame is brighter
     * @param saturated part of raw pixels set to the highest value
     */
    private static Trust measure(double kept, double flicker, double saturated) {
        TrustGauge gauge = new TrustGauge();
        for (int look = 0; look < 2; look++) {
            FramePair pair = new FramePair(SPEC.bytes(), SPEC.bytes());
            pair.hasRaw = true;
            pair.hasRestored = true;
            fill(pair.raw, pair.restored.orElseThrow(), look, kept, look * flicker, saturated);
            pair.restoredLow = OFFSET;
            pair.restoredHigh = OFFSET + 60 * GAIN;
            gauge.observe(pair, SPEC, SPEC, 12, look);
        }
        return gauge.latest().orElseThrow();
    }

    private static void fill(
            ByteBuffer raw, ByteBuffer restored, int seed, double kept, double flicker, double saturated) {
        Random random = new Random(seed);
        for (int y = 0; y < SPEC.height(); y++) {
            for (int x = 0; x < SPEC.width(); x++) {
                double wave = 0.5 + 0.5 * Math.sin(x / 9.0) * Math.cos(y / 11.0);
                double photons = 60 * wave * wave;
                double seen = photons + Math.sqrt(photons) * random.nextGaussian();
                double counts = OFFSET + GAIN * seen + READ_NOISE * random.nextGaussian();
                boolean full = random.nextDouble() < saturated;
                int at = 2 * (y * SPEC.width() + x);
                raw.putShort(at, (short) (full ? 4095 : Math.round(Math.max(0, counts))));
                restored.putShort(at, (short) Math.round(OFFSET + kept * GAIN * photons + flicker));
            }
        }
    }
}
