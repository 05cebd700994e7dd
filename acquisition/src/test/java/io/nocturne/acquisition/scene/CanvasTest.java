package io.nocturne.acquisition.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class CanvasTest {
    private static final int SIZE = 160;

    @Property(tries = 60)
    void aPointInFocusHasItsMassCentreAndWidthAtAnySubpixelPosition(
            @ForAll @DoubleRange(min = 40, max = 120) double x, @ForAll @DoubleRange(min = 40, max = 120) double y) {
        Moments moments = moments(x, y, 1.4);
        assertThat(moments.mass).isCloseTo(10, within(1e-3));
        assertThat(moments.x).isCloseTo(x, within(2e-3));
        assertThat(moments.y).isCloseTo(y, within(2e-3));
        assertThat(moments.varianceX).isCloseTo(1.4, within(0.02));
        assertThat(moments.varianceY).isCloseTo(1.4, within(0.02));
    }

    @Property(tries = 60)
    void aDefocusedPointHasTheWidthAskedFor(
            @ForAll @DoubleRange(min = 70, max = 90) double x,
            @ForAll @DoubleRange(min = 1.4, max = 120) double variance) {
        Moments moments = moments(x, 80, variance);
        assertThat(moments.mass).isCloseTo(10, within(0.01));
        assertThat(moments.x).isCloseTo(x, within(0.3));
        assertThat(moments.varianceX).isCloseTo(variance, within(0.05 * variance));
    }

    @Test
    void aPointFarOutsideLeavesNoTrace() {
        assertThat(moments(-500, 5000, 1.4).mass).isZero();
    }

    @Test
    void sizesThatAreNoMultipleOfAnythingWork() {
        Canvas canvas = new Canvas(37, 23, 1.2, 6);
        float[] out = new float[37 * 23];
        canvas.point(36, 22, 5, 40);
        canvas.develop(out);
        double mass = 0;
        for (float value : out) {
            mass += value;
        }
        // In the corner a quarter of the light falls inside, a little more for the half pixel.
        assertThat(mass).isBetween(1.2, 1.6);
    }

    private record Moments(double mass, double x, double y, double varianceX, double varianceY) {}

    private static Moments moments(double x, double y, double variance) {
        Canvas canvas = new Canvas(SIZE, SIZE, 1.4, 6);
        canvas.point(x, y, 10, variance);
        float[] out = new float[SIZE * SIZE];
        canvas.develop(out);
        double mass = 0;
        double sumX = 0;
        double sumY = 0;
        double squaresX = 0;
        double squaresY = 0;
        for (int row = 0; row < SIZE; row++) {
            for (int column = 0; column < SIZE; column++) {
                double light = out[row * SIZE + column];
                mass += light;
                sumX += light * column;
                sumY += light * row;
                squaresX += light * (column - x) * (column - x);
                squaresY += light * (row - y) * (row - y);
            }
        }
        double meanX = sumX / mass;
        double meanY = sumY / mass;
        return new Moments(
                mass,
                meanX,
                meanY,
                squaresX / mass - (meanX - x) * (meanX - x),
                squaresY / mass - (meanY - y) * (meanY - y));
    }
}
