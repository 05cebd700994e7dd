package io.nocturne.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.Value;
import io.nocturne.stream.spi.WindowSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCatalogTest {
    @TempDir
    Path folder;

    private static GraphBuilder identity(String name) {
        GraphBuilder graph = GraphBuilder.named(name);
        Value image = graph.input("in", ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        return graph.output("out", image, ElementType.FLOAT32, Shape.parse("n,1,h,w"));
    }

    private static ModelCard card(String name) {
        return ModelCard.of(name, "denoise", "Gives back what it gets")
                .withInput(ModelCard.Input.image("in"))
                .withOutput(ModelCard.Output.image("out"));
    }

    @Test
    void aWrittenModelIsFoundByNameAndByPath() throws Exception {
        Path file = folder.resolve("mine.onnx");
        RestorationModel written = RestorationModel.write(file, identity("mine"), card("mine"));
        assertThat(folder.resolve("mine.card.json")).exists();
        ModelCatalog catalog = ModelCatalog.open(List.of(folder));
        assertThat(catalog.find("mine").card()).isEqualTo(written.card());
        assertThat(catalog.find(file.toString()).identity())
                .isEqualTo(written.identity())
                .matches("sha256:[0-9a-f]{64}");
        assertThat(catalog.list()).extracting(ModelCatalog.Entry::name).startsWith("mine");
    }

    @Test
    void everyBuiltInModelIsUsable() throws Exception {
        ModelCatalog catalog = ModelCatalog.open(List.of());
        assertThat(catalog.list()).extracting(ModelCatalog.Entry::problem).containsOnly(Optional.empty());
        assertThat(catalog.list())
                .extracting(ModelCatalog.Entry::name)
                .contains("gaussian", "upscale2x", "maxprojection", "passthrough", ModelCatalog.DEFAULT);
        assertThat(catalog.find("gaussian:2.5").card().name()).isEqualTo("gaussian-2.5");
        assertThat(catalog.find("gaussian").identity())
                .isEqualTo(catalog.find("gaussian").identity());
    }

    @Test
    void aChangedModelFileIsRefused() throws Exception {
        Path file = folder.resolve("mine.onnx");
        RestorationModel.write(file, identity("mine"), card("mine"));
        Files.write(file, identity("other").toBytes());
        assertThatThrownBy(() -> ModelCatalog.open(List.of(folder)).find("mine"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("mine.onnx")
                .hasMessageContaining("mine.card.json")
                .hasMessageContaining("don't belong together");
        assertThat(ModelCatalog.open(List.of(folder)).list().get(0).problem()).isPresent();
    }

    @Test
    void aModelWithoutCardIsRefusedWithACardToStartFrom() throws IOException {
        Path file = folder.resolve("bare.onnx");
        identity("bare").write(file);
        assertThatThrownBy(() -> RestorationModel.load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("has no card")
                .hasMessageContaining("bare.card.json")
                .hasMessageContaining("\"tensor\" : \"in\"")
                .hasMessageContaining("\"sha256\"");
    }

    @Test
    void aCardInsideTheModelIsEnough() throws Exception {
        Path file = folder.resolve("inside.onnx");
        identity("inside")
                .metadata(RestorationModel.CARD_KEY, card("inside").toJson())
                .write(file);
        assertThat(RestorationModel.load(file).card().summary()).isEqualTo("Gives back what it gets");
    }

    @Test
    void whatIsNoModelIsCalledSo() throws IOException {
        Path file = folder.resolve("picture.onnx");
        Files.write(file, new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13});
        assertThatThrownBy(() -> RestorationModel.load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is not an ONNX model");
        Files.write(file, new byte[0]);
        assertThatThrownBy(() -> RestorationModel.load(file)).hasMessageContaining("is not an ONNX model");
        assertThatThrownBy(() -> RestorationModel.load(folder.resolve("none.onnx")))
                .hasMessageContaining("There is no model file");
    }

    @Test
    void unknownNamesListTheKnownOnes() {
        assertThatThrownBy(() -> ModelCatalog.open(List.of()).find("gausian"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'gausian'")
                .hasMessageContaining("gaussian");
        assertThatThrownBy(() -> ModelCatalog.open(List.of()).find("gaussian:wide"))
                .hasMessageContaining("from 0.3 to 8");
    }

    @Test
    void missingWeightsFilesAreNamed() throws Exception {
        Path file = folder.resolve("big.onnx");
        GraphBuilder graph = GraphBuilder.named("big");
        Value image = graph.input("in", ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        Value bias = graph.constant("bias", new float[2048], 2048);
        graph.output("out", graph.ops().add(image, bias), ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        List<Path> files = graph.writeExternal(file, 1024);
        assertThat(files).hasSize(2);
        ModelCard card = card("big").withHashes(sha256(file), Map.of("big.onnx.data", sha256(files.get(1))));
        Files.writeString(RestorationModel.cardOf(file), card.toJson());
        assertThat(RestorationModel.load(file).card().files()).containsKey("big.onnx.data");
        Files.delete(files.get(1));
        assertThatThrownBy(() -> RestorationModel.load(file)).hasMessageContaining("big.onnx.data");
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    @Test
    void cardsSurviveTheirJson() throws Exception {
        ModelCard card = card("whole")
                .withScale(2)
                .withWindow(new WindowSpec(WindowSpec.Axis.TIME, 2, 1))
                .withTile(new ModelCard.Tile(128, 24, 8, 0, 4))
                .withNormalization(Normalization.blockPercentile(1, 99.5, 8))
                .withProvenance(
                        new ModelCard.Training(List.of("hagen (CC0)"), "recipe.yaml"),
                        "Apache-2.0",
                        List.of("A. Author"),
                        List.of(new ModelCard.Quality("w2s", "psnr", 33.4, "dB", "affine fit")),
                        "2 to 100 photons")
                .withHashes("ab", Map.of());
        assertThat(ModelCard.parse(card.toJson(), "test")).isEqualTo(card);
        assertThat(card.toJson()).contains("\"rule\" : \"blockPercentile\"");
    }

    @Test
    void mistakesInACardAreNamed() {
        assertThatThrownBy(() -> ModelCard.parse("{\n  \"name\": \"a\",\n  \"tiel\": {}\n}", "a.card.json"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("a.card.json has an unknown key 'tiel'")
                .hasMessageContaining("tile, ");
        assertThatThrownBy(() -> ModelCard.parse("{\n  \"name\": \"a\",\n  \"scale\": 1.5\n}", "e"))
                .hasMessageContaining("e, line 3");
        assertThatThrownBy(() -> ModelCard.parse("{\"name\": \"a\", \"tile\": {\"size\": 60, \"multiple\": 8}}", "b"))
                .hasMessageContaining("60 must be a multiple of 8");
        assertThatThrownBy(() -> ModelCard.parse("{}", "c")).hasMessageContaining("'name'");
        assertThatThrownBy(
                        () -> ModelCard.parse("{\"name\": \"a\", \"normalization\": {\"rule\": \"percentile\"}}", "d"))
                .hasMessageContaining("low < high");
    }
}
