package io.nocturne.inference.bioimage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.Normalizer;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.TestFrame;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BioimagePackageTest {
    private static final String NEWER =
            """
            %YAML 1.2
            ---
            type: model
            format_version: 0.5.3
            name: A careful Model! (2D)
            description: Removes noise.
            license: MIT
            authors: [{name: A. Nyone}]
            timestamp: 2019-12-11T12:22:32Z
            inputs:
              - id: raw
                axes:
                  - {type: batch}
                  - {type: channel, channel_names: [intensity]}
                  - {type: space, id: y, size: SIZE}
                  - {type: space, id: x, size: SIZE}
                preprocessing: PRE
            outputs:
              - id: restored
                axes:
                  - {type: batch}
                  - {type: channel, channel_names: [intensity]}
                  - {type: space, id: y, halo: 4, size: {tensor_id: raw, axis_id: y}}
                  - {type: space, id: x, halo: 4, size: {tensor_id: raw, axis_id: x}}
                postprocessing: POST
            weights:
              onnx: {source: weights.onnx, opset_version: 17}
            """;

    private static final String OLDER =
            """
            format_version: 0.4.9
            type: model
            name: older
            license: CC-BY-4.0
            authors: [{name: B}, {name: C}]
            inputs:
              - name: raw
                axes: byxc
                data_type: float32
                shape: {min: [1, 16, 16, 1], step: [0, 16, 16, 0]}
                preprocessing:
                  - {name: zero_mean_unit_variance, kwargs: {mode: per_sample, axes: yx, eps: 1e-6}}
            outputs:
              - name: out
                axes: byxc
                shape: {reference_tensor: raw, scale: [1, 1, 1, 1], offset: [0, 0, 0, 0]}
                halo: [0, 4, 4, 0]
            weights:
              onnx: {source: net/weights.onnx}
            """;

    private static final String SCALE_LINEAR = "[{id: scale_linear, kwargs: {gain: 0.5, offset: -3}}]";

    @TempDir
    Path folder;

    @Test
    void fixedStepsAreDoneInOrderAndUndoneBehindTheNetwork() throws Exception {
        RestorationModel model = newer(
                "{min: 16, step: 8}",
                "[{id: ensure_dtype, kwargs: {dtype: float32}}, {id: scale_linear, kwargs: {gain: 0.01, offset: -1}}, "
                        + "{id: clip, kwargs: {min: 0, max: 2}}]",
                "[]",
                plusOne("n,1,h,w"));

        ModelCard card = model.card();
        assertThat(card.name()).isEqualTo("a-careful-model-2d");
        assertThat(card.licence()).isEqualTo("MIT");
        assertThat(card.authors()).containsExactly("A. Nyone");
        assertThat(card.tile()).isEqualTo(new ModelCard.Tile(0, 16, 8, 16, 0));
        assertThat(card.normalization()).isEqualTo(Normalization.none());
        // 50 -> -0.5 -> 0 -> 1 -> 200; 150 -> 0.5 -> 1.5 -> 250; 400 -> 3 -> 2 -> 3 -> 400
        assertThat(restored(model, 50, 150, 400)).containsExactly(200, 250, 400);
    }

    @Test
    void postprocessingThatRescalesHasTheLastWord() throws Exception {
        RestorationModel model = newer(
                "{min: 8, step: 8}",
                SCALE_LINEAR,
                "[{id: scale_linear, kwargs: {gain: 10, offset: 2}}]",
                plusOne("n,1,h,w"));
        assertThat(restored(model, 10, 20)).containsExactly((10 * 0.5f - 3 + 1) * 10 + 2, (20 * 0.5f - 3 + 1) * 10 + 2);
    }

    @Test
    void statisticsOfTheFrameStandardiseItAndAreUndone() throws Exception {
        Files.createDirectories(folder.resolve("net"));
        Files.write(folder.resolve("net/weights.onnx"), plusOne("n,h,w,1"));
        Files.writeString(folder.resolve("rdf.yaml"), OLDER);
        RestorationModel model = BioimagePackage.open(folder.resolve("rdf.yaml"));

        assertThat(model.card().normalization())
                .isEqualTo(new Normalization(Normalization.Rule.MEAN_DEVIATION, 0, 0, 1, 1));
        assertThat(model.card().authors()).containsExactly("B", "C");
        // adding one to a standardised image adds one standard deviation
        float[] out = restored(model, 100, 300);
        assertThat(out[0]).isCloseTo(100 + 100, within(0.01f));
        assertThat(out[1]).isCloseTo(300 + 100, within(0.01f));
    }

    @Test
    void meanAndDeviationAreThoseOfEachFrameOrOfTheFramesSoFar() {
        StreamSpec stream = movie(PixelType.FLOAT32);
        double[] norm = new double[8];
        Normalization each = new Normalization(Normalization.Rule.MEAN_DEVIATION, 0, 0, 1, 1);
        Normalizer ownValues = new Normalizer(each, stream, Optional.empty());
        Normalization all = new Normalization(Normalization.Rule.MEAN_DEVIATION, 0, 0, 1, Integer.MAX_VALUE);
        Normalizer soFar = new Normalizer(all, stream, Optional.empty());
        for (int level : new int[] {100, 200, 600}) {
            TestFrame frame = new TestFrame(stream.frame(), i -> level + (i % 2 == 0 ? 10 : -10));
            ownValues.observe(frame, norm);
            assertThat(norm[0]).isCloseTo(level, within(1.0));
            assertThat(norm[1]).isCloseTo(10, within(1.0));
            soFar.observe(frame, norm);
        }
        assertThat(norm[0]).isCloseTo(300, within(1.0));
    }

    @Test
    void percentilesBecomeValuesOfTheFrame() throws Exception {
        RestorationModel model = newer(
                "256",
                "[{id: scale_range, kwargs: {min_percentile: 1, max_percentile: 99.8, axes: [batch, channel, x, y]}}]",
                "[{id: clip, kwargs: {min: 0, max: 1}}]",
                plusOne("1,1,256,256"));
        assertThat(model.card().normalization())
                .isEqualTo(new Normalization(Normalization.Rule.PERCENTILE, 1, 99.8, 1, 1));
        assertThat(model.card().tile()).isEqualTo(new ModelCard.Tile(256, 16, 1, 0, 1));
        assertThat(restored(model, 100, 300)).containsExactly(300, 300); // all above one, clipped to it
    }

    @Test
    void aZipFileAndAFolderAreFoundByPath() throws Exception {
        newer("{min: 8, step: 8}", "[]", "[]", plusOne("n,1,h,w"));
        Path zip = folder.resolve("model.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String name : List.of("rdf.yaml", "weights.onnx")) {
                out.putNextEntry(new ZipEntry(name));
                out.write(Files.readAllBytes(folder.resolve(name)));
                out.closeEntry();
            }
        }
        ModelCatalog catalog = ModelCatalog.open(List.of());
        String fromFolder = catalog.find(folder.toString()).identity();
        assertThat(catalog.find(zip.toString()).identity()).isEqualTo(fromFolder);
        assertThat(catalog.find(folder.resolve("rdf.yaml").toString()).identity())
                .isEqualTo(fromFolder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "format_version: 0.5.3 | format_version: 0.3.6 | format '0.3.6'",
                "type: model | type: dataset | found type dataset",
                "PRE | [{id: binarize, kwargs: {threshold: 1}}] | preprocessing 1, binarize",
                "PRE | [{id: sparkle}] | sparkle isn't supported",
                "PRE | [{id: ensure_dtype, kwargs: {dtype: uint8}}] | rounding to uint8",
                "PRE | [{id: scale_linear}, {id: scale_range}] | as the first step",
                "POST | [{id: sigmoid}] | no restored image",
                "POST | [{id: scale_range}] | statistics in the postprocessing",
                "{type: batch} | {type: time, size: 3} | axes 'time, c, y, x'",
                "channel_names: [intensity] | channel_names: [red, green] | 2 channels",
                "SIZE | {tensor_id: other, axis_id: x} | follows another tensor",
                "weights.onnx, | missing.onnx, | missing.onnx aren't in the package",
                "weights.onnx, | ../weights.onnx, | isn't inside the package",
                "weights.onnx, | https://example.com/w.onnx, | Download the whole package",
                "onnx: | torchscript: | no ONNX weights, only [torchscript]",
                "opset_version: 17 | sha256: 00ff | the description says 00ff",
                "name: A | name: !!java.io.File [x] # | no YAML that can be read",
                "outputs: | results: | models with one of outputs",
            })
    void whatCannotBeDoneIsRefusedByName(String old, String changed, String message) throws Exception {
        String yaml = NEWER.replace(old, changed)
                .replace("SIZE", "64")
                .replace("PRE", "[]")
                .replace("POST", "[]");
        Files.write(folder.resolve("weights.onnx"), plusOne("n,1,h,w"));
        Files.writeString(folder.resolve("rdf.yaml"), yaml);
        assertThatThrownBy(() -> BioimagePackage.open(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(message);
    }

    private RestorationModel newer(String size, String pre, String post, byte[] onnx) throws Exception {
        Files.write(folder.resolve("weights.onnx"), onnx);
        Files.writeString(
                folder.resolve("rdf.yaml"),
                NEWER.replace("SIZE", size).replace("PRE", pre).replace("POST", post));
        return BioimagePackage.open(folder);
    }

    /** A network that adds one to every pixel. */
    private static byte[] plusOne(String shape) {
        GraphBuilder graph = GraphBuilder.named("plus one");
        Value in = graph.input("raw", ElementType.FLOAT32, Shape.parse(shape));
        graph.output("out", graph.ops().add(in, graph.scalar(1)), ElementType.FLOAT32, Shape.parse(shape));
        return graph.toBytes();
    }

    private static StreamSpec movie(PixelType type) {
        return StreamSpec.movie("cam0", new FrameSpec(40, 24, type), 0, -1);
    }

    /** What becomes of pixels with these counts, all over a frame in equal shares. */
    private static float[] restored(RestorationModel model, float... counts) throws Exception {
        StreamSpec stream = movie(PixelType.FLOAT32);
        TestFrame frame = new TestFrame(stream.frame(), i -> counts[i % 40 * counts.length / 40]);
        float[] results = new float[counts.length];
        try (OnnxRestorer restorer = OnnxRestorer.open(model, stream, OnnxRestorer.Options.defaults());
                RestoreLane lane = restorer.openLane()) {
            double[] norm = new double[8];
            restorer.observe(frame, norm);
            ByteBuffer product = TestFrame.plane(restorer.spec().product());
            lane.load(frame.alone(), norm);
            lane.compute();
            lane.emit(product);
            for (int i = 0; i < counts.length; i++) {
                int x = (40 * i + 20) / counts.length;
                results[i] = TestFrame.get(restorer.spec().product(), product, 40 * 12 + x);
            }
        }
        return results;
    }
}
