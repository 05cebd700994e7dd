package io.nocturne.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.inference.graph.proto.OnnxProto.ModelProto;
import io.nocturne.inference.graph.proto.OnnxProto.TensorProto;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphBuilderTest {
    private static final Shape IMAGE = Shape.parse("n,1,h,w");

    @TempDir
    Path folder;

    private static GraphBuilder small() {
        GraphBuilder graph = GraphBuilder.named("small").metadata("key", "value");
        Value x = graph.input("x", ElementType.FLOAT32, IMAGE);
        Value w = graph.constant("w", new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 1, 3, 3);
        Value y = graph.ops().conv(x, w, Value.ABSENT, Ops.Convolution.same(3));
        return graph.output("y", graph.ops().add(y, graph.scalar(0.5f)), ElementType.FLOAT32, IMAGE);
    }

    @Test
    void theStreamedFileIsAnOrdinaryProtobufMessage() throws Exception {
        byte[] bytes = small().toBytes();
        ModelProto model = ModelProto.parseFrom(bytes);
        assertThat(model.getIrVersion()).isEqualTo(8);
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(17);
        assertThat(model.getGraph().getNodeList())
                .extracting(node -> node.getOpType())
                .containsExactly("Conv", "Add");
        assertThat(model.getGraph().getNode(1).getOutput(0)).isEqualTo("y");
        TensorProto weights = model.getGraph().getInitializer(0);
        assertThat(weights.getDimsList()).containsExactly(1L, 1L, 3L, 3L);
        ByteBuffer raw = weights.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(raw.getFloat(4 * 8)).isEqualTo(9);
        assertThat(model.getMetadataProps(0).getValue()).isEqualTo("value");
        assertThat(model.getGraph()
                        .getInput(0)
                        .getType()
                        .getTensorType()
                        .getShape()
                        .getDim(2)
                        .getDimParam())
                .isEqualTo("h");
        assertThat(model.toByteArray()).hasSameSizeAs(bytes);
    }

    @Test
    void theSameCallsGiveTheSameBytes() {
        assertThat(small().toBytes()).isEqualTo(small().toBytes());
    }

    @Test
    void aFileIsSkimmedWithoutItsWeights() throws Exception {
        OnnxFile file = OnnxFile.read(new ByteArrayInputStream(small().toBytes()));
        assertThat(file.metadata()).containsEntry("key", "value");
        assertThat(file.inputs()).containsExactly(new OnnxFile.Port("x", 1, List.of("n", "1", "h", "w")));
        assertThat(file.outputs()).extracting(OnnxFile.Port::name).containsExactly("y");
    }

    @Test
    void largeWeightsGoToAnAlignedDataFile() throws Exception {
        GraphBuilder graph = GraphBuilder.named("external");
        Value x = graph.input("x", ElementType.FLOAT32, Shape.of(3));
        Value a = graph.constant("a", new float[] {1, 2, 3}, 3);
        Value b = graph.constant("b", new float[] {4, 5, 6}, 3);
        graph.output("y", graph.ops().add(graph.ops().mul(x, a), b), ElementType.FLOAT32, Shape.of(3));
        Path file = folder.resolve("m.onnx");
        assertThat(graph.writeExternal(file, 8)).containsExactly(file, folder.resolve("m.onnx.data"));
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        TensorProto second = model.getGraph().getInitializer(1);
        assertThat(second.getDataLocation()).isEqualTo(TensorProto.DataLocation.EXTERNAL);
        assertThat(second.getExternalData(1).getValue()).isEqualTo("4096");
        ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("m.onnx.data")))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(data.getFloat(4096 + 8)).isEqualTo(6);
    }

    @Test
    void mistakesAreRefusedWhereTheyAreMade() {
        GraphBuilder graph = GraphBuilder.named("a");
        Value x = graph.input("x", ElementType.FLOAT32, IMAGE);
        Value foreign = GraphBuilder.named("b").input("x", ElementType.FLOAT32, IMAGE);
        assertThatThrownBy(() -> graph.ops().add(x, foreign)).hasMessageContaining("another graph");
        assertThatThrownBy(() -> graph.input("x", ElementType.FLOAT32, IMAGE)).hasMessageContaining("used twice");
        assertThatThrownBy(() -> graph.constant("w", new float[5], 2, 3))
                .hasMessageContaining("needs 24 bytes, not 20");
        assertThatThrownBy(() -> graph.customNode("com.microsoft", "Gelu", x))
                .hasMessageContaining("call domain() first");
        assertThatThrownBy(graph::toBytes).hasMessageContaining("no output");
        assertThatThrownBy(() -> Shape.parse("n,-1")).hasMessageContaining("'-1'");
    }

    @Test
    void inputsMayBeOutputsAndNodesMaySkipOutputs() throws Exception {
        GraphBuilder graph = GraphBuilder.named("skip").domain("com.microsoft", 1);
        Value x = graph.input("x", ElementType.FLOAT32, Shape.parse("n,8"));
        Value gamma = graph.constant("gamma", new float[8], 8);
        List<Value> outs = graph.customNode("com.microsoft", "SkipLayerNormalization", x, x, gamma)
                .setFloat("epsilon", 1e-5f)
                .outsAt(0, 3);
        graph.output("sum", outs.get(1), ElementType.FLOAT32, Shape.parse("n,8"));
        graph.output("same", x, ElementType.FLOAT32, Shape.parse("n,8"));
        ModelProto model = ModelProto.parseFrom(graph.toBytes());
        assertThat(model.getGraph().getNode(0).getOutputList()).hasSize(4).contains("", "sum");
        assertThat(model.getGraph().getNode(1).getOpType()).isEqualTo("Identity");
        assertThat(model.getOpsetImportList()).extracting(o -> o.getDomain()).containsExactly("", "com.microsoft");
    }

    @Test
    void halvesRoundToNearestEven() {
        assertThat(HalfFloat.fromFloat(1f)).isEqualTo((short) 0x3c00);
        assertThat(HalfFloat.fromFloat(-2f)).isEqualTo((short) 0xc000);
        assertThat(HalfFloat.fromFloat(65504f)).isEqualTo((short) 0x7bff);
        assertThat(HalfFloat.fromFloat(65519.996f)).isEqualTo((short) 0x7bff);
        assertThat(HalfFloat.fromFloat(65520f)).isEqualTo((short) 0x7c00);
        assertThat(HalfFloat.fromFloat(0x1p-24f)).isEqualTo((short) 1);
        assertThat(HalfFloat.fromFloat(0x1p-25f)).isZero();
        assertThat(HalfFloat.fromFloat(0x1.8p-24f)).isEqualTo((short) 2);
        assertThat(HalfFloat.fromFloat(1 + 0x1p-11f)).isEqualTo((short) 0x3c00);
        assertThat(HalfFloat.fromFloat(1 + 3 * 0x1p-11f)).isEqualTo((short) 0x3c02);
        assertThat(HalfFloat.fromFloat(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xfc00);
        assertThat(HalfFloat.fromFloat(Float.NaN) & 0x7fff).isGreaterThan(0x7c00);
    }
}
