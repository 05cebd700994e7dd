package io.nocturne.inference.unifmir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.onnx.GraphRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The official networks' outputs, with recipe weights. */
class GoldenNetworksTest {
    private static final Path GOLDEN = Path.of(System.getProperty("nocturne.shared", "../shared"), "golden", "unifmir");
    /** Of the largest reference value. */
    private static final double TOLERANCE = 1e-4;

    private static void check(UnifmirTask task, Formulation formulation, String input, String output) throws Exception {
        UnifmirNetwork network = PublishedNetworks.of(task);
        compare(network, PublishedNetworks.weights(network), formulation, input, UnifmirGraphs.OUTPUT, output);
    }

    private static void compare(
            UnifmirNetwork network,
            StateDict weights,
            Formulation formulation,
            String input,
            String tensor,
            String output)
            throws Exception {
        assumeTrue(Files.isDirectory(GOLDEN), "no golden data in " + GOLDEN);
        NumpyFile image = NumpyFile.read(GOLDEN.resolve(input));
        NumpyFile expected = NumpyFile.read(GOLDEN.resolve(output));
        GraphOptions options = GraphOptions.tile((int) image.shape()[3], (int) image.shape()[2])
                .with(formulation)
                .withFirstStage(tensor.equals(UnifmirGraphs.FIRST_STAGE));
        byte[] graph = UnifmirGraphs.build(network, weights, options).toBytes();
        try (GraphRun run = GraphRun.open(graph, 2)) {
            float[] restored = run.run(image.values(), tensor, image.shape());
            assertThat(restored).hasSameSizeAs(expected.values());
            double worst = 0;
            double largest = 0;
            for (int i = 0; i < restored.length; i++) {
                worst = Math.max(worst, Math.abs(restored[i] - (double) expected.values()[i]));
                largest = Math.max(largest, Math.abs(expected.values()[i]));
            }
            System.out.printf(Locale.ROOT, "%-24s %-12s %.1e of %.3g%n", output, formulation, worst, largest);
            assertThat(worst).isLessThanOrEqualTo(TOLERANCE * largest);
        }
    }

    @ParameterizedTest
    @EnumSource
    void superResolution(Formulation formulation) throws Exception {
        check(UnifmirTask.SR, formulation, "sr/input_a_37x50.npy", "sr/output_a_37x50.npy");
        check(UnifmirTask.SR, formulation, "sr/input_b_64x64.npy", "sr/output_b_64x64.npy");
    }

    @ParameterizedTest
    @EnumSource
    void denoising(Formulation formulation) throws Exception {
        check(UnifmirTask.DENOISE, formulation, "denoise1/input_a_37x50.npy", "denoise1/output_a_37x50.npy");
        check(UnifmirTask.DENOISE, formulation, "denoise1/input_b_64x64.npy", "denoise1/output_b_64x64.npy");
    }

    @ParameterizedTest
    @EnumSource
    void denoisingWithNeighbours(Formulation formulation) throws Exception {
        check(UnifmirTask.DENOISE5, formulation, "denoise5/input_a_37x50.npy", "denoise5/output_a_37x50.npy");
    }
}
