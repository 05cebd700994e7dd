package io.nocturne.inference.unifmir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.checkpoint.StateDict;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UnifmirNetworkTest {
    private static Map<String, long[]> shapes(UnifmirTask task) {
        return new LinkedHashMap<>(Networks.tiny(task).parameters());
    }

    private static StateDict filled(Map<String, long[]> shapes) {
        return RecipeWeights.stateDict("file.pt", shapes);
    }

    @ParameterizedTest
    @EnumSource
    void sizesAreReadFromTheParameters(UnifmirTask task) throws Exception {
        UnifmirNetwork network = Networks.tiny(task);
        assertThat(UnifmirNetwork.read(Networks.weights(network), task)).isEqualTo(network);
    }

    /** As counted on the official networks; four of the projection's are mean shifts that are never used. */
    @ParameterizedTest
    @CsvSource({
        "SR, 1564973, 254",
        "DENOISE, 1527981, 252",
        "ISOTROPIC, 1527981, 252",
        "DENOISE5, 1531221, 252",
        "PROJECTION, 78654254, 577",
        "VOLUMETRIC, 20689400, 342"
    })
    void thePublishedNetworksHaveThePublishedNumberOfParameters(UnifmirTask task, long parameters, int entries) {
        Map<String, long[]> shapes = UnifmirNetwork.published(task).parameters();
        long count = shapes.entrySet().stream()
                .filter(entry ->
                        !entry.getKey().contains(".running_") && !entry.getKey().endsWith("projection_matrix"))
                .mapToLong(entry -> Arrays.stream(entry.getValue()).reduce(1, Math::multiplyExact))
                .sum();
        assertThat(count).isEqualTo(parameters);
        assertThat(shapes).hasSize(entries);
    }

    @Test
    void masksIndicesAndUnusedShiftsArePassedOver() throws Exception {
        Map<String, long[]> shapes = shapes(UnifmirTask.PROJECTION);
        shapes.put("denoise.layers.0.residual_group.blocks.1.attn_mask", new long[] {1, 64, 64, 64});
        shapes.put("denoise.layers.0.residual_group.blocks.1.attn.relative_position_index", new long[] {64, 64});
        shapes.put("project.sub_mean.weight", new long[] {1, 1, 1, 1});
        shapes.put("project.add_mean.bias", new long[] {1});
        assertThat(UnifmirNetwork.read(filled(shapes), UnifmirTask.PROJECTION))
                .isEqualTo(Networks.tiny(UnifmirTask.PROJECTION));
    }

    @Test
    void differencesAreNamedAndCounted() {
        Map<String, long[]> shapes = shapes(UnifmirTask.DENOISE);
        shapes.remove("norm.bias");
        shapes.remove("norm.weight");
        shapes.put("layers.0.conv.bias", new long[] {13});
        shapes.put("optimizer.step", new long[] {1});
        assertThatThrownBy(() -> UnifmirNetwork.read(filled(shapes), UnifmirTask.DENOISE))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("file.pt holds no 'denoise' network")
                .hasMessageContaining("2 missing (norm.weight, norm.bias)")
                .hasMessageContaining("1 of another shape (layers.0.conv.bias [13] instead of [12])")
                .hasMessageContaining("1 unexpected (optimizer.step)")
                .hasMessageContaining("of another release or cut short");
    }

    @ParameterizedTest
    @CsvSource({
        "PROJECTION, DENOISE, projection",
        "VOLUMETRIC, SR, volumetric",
        "SR, DENOISE, sr",
        "DENOISE5, DENOISE, denoise5",
        "DENOISE, DENOISE5, denoise",
        "DENOISE, SR, denoise",
        "SR, PROJECTION, sr"
    })
    void theTaskThatWouldFitIsNamed(UnifmirTask held, UnifmirTask asked, String named) {
        assertThatThrownBy(() -> UnifmirNetwork.read(filled(shapes(held)), asked))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("use --task " + named);
    }

    @Test
    void foreignParametersAreToldApart() {
        StateDict foreign = filled(Map.of("backbone.conv1.weight", new long[] {64, 3, 7, 7}));
        assertThatThrownBy(() -> UnifmirNetwork.read(foreign, UnifmirTask.SR))
                .hasMessageContaining("looks like no UniFMIR network");
    }

    @Test
    void sizesBeyondTheLimitsAreRefused() {
        Map<String, long[]> wide = shapes(UnifmirTask.DENOISE);
        wide.put("conv_first.weight", new long[] {70_000, 1, 3, 3});
        assertThatThrownBy(() -> UnifmirNetwork.read(filled(wide), UnifmirTask.DENOISE))
                .hasMessageContaining("conv_first.weight has 70000 along axis 0; 1 to 1024 are supported");
        Map<String, long[]> odd = shapes(UnifmirTask.DENOISE);
        odd.put("layers.0.residual_group.blocks.0.attn.relative_position_bias_table", new long[] {225, 5});
        assertThatThrownBy(() -> UnifmirNetwork.read(filled(odd), UnifmirTask.DENOISE))
                .hasMessageContaining("12 channels can't be shared out to 5 attention heads");
        Map<String, long[]> deep = shapes(UnifmirTask.DENOISE);
        for (int block = 0; block < 40; block++) {
            deep.put("layers.0.residual_group.blocks." + block + ".norm1.weight", new long[] {12});
        }
        assertThatThrownBy(() -> UnifmirNetwork.read(filled(deep), UnifmirTask.DENOISE))
                .hasMessageContaining("33 blocks; 1 to 32 are supported");
    }

    @ParameterizedTest
    @CsvSource({
        "SR, 1_564_973",
        "DENOISE, 1_527_981",
        "DENOISE5, 1_531_221",
        "ISOTROPIC, 1_527_981",
        "PROJECTION, 78_654_254",
        "VOLUMETRIC, 20_689_400"
    })
    void publishedNetworksHaveAsManyWeightsAsTheirAuthorsCount(UnifmirTask task, String weights) {
        assertThat(UnifmirNetwork.published(task).weights()).isEqualTo(Long.parseLong(weights.replace("_", "")));
    }

    private static Map<String, long[]> universal() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (UnifmirTask task : UnifmirTask.values()) {
            if (task != UnifmirTask.DENOISE) {
                shapes.putAll(Networks.tiny(task, true).parameters());
            }
        }
        return shapes;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DENOISE")
    void theUniversalNetworkServesEveryTask(UnifmirTask task) throws Exception {
        assertThat(UnifmirNetwork.read(filled(universal()), task)).isEqualTo(Networks.tiny(task, true));
    }

    @Test
    void theUniversalNetworkNeedsNeighboursToDenoise() {
        assertThatThrownBy(() -> UnifmirNetwork.read(filled(universal()), UnifmirTask.DENOISE))
                .hasMessageContaining("use --task denoise5");
    }

    @Test
    void aUniversalNetworkOfAnotherReleaseIsNamedSo() {
        Map<String, long[]> shapes = universal();
        shapes.remove("conv_last0.weight");
        assertThatThrownBy(() -> UnifmirNetwork.read(filled(shapes), UnifmirTask.SR))
                .hasMessageContaining("1 missing (conv_last0.weight)")
                .hasMessageContaining("of a release that isn't known here");
    }

    @Test
    void everyBlockOfAGroupIsCounted() throws Exception {
        assertThat(UnifmirNetwork.read(filled(shapes(UnifmirTask.SR)), UnifmirTask.SR)
                        .body()
                        .depths())
                .isEqualTo(List.of(2, 3, 1));
    }
}
