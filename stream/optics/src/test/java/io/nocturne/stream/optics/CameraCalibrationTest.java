package io.nocturne.stream.optics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class CameraCalibrationTest {
    private static final int SIDE = 64;
    private static final int FRAMES = 120;
    private static final CameraModel CAMERA = new CameraModel(SensorSpec.scmos(), SIDE, SIDE, 5);

    /** Light that grows from left to right. */
    private static double ramp(int pixel) {
        return 5 + 3.0 * (pixel % SIDE);
    }

    private static PixelMoments expose(CameraModel camera, int frames, double flicker, IntToDoubleFunction light) {
        NoiseRandom random = new NoiseRandom(77);
        PixelMoments moments = new PixelMoments(SIDE * SIDE);
        float[] photons = new float[SIDE * SIDE];
        short[] counts = new short[SIDE * SIDE];
        float[] values = new float[SIDE * SIDE];
        for (int frame = 0; frame < frames; frame++) {
            double lamp = 1 + flicker * random.nextGaussian();
            for (int p = 0; p < photons.length; p++) {
                photons[p] = (float) (lamp * light.applyAsDouble(p));
            }
            camera.expose(photons, random, counts);
            for (int p = 0; p < counts.length; p++) {
                values[p] = counts[p] & 0xffff;
            }
            moments.add(values);
        }
        return moments;
    }

    private static PixelMoments dark() {
        return expose(CAMERA, FRAMES, 0, p -> 0);
    }

    @Test
    void theCameraThatMadeTheFramesIsFound() {
        CameraCalibration found = CameraCalibration.of(
                dark(), List.of(expose(CAMERA, FRAMES, 0, CameraCalibrationTest::ramp)), CAMERA.saturation());

        Photons line = CAMERA.sensor().photons();
        assertThat(found.offset()).isCloseTo(line.offset(), within(0.3));
        assertThat(found.gain()).isCloseTo(line.varianceSlope(), within(4 * found.gainError()));
        assertThat(found.gainError()).isLessThan(0.02 * found.gain());
        assertThat(found.readNoise()).isCloseTo(Math.sqrt(line.darkVariance()), within(0.15 * found.readNoise()));
    }

    @Test
    void mapsTellPixelsApart() {
        CameraCalibration found = CameraCalibration.of(
                dark(), List.of(expose(CAMERA, FRAMES, 0, CameraCalibrationTest::ramp)), CAMERA.saturation());

        double[] offsets = new double[SIDE * SIDE];
        double[] reads = new double[SIDE * SIDE];
        for (int p = 0; p < offsets.length; p++) {
            offsets[p] = CAMERA.offset(p);
            reads[p] = CAMERA.readNoise(p);
        }
        assertThat(correlation(found.offsets(), offsets)).isGreaterThan(0.8);
        assertThat(correlation(found.readNoises(), reads)).isGreaterThan(0.85);
    }

    @Test
    void lightThatFlickersIsNotTakenForGain() {
        PixelMoments flickering = expose(CAMERA, FRAMES, 0.05, p -> 20 * ramp(p));
        CameraCalibration found = CameraCalibration.of(dark(), List.of(flickering), CAMERA.saturation());

        assertThat(found.flicker()).isCloseTo(0.05, within(0.012));
        assertThat(found.gain()).isCloseTo(CAMERA.sensor().photons().varianceSlope(), within(0.1 * found.gain()));
    }

    @Test
    void bleachingIsNotTakenForNoise() {
        NoiseRandom random = new NoiseRandom(3);
        PixelMoments fading = new PixelMoments(1000);
        float[] values = new float[1000];
        for (int frame = 0; frame < 200; frame++) {
            for (int p = 0; p < values.length; p++) {
                values[p] = (float) (1000 * Math.exp(-frame / 200.0) + 2 * random.nextGaussian());
            }
            fading.add(values);
        }
        double mean = 0;
        for (int p = 0; p < values.length; p++) {
            mean += fading.variance(p) / values.length;
        }
        assertThat(mean).isBetween(3.9, 12.0); // 632 counts are lost on the way: a plain variance says 32,000
    }

    @Test
    void framesThatCannotTellAreRefused() {
        PixelMoments dark = dark();
        assertThatThrownBy(() -> CameraCalibration.of(dark, List.of(), 65_535))
                .hasMessageContaining("frames with light");
        assertThatThrownBy(() -> CameraCalibration.of(expose(CAMERA, 5, 0, p -> 0), List.of(dark), 65_535))
                .hasMessageContaining("at least 20 frames")
                .hasMessageContaining("there are 5");
        assertThatThrownBy(() -> CameraCalibration.of(dark, List.of(new PixelMoments(9)), 65_535))
                .hasMessageContaining("differ in size");
        PixelMoments saturated = expose(CAMERA, FRAMES, 0, p -> 1e6);
        assertThatThrownBy(() -> CameraCalibration.of(dark, List.of(saturated), CAMERA.saturation()))
                .hasMessageContaining("below saturation");
    }

    private static double correlation(float[] found, double[] truth) {
        double n = truth.length;
        double x = 0;
        double y = 0;
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < truth.length; i++) {
            x += found[i];
            y += truth[i];
            xx += (double) found[i] * found[i];
            yy += truth[i] * truth[i];
            xy += found[i] * truth[i];
        }
        return (xy / n - x / n * (y / n)) / Math.sqrt((xx / n - x / n * (x / n)) * (yy / n - y / n * (y / n)));
    }
}
