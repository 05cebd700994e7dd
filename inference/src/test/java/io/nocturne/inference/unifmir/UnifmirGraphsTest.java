package io.nocturne.inference.unifmir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.onnx.GraphRun;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tiny networks' graphs against the published forward pass in double precision. */
class UnifmirGraphsTest {
    private static final double TOLERANCE = 2e-5;

    private static float[] image(int count) {
        Random random = new Random(count);
        float[] image = new float[count];
        for (int i = 0; i < count; i++) {
            image[i] = random.nextFloat() * 2 - 0.5f;
        }
        return image;
    }

    private static double[][][] unpack(float[] image, int tile, int channels, int height, int width) {
        double[][][] planes = new double[channels][height][width];
        int next = tile * channels * height * width;
        for (double[][] plane : planes) {
            for (double[] row : plane) {
                for (int column = 0; column < width; column++) {
                    row[column] = image[next++];
                }
            }
        }
        return planes;
    }

    private static double[] pack(double[][][] planes) {
        return List.of(planes).stream()
                .flatMap(plane -> List.of(plane).stream())
                .flatMapToDouble(Arrays::stream)
                .toArray();
    }

    /** Runs two tiles and compares each with the reference. */
    private static void check(UnifmirNetwork network, GraphOptions options, double tolerance) throws Exception {
        StateDict weights = Networks.weights(network);
        int height = options.height();
        int width = options.width();
        float[] tiles = image(2 * network.inputs() * height * width);
        List<Integer> groups = options.fast() ? List.of(0, 2) : List.of(0, 1, 2);
        Reference reference = new Reference(network, weights, groups);
        try (GraphRun run =
                GraphRun.open(UnifmirGraphs.build(network, weights, options).toBytes(), 1)) {
            float[] restored = run.run(tiles, "restored", 2, network.inputs(), height, width);
            float[] first =
                    options.firstStage() ? run.run(tiles, "stage1", 2, network.inputs(), height, width) : new float[0];
            for (int tile = 0; tile < 2; tile++) {
                double[][][] image = unpack(tiles, tile, network.inputs(), height, width);
                compare(restored, tile, pack(reference.restore(image)), tolerance);
                if (options.firstStage()) {
                    compare(first, tile, pack(reference.firstStage(image)), tolerance);
                }
            }
        }
    }

