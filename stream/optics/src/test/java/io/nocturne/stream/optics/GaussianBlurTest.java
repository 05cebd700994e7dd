package io.nocturne.stream.optics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianBlurTest {
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.25, 0.9, 1.42, 6, 50, 900})
    void theKernelHasTheVarianceAskedFor(double variance) {
        GaussianBlur blur = new GaussianBlur(variance);
        double sum = 0;
        double second = 0;
        for (int d = -blur.radius(); d <= blur.radius(); d++) {
            sum += blur.weight(d);
            second += d * d * blur.weight(d);
        }
        assertThat(sum).isCloseTo(1, within(1e-6));
        assertThat(second).isCloseTo(variance, within(0.005 * variance + 1e-6));
    }

    @Test
    void aWideKernelIsTheSampledGaussian() {
        GaussianBlur blur = new GaussianBlur(100);
        double peak = 1 / Math.sqrt(2 * Math.PI * 100);
        assertThat(blur.weight(0)).isCloseTo(peak, within(0.005 * peak));
        assertThat(blur.weight(10)).isCloseTo(peak * Math.exp(-0.5), within(0.005 * peak));
    }

    @Property(tries = 60)
    void lightIsConservedOnPlanesOfAnySize(
            @ForAll @IntRange(min = 1, max = 37) int width,
            @ForAll @IntRange(min = 1, max = 23) int height,
            @ForAll @DoubleRange(min = 0, max = 30) double variance,
            @ForAll long seed) {
        float[] plane = new float[width * height];
        NoiseRandom random = new NoiseRandom(seed);
        double before = 0;
        for (int p = 0; p < plane.length; p++) {
            plane[p] = random.nextFloat();
            before += plane[p];
        }
        new GaussianBlur(variance).apply(plane, new GaussianBlur.Scratch(width, height));
        double after = 0;
        for (float value : plane) {
            assertThat(value).isBetween(0f, 1.00001f);
            after += value;
        }
        assertThat(after).isCloseTo(before, within(1e-4 * before + 1e-6));
    }

    @Test
    void aPointSpreadsAlikeInBothDirections() {
        GaussianBlur blur = new GaussianBlur(2);
        float[] plane = new float[31 * 31];
        plane[15 * 31 + 15] = 1;
        blur.apply(plane, new GaussianBlur.Scratch(31, 31));
        for (int d = 0; d <= blur.radius(); d++) {
            assertThat(plane[15 * 31 + 15 + d]).isCloseTo((float) (blur.weight(0) * blur.weight(d)), within(1e-7f));
            assertThat(plane[(15 + d) * 31 + 15]).isCloseTo(plane[15 * 31 + 15 - d], within(1e-7f));
        }
    }

    @Test
    void noVarianceChangesNothing() {
        float[] plane = {1, 2, 3, 4};
        new GaussianBlur(0).apply(plane, new GaussianBlur.Scratch(2, 2));
        assertThat(plane).containsExactly(1, 2, 3, 4);
        assertThatIllegalArgumentException().isThrownBy(() -> new GaussianBlur(-1));
    }
}
