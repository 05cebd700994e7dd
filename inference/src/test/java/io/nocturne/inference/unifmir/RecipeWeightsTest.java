package io.nocturne.inference.unifmir;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecipeWeightsTest {
    @Test
    void theFirstValuesAreThoseThatAnotherLanguageFinds() {
        assertThat(RecipeWeights.values("conv_first.weight", 90, 1, 3, 3))
                .startsWith(0.127967f, 0.3707788f, 0.45035675f);
        assertThat(RecipeWeights.values("norm.weight", 90)).startsWith(0.7596766f, 0.63330245f, 1.0152507f);
        assertThat(RecipeWeights.values("conv_last.bias", 1)).containsExactly(-0.08096402f);
    }
}
