package io.nocturne.stream.optics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeds are fixed, so these statistics are the same at every run; bounds are five standard errors. */
class NoiseRandomTest {
    private static final int DRAWS = 300_000;

    @ParameterizedTest
    @ValueSource(doubles = {0.003, 0.125, 0.9, 3.07, 7.999, 20.4, 31.99, 32, 55.5, 300, 20_000})
    void poissonHasItsMeanAndVariance(double mean) {
        NoiseRandom random = new NoiseRandom(11);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            double n = random.nextPoisson(mean);
            sum += n;
            squares += (n - mean) * (n - mean);
        }
        assertThat(sum / DRAWS).isCloseTo(mean, within(5 * Math.sqrt(mean / DRAWS)));
        // Fourth central moment of a Poisson number: mean + 3 mean^2.
        double errorOfVariance = Math.sqrt((mean + 2 * mean * mean) / DRAWS);
        assertThat(squares / DRAWS).isCloseTo(mean, within(5 * errorOfVariance));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.06, 1.03, 4.5, 12.2, 31.9, 32.1, 70})
    void poissonFollowsItsProbabilities(double mean) {
        NoiseRandom random = new NoiseRandom(12);
        int[] seen = new int[400];
        for (int i = 0; i < DRAWS; i++) {
            seen[random.nextPoisson(mean)]++;
        }
        double chiSquared = 0;
        int classes = 0;
        double pooledExpected = 0;
        int pooledSeen = 0;
        double probability = Math.exp(-mean);
        for (int n = 0; n < seen.length; n++) {
            pooledExpected += DRAWS * probability;
            pooledSeen += seen[n];
            if (pooledExpected >= 20) {
                chiSquared += (pooledSeen - pooledExpected) * (pooledSeen - pooledExpected) / pooledExpected;
                classes++;
                pooledExpected = 0;
                pooledSeen = 0;
            }
            probability *= mean / (n + 1);
        }
        assertThat(chiSquared).isLessThan(classes + 5 * Math.sqrt(2.0 * classes));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.4, 1, 2, 3.7, 30, 900})
    void gammaHasItsMeanAndVariance(double shape) {
        NoiseRandom random = new NoiseRandom(13);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            double g = random.nextGamma(shape);
            sum += g;
            squares += (g - shape) * (g - shape);
        }
        assertThat(sum / DRAWS).isCloseTo(shape, within(5 * Math.sqrt(shape / DRAWS)));
        double errorOfVariance = Math.sqrt((2 * shape * shape + 6 * shape) / DRAWS);
        assertThat(squares / DRAWS).isCloseTo(shape, within(5 * errorOfVariance));
    }

    @Test
    void noLightGivesNoElectrons() {
        NoiseRandom random = new NoiseRandom(1);
        assertThat(random.nextPoisson(0)).isZero();
        assertThat(random.nextPoisson(-3)).isZero();
        assertThat(random.nextPoisson(Double.NaN)).isZero();
    }

    @Test
    void seedAndIndexDetermineEveryNumber() {
        NoiseRandom first = new NoiseRandom(5);
        NoiseRandom second = new NoiseRandom(99);
        first.seed(7, 1234);
        second.nextGaussian();
        second.seed(7, 1234);
        IntStream.range(0, 1000).forEach(i -> assertThat(first.nextLong()).isEqualTo(second.nextLong()));
        first.seed(7, 1234);
        second.seed(7, 1235);
        assertThat(first.nextLong()).isNotEqualTo(second.nextLong());
    }

    @Test
    void neighbouringFramesAreUncorrelated() {
        NoiseRandom one = new NoiseRandom(0);
        NoiseRandom next = new NoiseRandom(0);
        double product = 0;
        for (int frame = 0; frame < 300; frame++) {
            one.seed(3, frame);
            next.seed(3, frame + 1);
            for (int i = 0; i < 300; i++) {
                product += one.nextGaussian() * next.nextGaussian();
            }
        }
        assertThat(product / 90_000).isCloseTo(0, within(5 / Math.sqrt(90_000)));
    }
}