    private static void compare(float[] actual, int tile, double[] expected, double tolerance) {
        assertThat(actual).hasSize(2 * expected.length);
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(actual[tile * expected.length + i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        assertThat(worst).isLessThanOrEqualTo(tolerance * largest);
    }

    /** Whole windows, a single row or column or window of them, and sides that are mirrored. */
    @ParameterizedTest
    @CsvSource({
        "PLAIN, 24, 16",
        "PLAIN, 13, 11",
        "CPU, 24, 16",
        "CPU, 8, 24",
        "CPU, 24, 8",
        "CPU, 8, 8",
        "CPU, 13, 11",
        "CPU_CHUNKED, 24, 32",
        "CPU_CHUNKED, 8, 24",
        "CPU_CHUNKED, 24, 8",
        "CPU_CHUNKED, 8, 8",
        "CPU_CHUNKED, 13, 11",
        "TENSORRT, 24, 16",
        "TENSORRT, 8, 24",
        "TENSORRT, 24, 8",
        "TENSORRT, 8, 8",
        "TENSORRT, 13, 11"
    })
    void everyFormulationIsTheNetworkAtEverySize(Formulation formulation, int width, int height) throws Exception {
        GraphOptions options =
                GraphOptions.tile(width, height).with(formulation).withChunk(2);
        check(Networks.tiny(UnifmirTask.DENOISE5), options, TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource
    void superResolutionDoublesTheSides(Formulation formulation) throws Exception {
        check(Networks.tiny(UnifmirTask.SR), GraphOptions.tile(16, 8).with(formulation), TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource
    void fastLeavesOutTheSecondGroup(Formulation formulation) throws Exception {
        GraphOptions options = GraphOptions.tile(16, 8).with(formulation).withFast(true);
        check(Networks.tiny(UnifmirTask.DENOISE), options, TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource
    void projectionAddsTheBodyToItsFirstStage(Formulation formulation) throws Exception {
        GraphOptions options = GraphOptions.tile(10, 9).with(formulation).withFirstStage(true);
        check(Networks.tiny(UnifmirTask.PROJECTION), options, TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource
    void volumesComeFromViews(Formulation formulation) throws Exception {
        GraphOptions options = GraphOptions.tile(8).with(formulation).withFirstStage(true);
        check(Networks.tiny(UnifmirTask.VOLUMETRIC), options, TOLERANCE);
    }

    /** Runs on the CPU with 32-bit arithmetic where it has no other; rounding of weights and between steps stays. */
    @ParameterizedTest
    @EnumSource
    void halfPrecisionIsClose(Formulation formulation) throws Exception {
        for (UnifmirTask task : List.of(UnifmirTask.SR, UnifmirTask.PROJECTION, UnifmirTask.VOLUMETRIC)) {
            GraphOptions options = GraphOptions.tile(8).with(formulation).withHalf(true);
            check(Networks.tiny(task), options, 1e-2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DENOISE5", "SR", "ISOTROPIC", "PROJECTION", "VOLUMETRIC"})
    void theUniversalNetworkHasAHeadAndATailForEachTask(UnifmirTask task) throws Exception {
        check(Networks.tiny(task, true), GraphOptions.tile(8), TOLERANCE);
    }

    @Test
    void aLightFieldIsCutIntoViews() throws Exception {
        UnifmirNetwork network = Networks.tiny(UnifmirTask.VOLUMETRIC);
        StateDict weights = Networks.weights(network);
        long side = network.scale();
        float[] frame = image(24 * 24);
        float[] views = new float[frame.length];
        for (int i = 0; i < frame.length; i++) {
            int row = i / 24;
            int column = i % 24;
            long view = row % side * side + column % side;
            views[(int) ((view * 8 + row / side) * 8 + column / side)] = frame[i];
        }
        GraphOptions options = GraphOptions.tile(8);
        byte[] ofViews = UnifmirGraphs.build(network, weights, options).toBytes();
        byte[] ofFrame = UnifmirGraphs.build(network, weights, options.withLightField(true))
                .toBytes();
        try (GraphRun expected = GraphRun.open(ofViews, 1);
                GraphRun actual = GraphRun.open(ofFrame, 1)) {
            assertThat(actual.run(frame, "restored", 1, 1, 24, 24))
                    .containsExactly(expected.run(views, "restored", 1, side * side, 8, 8));
        }
    }

    @Test
    void optionsThatDoNotFitTheNetworkAreRefused() {
        UnifmirNetwork network = Networks.tiny(UnifmirTask.DENOISE);
        GraphOptions options = GraphOptions.tile(8);
        assertThatThrownBy(() -> UnifmirGraphs.build(network, Networks.weights(network), options.withFirstStage(true)))
                .hasMessageContaining("no first stage");
        assertThatThrownBy(() -> UnifmirGraphs.build(network, Networks.weights(network), options.withLightField(true)))
                .hasMessageContaining("no light field");
        assertThatThrownBy(() -> GraphOptions.tile(7)).hasMessageContaining("8 to 4096");
    }

    @Test
    void portionsDivideTheWindowsEvenly() {
        assertThat(Portions.nearestDivisor(225, 32)).isEqualTo(25);
        assertThat(Portions.nearestDivisor(31 * 31, 32)).isEqualTo(31);
        assertThat(Portions.nearestDivisor(7, 32)).isEqualTo(7);
    }

    @Test
    void everyQuadrantIsInOneShiftedGroup() {
        WindowLayout layout = new WindowLayout(24, 16);
        long[] back = layout.fromShifted();
        assertThat(back).doesNotHaveDuplicates().hasSize(layout.quadrants());
        assertThat(layout.shifted()).extracting(WindowLayout.Groups::count).containsExactly(2, 4, 2, 4);
    }
}
