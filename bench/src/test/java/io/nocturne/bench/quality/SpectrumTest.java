package io.nocturne.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.stream.optics.GaussianBlur;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpectrumTest {
    private static final int SIDE = 64;
    private static final int FINEST = Spectrum.BANDS.size() - 1;

    private static float[] noise(long seed) {
        Random random = new Random(seed);
        float[] image = new float[SIDE * SIDE];
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) random.nextGaussian();
        }
        return image;
    }

    @Test
    void theTruthHasAllItsPowerAndIsAllTrue() {
        Spectrum spectrum = new Spectrum(SIDE);
        spectrum.add(noise(1), noise(1));
        for (int band = 0; band <= FINEST; band++) {
            assertThat(spectrum.power(band)).isCloseTo(1, within(1e-9));
            assertThat(spectrum.correlation(band)).isCloseTo(1, within(1e-9));
        }
    }

    @Test
    void aBlurTakesFinePowerAndInventsNothing() {
        float[] blurred = noise(1);
        new GaussianBlur(1).apply(blurred, new GaussianBlur.Scratch(SIDE, SIDE));
        Spectrum spectrum = new Spectrum(SIDE);
        spectrum.add(blurred, noise(1));
        assertThat(spectrum.power(FINEST)).isLessThan(0.05 * spectrum.power(0));
        assertThat(spectrum.correlation(0)).isGreaterThan(0.95);
    }

    @Test
    void otherNoiseIsNothingOfTheTruth() {
        float[] half = noise(1);
        float[] other = noise(2);
        for (int i = 0; i < half.length; i++) {
            half[i] += other[i];
        }
        Spectrum spectrum = new Spectrum(SIDE);
        spectrum.add(half, noise(1));
        assertThat(spectrum.correlation(FINEST)).isCloseTo(Math.sqrt(0.5), within(0.05));
    }
}
