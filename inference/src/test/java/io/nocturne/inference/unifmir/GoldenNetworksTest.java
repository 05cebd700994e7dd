package io.nocturne.inference.unifmir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nocturne.inference.onnx.GraphRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The official networks' outputs, with recipe weights. */
class GoldenNetworksTest {
    private static final Path GOLDEN = Path.of(System.getProperty("nocturne.shared", "../shared"), "golden", "unifmir");
    /** Of the largest reference value. */
    private static final double TOLERANCE = 1e-4;

    @TempDir
    Path folder;

    private void check(UnifmirNetwork network, Formulation formulation, String input, String restored)
            throws Exception {
        check(network, formulation, input, restored, null);
    }

    /** Compares the graph's outputs with the files. */
    private void check(
            UnifmirNetwork network, Formulation formulation, String input, String restored, String firstStage)
            throws Exception {
        assumeTrue(Files.isDirectory(GOLDEN), "no golden data in " + GOLDEN);
        NumpyFile image = NumpyFile.read(GOLDEN.resolve(input));
        GraphOptions options = GraphOptions.tile((int) image.shape()[3], (int) image.shape()[2])
                .with(formulation)
                .withFirstStage(firstStage != null);
        Path file = folder.resolve("network.onnx");
        UnifmirGraphs.build(network, Networks.weights(network), options).write(file);
        try (GraphRun run = GraphRun.open(file, 2, Optional.empty())) {
            compare(run, image, UnifmirGraphs.OUTPUT, restored, formulation);
            if (firstStage != null) {
                compare(run, image, UnifmirGraphs.FIRST_STAGE, firstStage, formulation);
            }
        }
    }

    private static void compare(GraphRun run, NumpyFile image, String output, String golden, Formulation formulation)
            throws Exception {
        NumpyFile expected = NumpyFile.read(GOLDEN.resolve(golden));
        float[] actual = run.run(image.values(), output, image.shape());
        assertThat(actual).hasSameSizeAs(expected.values());
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < actual.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - (double) expected.values()[i]));
            largest = Math.max(largest, Math.abs(expected.values()[i]));
        }
        System.out.printf(Locale.ROOT, "%s, %s: differs by %.1e of %.3g%n", golden, formulation, worst, largest);
        assertThat(worst).as(golden).isLessThanOrEqualTo(TOLERANCE * largest);
    }

    @ParameterizedTest
    @EnumSource
    void superResolution(Formulation formulation) throws Exception {
        UnifmirNetwork network = UnifmirNetwork.published(UnifmirTask.SR);
        check(network, formulation, "sr/input_a_37x50.npy", "sr/output_a_37x50.npy");
        check(network, formulation, "sr/input_b_64x64.npy", "sr/output_b_64x64.npy");
    }

    @ParameterizedTest
    @EnumSource
    void denoising(Formulation formulation) throws Exception {
        UnifmirNetwork network = UnifmirNetwork.published(UnifmirTask.DENOISE);
        check(network, formulation, "denoise1/input_a_37x50.npy", "denoise1/output_a_37x50.npy");
        check(network, formulation, "denoise1/input_b_64x64.npy", "denoise1/output_b_64x64.npy");
    }

    @ParameterizedTest
    @EnumSource
    void denoisingWithNeighbours(Formulation formulation) throws Exception {
        UnifmirNetwork network = UnifmirNetwork.published(UnifmirTask.DENOISE5);
        check(network, formulation, "denoise5/input_a_37x50.npy", "denoise5/output_a_37x50.npy");
    }

    @ParameterizedTest
    @EnumSource
    void projectionOfAReducedNetwork(Formulation formulation) throws Exception {
        check(
                Networks.smallProjection(),
                formulation,
                "proj_small/input_a_24x32.npy",
                "proj_small/output2_a_24x32.npy",
                "proj_small/output1_a_24x32.npy");
    }

    /** The formulations share the stage that is large here. */
    @Test
    void projection() throws Exception {
        check(
                UnifmirNetwork.published(UnifmirTask.PROJECTION),
                Formulation.CPU_CHUNKED,
                "proj_full_recipe/input_a_21x30.npy",
                "proj_full_recipe/output2_a_21x30.npy",
                "proj_full_recipe/output1_a_21x30.npy");
    }

    @ParameterizedTest
    @EnumSource
    void volumes(Formulation formulation) throws Exception {
        check(
                UnifmirNetwork.published(UnifmirTask.VOLUMETRIC),
                formulation,
                "vol_recipe/input_a_8x8.npy",
                "vol_recipe/output_a_8x8.npy",
                "vol_recipe/output_unet_a_8x8.npy");
    }
}
