package io.nocturne.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TilePlanTest {
    private static TilePlan.Axis axis(int length, int tileUnits, int overlap, int multiple) {
        int tile = tileUnits * multiple;
        Assume.that(overlap <= tile / 2 && tile - overlap >= multiple);
        return TilePlan.tiled(length, length, tile, overlap, multiple).x();
    }

    @Property(tries = 120)
    void blendWeightsSumToOne(
            @ForAll @IntRange(min = 1, max = 600) int length,
            @ForAll @IntRange(min = 2, max = 16) int tileUnits,
            @ForAll @IntRange(min = 0, max = 64) int overlap,
            @ForAll @IntRange(min = 1, max = 8) int multiple) {
        TilePlan.Axis axis = axis(length, tileUnits, overlap, multiple);
        for (int pixel = 0; pixel < length; pixel++) {
            float sum = 0;
            int contributing = 0;
            for (int i = 0; i < axis.count(); i++) {
                float weight = axis.weight(i, pixel);
                assertThat(weight).isBetween(0f, 1f);
                contributing += weight > 0 ? 1 : 0;
                sum += weight;
                if (weight > 0) {
                    assertThat(pixel).isBetween(axis.origin(i), axis.origin(i) + axis.tile() - 1);
                }
            }
            assertThat(sum).isEqualTo(1f);
            assertThat(contributing).isBetween(1, 2);
            assertThat(axis.weight(axis.tileAt(pixel), pixel)).isGreaterThan(0f);
            assertThat(sumOfProducts(axis, pixel, pixel * 7 % length)).isEqualTo(1f);
        }
    }

    /** Weights of all tiles at a pixel of a frame that has this axis in x and y. */
    private static float sumOfProducts(TilePlan.Axis axis, int x, int y) {
        float sum = 0;
        for (int i = 0; i < axis.count(); i++) {
            for (int k = 0; k < axis.count() && axis.weight(i, x) > 0; k++) {
                sum += axis.weight(i, x) * axis.weight(k, y);
            }
        }
        return sum;
    }

    @Property(tries = 120)
    void tilesCoverTheFrameOnTheirGridAndShareTheOverlap(
            @ForAll @IntRange(min = 1, max = 600) int length,
            @ForAll @IntRange(min = 2, max = 16) int tileUnits,
            @ForAll @IntRange(min = 0, max = 64) int overlap,
            @ForAll @IntRange(min = 1, max = 8) int multiple) {
        TilePlan.Axis axis = axis(length, tileUnits, overlap, multiple);
        assertThat(axis.origin(0)).isZero();
        assertThat(axis.padded()).isGreaterThanOrEqualTo(length);
        for (int i = 1; i < axis.count(); i++) {
            assertThat(axis.origin(i) % multiple).isZero();
            assertThat(axis.origin(i - 1) + axis.tile() - axis.origin(i)).isGreaterThanOrEqualTo(overlap);
            assertThat(axis.origin(i)).isLessThan(length);
        }
        for (int position = 0; position < axis.padded(); position++) {
            assertThat(axis.source(position)).isBetween(0, length - 1);
        }
    }

    @Test
    void framesAreContinuedByMirroringOverAndOver() {
        TilePlan.Axis axis = TilePlan.tiled(3, 1, 8, 0, 8).x();
        int[] expected = {0, 1, 2, 1, 0, 1, 2, 1};
        for (int i = 0; i < 8; i++) {
            assertThat(axis.source(i)).isEqualTo(expected[i]);
        }
        assertThat(TilePlan.tiled(3, 1, 8, 0, 8).y().source(7)).isZero();
    }

    @Test
    void theOuterQuarterOfAnOverlapIsNotUsed() {
        TilePlan.Axis axis = TilePlan.tiled(112, 112, 64, 16, 8).x();
        assertThat(axis.count()).isEqualTo(2);
        assertThat(axis.origin(1)).isEqualTo(48);
        assertThat(axis.from(1)).isEqualTo(52);
        assertThat(axis.alone(1)).isEqualTo(60);
        assertThat(axis.weight(1, 51)).isZero();
        assertThat(axis.weight(0, 60)).isZero();
        assertThat(axis.weight(1, 55)).isEqualTo(3.5f / 8);
    }

    @Test
    void wholeFramesArePaddedToTheGrid() {
        TilePlan plan = TilePlan.whole(513, 100, 8, 0);
        assertThat(plan.tiles()).isEqualTo(1);
        assertThat(plan.x().tile()).isEqualTo(520);
        assertThat(plan.y().tile()).isEqualTo(104);
        assertThat(TilePlan.whole(3, 3, 8, 16).x().tile()).isEqualTo(16);
    }

    @Test
    void impossiblePlansAreRefused() {
        assertThatThrownBy(() -> TilePlan.tiled(100, 100, 60, 8, 8)).hasMessageContaining("no multiple of 8");
        assertThatThrownBy(() -> TilePlan.tiled(100, 100, 64, 40, 8)).hasMessageContaining("half of the tile");
    }
}
