package io.nocturne.stream.optics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CameraModelTest {
    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;
    private static final int EXPOSURES = 150;

    @ParameterizedTest
    @CsvSource({"SCMOS,0", "SCMOS,3", "SCMOS,60", "EMCCD,0.5", "EMCCD,4", "EMCCD,80", "PMT,4", "PMT,40"})
    void countsHaveTheMeanAndVarianceThatTheModelTells(SensorSpec.Kind kind, double photons) {
        CameraModel camera = new CameraModel(SensorSpec.of(kind), WIDTH, HEIGHT, 3);
        float[] light = flat(photons);
        short[] counts = new short[light.length];
        NoiseRandom random = new NoiseRandom(21);
        double sumOfDeviations = 0;
        double sumOfSquares = 0;
        double sumOfFourth = 0;
        int n = 0;
        for (int e = 0; e < EXPOSURES; e++) {
            camera.expose(light, random, counts);
            for (int p = 0; p < counts.length; p++) {
                // The lag needs some pixels from the line's start to settle, and couples neighbours.
                if (p % WIDTH >= 8 && p % 4 == 0) {
                    double z = ((counts[p] & 0xffff) - camera.meanCounts(p, photons))
                            / Math.sqrt(camera.countsVariance(p, photons));
                    sumOfDeviations += z;
                    sumOfSquares += z * z;
                    sumOfFourth += z * z * z * z;
                    n++;
                }
            }
        }
        double kurtosis = sumOfFourth / n;
        assertThat(sumOfDeviations / n).isCloseTo(0, within(5 / Math.sqrt(n)));
        assertThat(sumOfSquares / n).isCloseTo(1, within(5 * Math.sqrt((kurtosis - 1) / n)));
    }

    @ParameterizedTest
    @EnumSource(SensorSpec.Kind.class)
    void theNoiseLineOfTheSensorIsThatOfItsMedianPixel(SensorSpec.Kind kind) {
        SensorSpec sensor = SensorSpec.of(kind);
        CameraModel camera = new CameraModel(sensor, WIDTH, HEIGHT, 3);
        Photons photons = sensor.photons();
        double[] variances = new double[WIDTH * HEIGHT];
        for (int p = 0; p < variances.length; p++) {
            variances[p] = camera.countsVariance(p, 10);
        }
        Arrays.sort(variances);
        double line = photons.variance(photons.toCounts(10));
        assertThat(variances[variances.length / 2]).isCloseTo(line, within(0.03 * line));
        assertThat(photons.toPhotons(photons.toCounts(7.5))).isCloseTo(7.5, within(1e-9));
    }

    @Test
    void anEmccdHasTheVarianceSlopeOfRealOnes() {
        assertThat(SensorSpec.emccd().photons().varianceSlope()).isBetween(57.0, 66.0);
    }

    @Test
    void scanningElectronicsCorrelateNeighboursAlongTheLine() {
        SensorSpec sensor = SensorSpec.pmt();
        CameraModel camera = new CameraModel(sensor, 512, 256, 3);
        float[] light = new float[512 * 256];
        Arrays.fill(light, 50);
        short[] counts = new short[light.length];
        camera.expose(light, new NoiseRandom(4), counts);
        double mean = camera.meanCounts(0, 50);
        double along = 0;
        double down = 0;
        double variance = 0;
        for (int p = 512 + 16; p < counts.length; p++) {
            if (p % 512 < 16) {
                continue;
            }
            double d = (counts[p] & 0xffff) - mean;
            along += d * ((counts[p - 1] & 0xffff) - mean);
            down += d * ((counts[p - 512] & 0xffff) - mean);
            variance += d * d;
        }
        assertThat(along / variance).isCloseTo(sensor.lag(), within(0.02));
        assertThat(down / variance).isCloseTo(0, within(0.02));
    }

    @ParameterizedTest
    @EnumSource(SensorSpec.Kind.class)
    void tooMuchLightSaturatesAndNeverWraps(SensorSpec.Kind kind) {
        CameraModel camera = new CameraModel(SensorSpec.of(kind), WIDTH, HEIGHT, 3);
        short[] counts = new short[WIDTH * HEIGHT];
        camera.expose(flat(5e6), new NoiseRandom(5), counts);
        for (short count : counts) {
            assertThat(count & 0xffff).isEqualTo(camera.saturation());
        }
        float[] expected = new float[counts.length];
        camera.expectedCounts(flat(5e6), expected);
        assertThat(expected[7]).isEqualTo(camera.saturation());
    }

    @Test
    void countsBelowZeroAreZero() {
        SensorSpec noOffset =
                new SensorSpec(SensorSpec.Kind.SCMOS, 0.8, 0, 0, 0.46, 0, 3, 0, 3, 1, 1, 0, 0, 30_000, 12);
        short[] counts = new short[WIDTH * HEIGHT];
        new CameraModel(noOffset, WIDTH, HEIGHT, 1).expose(flat(0), new NoiseRandom(6), counts);
        int zeros = 0;
        for (short count : counts) {
            assertThat((int) count).isBetween(0, 60);
            zeros += count == 0 ? 1 : 0;
        }
        assertThat(zeros).isGreaterThan(counts.length / 3);
    }

    @Test
    void readNoiseHasATailOfNoisyPixelsUpToTheLimit() {
        SensorSpec sensor = SensorSpec.scmos();
        CameraModel camera = new CameraModel(sensor, 256, 256, 3);
        double[] electrons = new double[256 * 256];
        for (int p = 0; p < electrons.length; p++) {
            electrons[p] = camera.readNoise(p) * sensor.electronsPerCount();
        }
        Arrays.sort(electrons);
        assertThat(electrons[electrons.length / 2]).isCloseTo(1.5, within(0.02));
        assertThat(electrons[electrons.length - 1]).isBetween(3.0, 6.0);
    }

    @Test
    void theSameSeedIsTheSameSensor() {
        CameraModel one = new CameraModel(SensorSpec.scmos(), WIDTH, HEIGHT, 8);
        CameraModel same = new CameraModel(SensorSpec.scmos(), WIDTH, HEIGHT, 8);
        CameraModel other = new CameraModel(SensorSpec.scmos(), WIDTH, HEIGHT, 9);
        assertThat(one.offset(100)).isEqualTo(same.offset(100)).isNotEqualTo(other.offset(100));
        assertThat(one.gain(100)).isEqualTo(same.gain(100));
        assertThat(one.readNoise(100)).isEqualTo(same.readNoise(100));
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SensorSpec.scmos().withBits(20))
                .withMessage("Sensor setting bits must be 8 to 16, not 20.0");
        CameraModel camera = new CameraModel(SensorSpec.scmos(), WIDTH, HEIGHT, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> camera.expose(new float[3], new NoiseRandom(1), new short[3]))
                .withMessageContaining("3072 pixels");
    }

    private static float[] flat(double photons) {
        float[] light = new float[WIDTH * HEIGHT];
        Arrays.fill(light, (float) photons);
        return light;
    }
}
