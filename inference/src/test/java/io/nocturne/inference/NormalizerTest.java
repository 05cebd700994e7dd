package io.nocturne.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NormalizerTest {
    private static final FrameSpec FRAME = new FrameSpec(256, 192, PixelType.UINT16);

    private static StreamSpec stream(int channels, int zSlices) {
        List<String> names =
                IntStream.range(0, channels).mapToObj(Integer::toString).toList();
        return new StreamSpec("cam0", FRAME, names, zSlices, 1, Double.NaN, Double.NaN, 16, 0, 0, -1);
    }

    /** Smooth structure with Poisson-like noise of a known line. */
    private static TestFrame noisy(Random random, double gain, double offset, double read, double shift) {
        return new TestFrame(FRAME, i -> {
            int row = i / 256;
            double x = i % 256 + shift;
            double signal = 300 * (1 + Math.sin(x / 20) * Math.cos(row / 17.0));
            double sd = Math.sqrt(gain * signal + read * read);
            return Math.max(0, Math.rint(offset + signal + sd * random.nextGaussian()));
        });
    }

    private static double[] run(Normalizer normalizer, List<TestFrame> frames) {
        double[] norm = new double[8];
        frames.forEach(frame -> normalizer.observe(frame, norm));
        return norm;
    }

    @Test
    void percentilesOfTheFirstFrameAreItsOwn() {
        TestFrame ramp = new TestFrame(FRAME, i -> i % 256 * 10);
        Normalizer normalizer = new Normalizer(Normalization.percentile(2, 99.8), stream(1, 1), Optional.empty());
        double[] norm = run(normalizer, List.of(ramp));
        assertThat(normalizer.names()).containsExactly("lo", "hi");
        assertThat(norm[0]).isCloseTo(51, within(15.0));
        assertThat(norm[1]).isCloseTo(2545, within(15.0));
    }

    @Test
    void blockPercentileIsTheBackgroundWithoutItsNoise() {
        Random random = new Random(1);
        TestFrame frame = new TestFrame(FRAME, i -> 500 + 60 * random.nextGaussian() + (i % 256 < 64 ? 2000 : 0));
        Normalizer normalizer =
                new Normalizer(Normalization.blockPercentile(1, 99.5, 8), stream(1, 1), Optional.empty());
        assertThat(run(normalizer, List.of(frame))[0]).isCloseTo(485, within(15.0));
    }

    @Test
    void valuesNeverDependOnFramesToCome() {
        Random random = new Random(5);
        List<TestFrame> frames = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            frames.add(noisy(random, 4, 100 + 10 * i, 3, i));
        }
        for (Normalization rule : List.of(
                Normalization.percentile(2, 99.8),
                Normalization.blockPercentile(1, 99.5, 8),
                Normalization.anscombe())) {
            Normalizer whole = new Normalizer(rule, stream(1, 1), Optional.empty());
            double[] norm = new double[8];
            for (int i = 0; i < frames.size(); i++) {
                whole.observe(frames.get(i), norm);
                Normalizer part = new Normalizer(rule, stream(1, 1), Optional.empty());
                assertThat(run(part, frames.subList(0, i + 1))).containsExactly(norm);
            }
        }
    }

    @Test
    void runningValuesFollowASlowChange() {
        Normalizer normalizer = new Normalizer(Normalization.percentile(2, 99.8), stream(1, 1), Optional.empty());
        double[] norm = new double[8];
        for (int i = 0; i < 300; i++) {
            int level = i < 100 ? 1000 : 2000;
            normalizer.observe(new TestFrame(FRAME, p -> level + p % 7), norm);
        }
        assertThat(norm[0]).isCloseTo(2000, within(5.0));
    }

    @Test
    void channelsHaveTheirOwnValues() {
        Normalizer normalizer = new Normalizer(Normalization.percentile(2, 99.8), stream(2, 1), Optional.empty());
        double[] norm = new double[8];
        normalizer.observe(new TestFrame(FRAME, i -> 100 + i % 50).at(0, 0, 0), norm);
        double first = norm[1];
        normalizer.observe(new TestFrame(FRAME, i -> 5000 + i % 50).at(1, 0, 0), norm);
        assertThat(norm[0]).isGreaterThan(4999);
        normalizer.observe(new TestFrame(FRAME, i -> 100 + i % 50).at(0, 0, 0), norm);
        assertThat(norm[1]).isEqualTo(first);
    }

    @Test
    void theNoiseLineIsFoundInFrameDifferencesThoughTheSampleMovesAndBleaches() {
        Random random = new Random(2);
        List<TestFrame> frames = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            frames.add(noisy(random, 8, 100, 5, 0.5 * i));
        }
        Normalizer normalizer = new Normalizer(Normalization.anscombe(), stream(1, 1), Optional.empty());
        double[] norm = run(normalizer, frames);
        assertThat(norm[1]).as("gain").isCloseTo(8, within(0.9));
        // offset and read noise are one point of the line: its variance where the background is
        assertThat(norm[2] * norm[2]).isCloseTo(25 + 8 * (norm[0] - 100), within(120.0));
    }

    @Test
    void oneFrameAloneTellsItsNoiseToo() {
        Normalizer normalizer = new Normalizer(Normalization.anscombe(), stream(1, 1), Optional.empty());
        double[] norm = run(normalizer, List.of(noisy(new Random(3), 8, 100, 5, 0)));
        assertThat(norm[1]).isCloseTo(8, within(1.5));
    }

    @Test
    void aSliceIsNeverComparedWithAnotherSlice() {
        Random random = new Random(4);
        Normalizer normalizer = new Normalizer(Normalization.anscombe(), stream(1, 2), Optional.empty());
        double[] norm = new double[8];
        for (int i = 0; i < 8; i++) {
            int slice = i % 2;
            normalizer.observe(noisy(random, 8, 100, 5, 60 * slice).at(0, slice, 0), norm);
        }
        assertThat(norm[1]).isCloseTo(8, within(1.2));
    }

    @Test
    void darkAndFlatFramesGiveUsableValues() {
        for (double level : new double[] {0, 100, 65535}) {
            Normalizer normalizer = new Normalizer(Normalization.anscombe(), stream(1, 1), Optional.empty());
            TestFrame flat = new TestFrame(FRAME, i -> level);
            double[] norm = run(normalizer, List.of(flat, flat, flat));
            assertThat(Arrays.stream(norm).allMatch(Double::isFinite)).isTrue();
            assertThat(norm[1]).isPositive();
            assertThat(norm[2]).isPositive();
        }
    }

    @Test
    void aMeasuredCameraIsTakenAtItsWord() {
        Normalizer normalizer =
                new Normalizer(Normalization.anscombe(), stream(1, 1), Optional.of(new NoiseModel(100, 0.46, 1.6)));
        assertThat(Arrays.copyOf(run(normalizer, List.of(noisy(new Random(3), 8, 100, 5, 0))), 3))
                .containsExactly(100, 0.46, 1.6);
    }

    @Test
    void framesSmallerThanABlockAreMeasured() {
        FrameSpec tiny = new FrameSpec(3, 5, PixelType.FLOAT32);
        StreamSpec stream = StreamSpec.movie("cam0", tiny, 0, -1);
        Normalizer normalizer = new Normalizer(Normalization.anscombe(), stream, Optional.empty());
        double[] norm = run(normalizer, List.of(new TestFrame(tiny, i -> i), new TestFrame(tiny, i -> i * i)));
        assertThat(Arrays.stream(norm).allMatch(Double::isFinite)).isTrue();
    }

    @Test
    void quantilesInterpolateBetweenRanks() {
        Random random = new Random(6);
        for (int count : new int[] {1, 2, 3, 10, 997}) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = random.nextInt(50);
            }
            float[] sorted = values.clone();
            Arrays.sort(sorted);
            for (double fraction : new double[] {0, 0.01, 0.5, 0.993, 1}) {
                double rank = fraction * (count - 1);
                int below = (int) rank;
                double above = sorted[Math.min(count - 1, below + 1)];
                double expected = sorted[below] + (rank - below) * (above - sorted[below]);
                assertThat(Quantiles.quantile(values.clone(), 0, count, fraction))
                        .isCloseTo(expected, within(1e-4));
            }
        }
    }
}
