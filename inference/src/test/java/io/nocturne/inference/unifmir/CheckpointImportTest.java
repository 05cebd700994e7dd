package io.nocturne.inference.unifmir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.checkpoint.Parameter;
import io.nocturne.stream.spi.WindowSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointImportTest {
    @TempDir
    Path folder;

    private CheckpointImport denoise(Path checkpoint, boolean replace) {
        return new CheckpointImport(
                checkpoint, folder.resolve("d.onnx"), UnifmirTask.DENOISE, GraphOptions.tile(16), "mine", replace);
    }

    @Test
    void aCheckpointBecomesAModelWithItsCard() throws Exception {
        Path checkpoint = PublishedCheckpoints.write(folder.resolve("model_best.pt"), UnifmirTask.DENOISE);
        List<String> lines = new ArrayList<>();
        CheckpointImport.Imported made = denoise(checkpoint, false).run(lines::add);

        assertThat(made.weights()).isEqualTo(1_527_981);
        assertThat(made.trial().outputShape()).containsExactly(1L, 1L, 16L, 16L);
        assertThat(lines).hasSize(4).element(0).asString().contains("model_best.pt: 254 parameters");
        ModelCard card = RestorationModel.load(folder.resolve("d.onnx")).card();
        assertThat(card.name()).isEqualTo("mine");
        assertThat(card.task()).isEqualTo("denoise");
        assertThat(card.tile()).isEqualTo(new ModelCard.Tile(16, 8, 8, 0, 0));
        assertThat(card.normalization()).isEqualTo(Normalization.percentile(2, 99.8));
        assertThat(card.training().recipe()).contains("model_best.pt, sha256 ");
        assertThat(names()).containsExactly("d.card.json", "d.onnx", "model_best.pt");
    }

    @Test
    void cardsFollowTheTask() throws Exception {
        Path checkpoint = PublishedCheckpoints.write(folder.resolve("five.pt"), UnifmirTask.DENOISE5);
        CheckpointImport five = new CheckpointImport(
                checkpoint, folder.resolve("five.onnx"), UnifmirTask.DENOISE5, GraphOptions.tile(16), "five", false);
        assertThat(five.run(line -> {}).model().card().window().spec())
                .isEqualTo(new WindowSpec(WindowSpec.Axis.Z, 2, 2));

        Path views = PublishedCheckpoints.write(folder.resolve("iso.pt"), UnifmirTask.ISOTROPIC);
        CheckpointImport isotropic = new CheckpointImport(
                views, folder.resolve("iso.onnx"), UnifmirTask.ISOTROPIC, GraphOptions.tile(16), "iso", false);
        assertThat(isotropic.run(line -> {}).model().card().pipeline()).isEqualTo(ModelCard.Pipeline.ISOTROPIC);

        Path twice = PublishedCheckpoints.write(folder.resolve("sr.pt"), UnifmirTask.SR);
        CheckpointImport sr = new CheckpointImport(
                twice, folder.resolve("sr.onnx"), UnifmirTask.SR, GraphOptions.tile(16), "sr", false);
        CheckpointImport.Imported made = sr.run(line -> {});
        assertThat(made.model().card().scale()).isEqualTo(2);
        assertThat(made.trial().outputShape()).containsExactly(1L, 1L, 32L, 32L);
    }

    @Test
    void whatIsThereAlreadyIsReplacedOnlyOnRequest() throws Exception {
        Path checkpoint = PublishedCheckpoints.write(folder.resolve("a.pt"), UnifmirTask.DENOISE);
        denoise(checkpoint, false).run(line -> {});
        assertThatThrownBy(() -> denoise(checkpoint, false).run(line -> {}))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("d.onnx exists already")
                .hasMessageContaining("--force");
        denoise(checkpoint, true).run(line -> {});
        RestorationModel.load(folder.resolve("d.onnx"));
    }

    @Test
    void nothingIsLeftBehindByAnImportThatFails() throws Exception {
        Path broken = PublishedCheckpoints.write(
                folder.resolve("broken.pt"),
                UnifmirTask.DENOISE,
                p -> p.name().equals("conv_last.bias") ? Parameter.of(p.name(), new float[] {Float.NaN}, 1) : p);
        assertThatThrownBy(() -> denoise(broken, false).run(line -> {}))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("NaN");
        assertThat(names()).containsExactly("broken.pt");
    }

    @Test
    void aMissingParameterIsNamed() throws Exception {
        Path incomplete = PublishedCheckpoints.write(
                folder.resolve("incomplete.pt"),
                UnifmirTask.DENOISE,
                p -> p.name().equals("layers.1.conv.weight") ? null : p);
        assertThatThrownBy(() -> denoise(incomplete, false).run(line -> {}))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("layers.1.conv.weight");
        assertThat(names()).containsExactly("incomplete.pt");
    }

    private List<String> names() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
