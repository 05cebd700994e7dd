package io.nocturne.inference.unifmir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nocturne.inference.unifmir.pipeline.CheckpointNetwork;
import io.nocturne.inference.unifmir.pipeline.Planes;
import io.nocturne.inference.unifmir.pipeline.UpstreamPipeline;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Published pipelines from counts to counts, networks included, against what the published programs made of them. */
class GoldenPipelinesTest {
    private static final Path GOLDEN = Path.of(System.getProperty("nocturne.shared", "../shared"), "golden", "unifmir");

    /** Of the largest reference value. */
    private static final double TOLERANCE = 1e-4;

    private static CheckpointNetwork network(UnifmirTask task) {
        UnifmirNetwork network = UnifmirNetwork.published(task);
        return new CheckpointNetwork(network, Networks.weights(network), 2);
    }

    /** A volume of 16-bit counts, [z, y, x]. */
    private static Planes counts(String file, int count, int height, int width) throws Exception {
        Path path = GOLDEN.resolve(file);
        assumeTrue(Files.exists(path), "no golden data at " + path);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(10 + (bytes.getShort(8) & 0xffff));
        float[] pixels = new float[count * height * width];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = bytes.getShort() & 0xffff;
        }
        return new Planes(count, height, width, pixels);
    }

    private static void compare(String what, float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            worst = Math.max(worst, Math.abs((double) found[i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        System.out.printf(Locale.ROOT, "%-32s max|diff|/max|ref| %.1e%n", what, worst / largest);
        assertThat(worst).as(what).isLessThanOrEqualTo(TOLERANCE * largest);
    }

    @Test
    void denoisingWithNeighboursFromCountsToCounts() throws Exception {
        Planes volume = counts("denoise5/pipe_raw_u16_7x56x67.npy", 7, 56, 67);
        float[] expected =
                NumpyFile.read(GOLDEN.resolve("denoise5/pipe_out.npy")).values();
        try (CheckpointNetwork network = network(UnifmirTask.DENOISE5)) {
            Planes restored =
                    UpstreamPipeline.of(UnifmirTask.DENOISE5, network, true).restore(volume);
            compare("denoise5/pipe_out", restored.pixels(), expected);
        }
    }

    @Test
    void isotropicVolumesFromCountsToCounts() throws Exception {
        Planes volume = counts("iso/pipe_raw_u16_12x17x20.npy", 12, 17, 20);
        try (CheckpointNetwork network = network(UnifmirTask.ISOTROPIC)) {
            view(network, "iso/pipe_batch_view1_wp0.npy", "iso/pipe_view1_net.npy", true);
            view(network, "iso/pipe_batch_view2_hp0.npy", "iso/pipe_view2_net.npy", false);
            Planes restored =
                    UpstreamPipeline.of(UnifmirTask.ISOTROPIC, network, false).restore(volume);
            compare(
                    "iso/pipe_out",
                    restored.pixels(),
                    NumpyFile.read(GOLDEN.resolve("iso/pipe_out.npy")).values());
        }
    }

    /** The network's images of a view's first batch, against those places of the whole view. */
    private static void view(CheckpointNetwork network, String batch, String whole, boolean first) throws Exception {
        NumpyFile images = NumpyFile.read(GOLDEN.resolve(batch));
        float[] expected = NumpyFile.read(GOLDEN.resolve(whole)).values();
        int count = (int) images.shape()[0];
        int rows = (int) images.shape()[2];
        int depth = (int) images.shape()[3];
        float[] restored = network.run(images.values(), count, rows, depth);
        float[] placed = new float[restored.length];
        for (int i = 0, at = 0; i < count; i++) {
            for (int row = 0; row < rows; row++) {
                for (int z = 0; z < depth; z++) {
                    int slice = first ? depth - 1 - z : z;
                    int y = first ? row : i;
                    int x = first ? i : row;
                    placed[at++] = expected[(slice * 17 + y) * 20 + x];
                }
            }
        }
        compare(whole + ", first batch", restored, placed);
    }
}
