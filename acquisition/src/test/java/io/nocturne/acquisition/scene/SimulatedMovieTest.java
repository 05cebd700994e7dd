package io.nocturne.acquisition.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.stream.optics.CameraModel;
import io.nocturne.stream.optics.Optics;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedMovieTest {
    private static final int SIZE = 128;
    private static final Specimen ONE_CELL = new Specimen(1, 6, 30, 20, 1);

    private static StreamSpec stream(int channels, int zSlices) {
        return new StreamSpec(
                "cam0",
                new FrameSpec(SIZE, SIZE, PixelType.UINT16),
                List.of("a", "b", "c", "d").subList(0, channels),
                zSlices,
                1,
                0.1,
                0.8,
                16,
                50_000_000,
                50_000_000,
                -1);
    }

    private static SimulatedMovie movie(Specimen specimen, Light light, SensorSpec sensor, long seed) {
        return new SimulatedMovie(
                stream(1, 1), List.of(Structure.CELLS), specimen, Optics.widefield(1.3), light, sensor, seed);
    }

    private static float[] photons(SimulatedMovie movie, long index) {
        float[] plane = new float[SIZE * SIZE];
        movie.photons(index, plane);
        return plane;
    }

    private static double mean(float[] plane) {
        double sum = 0;
        for (float value : plane) {
            sum += value;
        }
        return sum / plane.length;
    }

    @Test
    void aFrameIsAFunctionOfSeedAndIndexAlone() {
        SimulatedMovie played = movie(ONE_CELL, Light.DIM, SensorSpec.scmos(), 4);
        SimulatedMovie asked = movie(ONE_CELL, Light.DIM, SensorSpec.scmos(), 4);
        short[] counts = new short[SIZE * SIZE];
        for (int k = 0; k < 7; k++) {
            played.frame(k, counts);
        }
        short[] other = new short[SIZE * SIZE];
        asked.frame(6, other);
        assertThat(other).isEqualTo(counts);
        asked.frame(5, other);
        assertThat(other).isNotEqualTo(counts);
        movie(ONE_CELL, Light.DIM, SensorSpec.scmos(), 5).frame(6, other);
        assertThat(other).isNotEqualTo(counts);
    }

    @ParameterizedTest
    @EnumSource(SensorSpec.Kind.class)
    void noiseIsWhatTheCameraModelSaysAroundTheTruth(SensorSpec.Kind kind) {
        SimulatedMovie movie = movie(ONE_CELL, Light.DIM.withPeakPhotons(60), SensorSpec.of(kind), 4);
        CameraModel camera = movie.camera();
        short[] counts = new short[SIZE * SIZE];
        double sum = 0;
        double squares = 0;
        int n = 0;
        for (int k = 0; k < 8; k++) {
            float[] truth = photons(movie, k);
            movie.frame(k, counts);
            for (int p = 0; p < counts.length; p++) {
                // The PMT's lag blurs structures along the line; only flat places have the model's own mean there.
                boolean flat = kind != SensorSpec.Kind.PMT || isFlat(truth, p);
                if (flat) {
                    double z = ((counts[p] & 0xffff) - camera.meanCounts(p, truth[p]))
                            / Math.sqrt(camera.countsVariance(p, truth[p]));
                    sum += z;
                    squares += z * z;
                    n++;
                }
            }
        }
        double bound = kind == SensorSpec.Kind.PMT ? 0.1 : 6 / Math.sqrt(n);
        assertThat(sum / n).isCloseTo(0, within(bound));
        assertThat(squares / n).isCloseTo(1, within(kind == SensorSpec.Kind.PMT ? 0.1 : 0.03));
    }

    private static boolean isFlat(float[] truth, int p) {
        if (p % SIZE < 12) {
            return false;
        }
        for (int d = 1; d <= 4; d++) {
            if (Math.abs(truth[p - d] - truth[p]) > 0.02 * truth[p]) {
                return false;
            }
        }
        return true;
    }

    @Test
    void thePeakOfTheFirstFrameIsThePhotonBudget() {
        Light light = new Light(40, 0, 0, 0);
        float[] plane = photons(movie(ONE_CELL, light, SensorSpec.scmos(), 4), 0);
        Arrays.sort(plane);
        assertThat((double) plane[(int) (0.999 * (plane.length - 1))]).isCloseTo(40, within(0.01));
        assertThat((double) plane[plane.length / 10]).isLessThan(10);
    }

    @Test
    void fluorescenceBleachesExponentiallyWithExposure() {
        // Frozen, so that only bleaching changes the light: 50 ms a frame, a third left after 10 s.
        Specimen frozen = new Specimen(1, 6, 30, 20, 0);
        SimulatedMovie movie = movie(frozen, new Light(40, 0, 10, 0.2), SensorSpec.scmos(), 4);
        double first = mean(photons(movie, 0));
        for (int k : new int[] {1, 20, 100, 200, 600}) {
            double left = Math.exp(-k * 0.05 / 10);
            assertThat(mean(photons(movie, k)) / first).isCloseTo(left, within(1e-4));
        }
    }

    @Test
    void backgroundFollowsTheIlluminationAndDoesNotBleach() {
        Specimen nothing = new Specimen(1, 6, 0, 0, 1);
        SimulatedMovie movie = movie(nothing, new Light(1e-6, 8, 0.1, 0.5), SensorSpec.scmos(), 4);
        float[] late = photons(movie, 5000);
        assertThat(late[SIZE / 2 * SIZE + SIZE / 2]).isCloseTo(8f, within(0.01f));
        assertThat(late[0]).isCloseTo(4f, within(0.1f));
    }

    @Test
    void motionIsSmoothAndSlowAgainstTheFrameRate() {
        SimulatedMovie movie = movie(ONE_CELL, new Light(100, 0, 0, 0), SensorSpec.scmos(), 4);
        double nextFrame = difference(photons(movie, 100), photons(movie, 101));
        double fiveSeconds = difference(photons(movie, 100), photons(movie, 200));
        assertThat(nextFrame).isPositive();
        assertThat(nextFrame).isLessThan(0.4 * fiveSeconds);
    }

    @Test
    void slicesOutOfFocusAreBlurredButKeepTheirLight() {
        SimulatedMovie movie = new SimulatedMovie(
                stream(1, 7),
                List.of(Structure.MICROTUBULES),
                new Specimen(1, 4, 40, 0, 0),
                Optics.widefield(1.3),
                new Light(50, 0, 0, 0),
                SensorSpec.scmos(),
                4);
        float[] middle = photons(movie, 3);
        float[] far = photons(movie, 6);
        assertThat(sharpness(far)).isLessThan(0.4 * sharpness(middle));
        assertThat(mean(far)).isBetween(0.7 * mean(middle), 1.3 * mean(middle));
    }

    @Test
    void channelsShowDifferentStructures() {
        SimulatedMovie movie = new SimulatedMovie(
                stream(4, 1),
                List.of(Structure.values()),
                ONE_CELL,
                Optics.confocal(1.3),
                Light.DIM,
                SensorSpec.pmt(),
                4);
        assertThat(difference(photons(movie, 1), photons(movie, 3))).isGreaterThan(0.5);
        assertThat(difference(photons(movie, 2), photons(movie, 3))).isGreaterThan(0.5);
    }

    @Test
    void vesiclesMoveAtPhysiologicalSpeedsWithoutJumps() {
        Anatomy cell = new Anatomy(77, 13);
        Microtubule[] tracks = new Microtubule[20];
        for (int i = 0; i < tracks.length; i++) {
            tracks[i] = new Microtubule(cell, SmoothNoise.key(5, i), 0.08);
        }
        double[] before = new double[3];
        double[] after = new double[3];
        for (int v = 0; v < 60; v++) {
            Vesicle vesicle = new Vesicle(cell, tracks, SmoothNoise.key(6, v));
            for (int k = 0; k < 600; k++) {
                vesicle.position(k * 0.05, before);
                vesicle.position((k + 1) * 0.05, after);
                double speed = Math.hypot(after[0] - before[0], after[1] - before[1]) / 0.05;
                assertThat(speed).as("vesicle %s at %s", v, k).isLessThan(6);
            }
        }
    }

    @Test
    void wanderingSpreadsLikeDiffusionUpToItsCage() {
        double diffusion = 0.02;
        double[] lags = {0.2, 0.8, 3.2};
        double[] squares = new double[lags.length];
        int walks = 4000;
        for (int w = 0; w < walks; w++) {
            for (int i = 0; i < lags.length; i++) {
                long key = SmoothNoise.key(9, w);
                double from = SmoothNoise.wander(key, 50, diffusion, 0.1, 20);
                double to = SmoothNoise.wander(key, 50 + lags[i], diffusion, 0.1, 20);
                squares[i] += (to - from) * (to - from) / walks;
            }
        }
        for (int i = 0; i < lags.length; i++) {
            assertThat(squares[i] / (2 * diffusion * lags[i]))
                    .as("lag %s s", lags[i])
                    .isBetween(0.7, 1.4);
        }
    }

    private static double difference(float[] a, float[] b) {
        double sum = 0;
        for (int p = 0; p < a.length; p++) {
            sum += (a[p] - b[p]) * (a[p] - b[p]);
        }
        return Math.sqrt(sum / a.length);
    }

    private static double sharpness(float[] plane) {
        double sum = 0;
        for (int p = 1; p < plane.length; p++) {
            sum += (plane[p] - plane[p - 1]) * (plane[p] - plane[p - 1]);
        }
        return sum;
    }
}
