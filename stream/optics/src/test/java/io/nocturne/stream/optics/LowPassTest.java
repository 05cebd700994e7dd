package io.nocturne.stream.optics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LowPassTest {
    @ParameterizedTest
    @ValueSource(doubles = {0.08, 0.152, 0.25, 0.35})
    void whatAnObjectivePassesStaysAndWhatIsFarBeyondGoes(double limit) {
        LowPass filter = LowPass.passing(limit);
        assertThat(filter.response(0)).isCloseTo(1, within(1e-6));
        for (double f = 0; f <= limit; f += 0.01) {
            assertThat(filter.response(f)).isCloseTo(1, within(0.04));
        }
        for (double f = limit + 0.1; f <= 0.5; f += 0.01) {
            assertThat(filter.response(f)).isCloseTo(0, within(0.04));
        }
    }

    @Test
    void theLimitIsThatOfIncoherentLightInPixels() {
        assertThat(LowPass.limit(1.3, 0.52, 0.08)).isCloseTo(0.4, within(1e-9));
        assertThat(LowPass.removesAnything(0.4)).isTrue();
        assertThat(LowPass.removesAnything(LowPass.limit(1.45, 0.52, 0.11))).isFalse();
    }

    @Test
    void impossibleCutoffsAreRefused() {
        assertThatThrownBy(() -> new LowPass(0.6, 8)).hasMessageContaining("0.6");
    }
}
