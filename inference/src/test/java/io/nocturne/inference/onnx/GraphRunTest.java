package io.nocturne.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.nocturne.inference.ModelCard;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.TestFrame;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.TensorContent;
import io.nocturne.inference.graph.Value;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the graph writer writes is what ONNX Runtime computes. */
class GraphRunTest {
    @TempDir
    Path folder;

    private static float[] run(GraphBuilder graph, float[] input, long... shape) throws Exception {
        FloatBuffer buffer = PinnedTensor.allocate(input.length);
        buffer.put(0, input);
        OrtEnvironment environment = OnnxSession.environment();
        try (OrtSession session = environment.createSession(graph.toBytes());
                OnnxTensor tensor = PinnedTensor.over(buffer, shape);
                OrtSession.Result result = session.run(Map.of("x", tensor))) {
            FloatBuffer out = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[out.remaining()];
            out.get(values);
            return values;
        }
    }

    /** Output of a function of one input. */
    private static float[] apply(
            int opset, Function<GraphBuilder, Function<Value, Value>> body, float[] in, long... shape)
            throws Exception {
        GraphBuilder graph = GraphBuilder.named("test").opset(opset);
        Value x = graph.input("x", ElementType.FLOAT32, Shape.of(shape));
        Value y = body.apply(graph).apply(x);
        String free = String.join(",", List.of("a", "b", "c", "d").subList(0, shape.length));
        graph.output("y", y, ElementType.FLOAT32, Shape.parse(free));
        return run(graph, in, shape);
    }

    @Test
    void geluIsTheSameInEveryOpset() throws Exception {
        float[] in = {-2, -0.5f, 0, 0.5f, 2};
        float[] old = apply(17, g -> g.ops()::gelu, in, 5);
        float[] recent = apply(20, g -> g.ops()::gelu, in, 5);
        for (int i = 0; i < in.length; i++) {
            assertThat(old[i]).isCloseTo(recent[i], within(1e-6f));
        }
        assertThat(old[4]).isCloseTo(1.9545f, within(1e-4f));
    }

    @Test
    void reductionsWorkBeforeAndAfterTheirAxesBecameAnInput() throws Exception {
        float[] in = {1, 5, 3, 2};
        for (int opset : new int[] {17, 18}) {
            assertThat(apply(opset, g -> x -> g.ops().reduceMax(x, 1), in, 2, 2))
                    .containsExactly(5, 3);
            assertThat(apply(opset, g -> x -> g.ops().reduceMean(x, 0), in, 2, 2))
                    .containsExactly(2, 3.5f);
        }
    }

    @Test
    void pixelsAndBlocksAreInverse() throws Exception {
        float[] in = new float[16];
        for (int i = 0; i < 16; i++) {
            in[i] = i;
        }
        assertThat(apply(17, g -> x -> g.ops().spaceToDepth(x, 2), in, 1, 1, 4, 4))
                .startsWith(0, 2, 8, 10);
        assertThat(apply(17, g -> x -> g.ops().depthToSpace(g.ops().spaceToDepth(x, 2), 2), in, 1, 1, 4, 4))
                .containsExactly(in);
    }

    @Test
    void commonOperatorsComputeWhatTheySay() throws Exception {
        float[] in = {-1, 2, 3, -4};
        assertThat(apply(17, g -> x -> g.ops().clip(x, 0, 2.5f), in, 4)).containsExactly(0, 2, 2.5f, 0);
        assertThat(apply(17, g -> x -> g.ops().clip(x, Float.NEGATIVE_INFINITY, 0), in, 4))
                .containsExactly(-1, 0, 0, -4);
        assertThat(apply(17, g -> x -> g.ops().leakyRelu(x, 0.5f), in, 4)).containsExactly(-0.5f, 2, 3, -2);
        assertThat(apply(17, g -> x -> g.ops().pad(x, Ops.Edge.REFLECT, 1), in, 4))
                .containsExactly(2, -1, 2, 3, -4, 3);
        assertThat(apply(17, g -> x -> g.ops().split(x, 0, 1, 3).get(1), in, 4)).containsExactly(2, 3, -4);
        assertThat(apply(17, g -> x -> g.ops().transpose(x, 1, 0), in, 2, 2)).containsExactly(-1, 3, 2, -4);
        assertThat(apply(17, g -> x -> g.ops().softmax(x, 0), new float[] {1, 1}, 2))
                .containsExactly(0.5f, 0.5f);
        assertThat(apply(17, g -> x -> g.ops().maxPool(x, 2, 2), in, 1, 1, 2, 2))
                .containsExactly(3);
        assertThat(apply(17, g -> x -> g.ops().resize(x, 2, Ops.Interpolation.NEAREST), in, 1, 1, 1, 4))
                .hasSize(16);
        assertThat(apply(
                        17,
                        g -> x -> g.ops()
                                .layerNorm(
                                        x,
                                        g.constant("g", new float[] {1, 1}, 2),
                                        g.constant("b", new float[] {3, 3}, 2),
                                        0),
                        new float[] {1, 3},
                        1,
                        2))
                .containsExactly(2, 4);
    }

    @Test
    void halfPrecisionConstantsAreReadBack() throws Exception {
        assertThat(apply(
                        17,
                        g -> x -> {
                            Value half = g.constant("h", ElementType.FLOAT16, TensorContent.ofHalf(1.5f, -0.25f), 2);
                            return g.ops().add(x, g.ops().cast(half, ElementType.FLOAT32));
                        },
                        new float[] {1, 1},
                        2))
                .containsExactly(2.5f, 0.75f);
    }

    @Test
    void microsoftOperatorsGiveSelectedOutputs() throws Exception {
        GraphBuilder graph = GraphBuilder.named("skip").domain("com.microsoft", 1);
        Value x = graph.input("x", ElementType.FLOAT32, Shape.of(1, 2));
        Value gamma = graph.constant("gamma", new float[] {1, 1}, 2);
        List<Value> outs = graph.customNode("com.microsoft", "SkipLayerNormalization", x, x, gamma)
                .setFloat("epsilon", 1e-6f)
                .outsAt(0, 3);
        graph.output("sum", outs.get(1), ElementType.FLOAT32, Shape.of(1, 2));
        assertThat(run(graph, new float[] {1, 3}, 1, 2)).containsExactly(2, 6);
    }

    @Test
    void bodiesOfScanReadTheGraphAround() throws Exception {
        GraphBuilder graph = GraphBuilder.named("scan");
        Value x = graph.input("x", ElementType.FLOAT32, Shape.of(3, 2));
        Value factor = graph.scalar(10);
        GraphBuilder body = graph.body("times");
        Value row = body.input("row", ElementType.FLOAT32, Shape.of(2));
        Value one = body.constant("one", new float[] {1, 1}, 2);
        Value scaled = body.ops().add(body.ops().mul(row, factor), one);
        body.output("scaled", scaled, ElementType.FLOAT32, Shape.of(2));
        Value y = graph.node("Scan", x)
                .setGraph("body", body)
                .set("num_scan_inputs", 1)
                .out();
        graph.output("y", y, ElementType.FLOAT32, Shape.of(3, 2));
        assertThat(run(graph, new float[] {1, 2, 3, 4, 5, 6}, 3, 2)).containsExactly(11, 21, 31, 41, 51, 61);
    }

    @Test
    void modelsWithADataFileRun() throws Exception {
        GraphBuilder graph = GraphBuilder.named("external");
        Value image = graph.input("image", ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        Value shift = graph.constant("shift", new float[] {5}, 1);
        graph.output("restored", graph.ops().add(image, shift), ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        Path file = folder.resolve("external.onnx");
        graph.metadata(
                RestorationModel.CARD_KEY,
                ModelCard.of("external", "none", "")
                        .withTile(ModelCard.Tile.whole(1))
                        .toJson());
        assertThat(graph.writeExternal(file, 1)).hasSize(2);
        FrameSpec spec = new FrameSpec(4, 4, PixelType.UINT8);
        TestFrame frame = new TestFrame(spec, i -> i);
        try (OnnxRestorer restorer = OnnxRestorer.open(
                        RestorationModel.load(file),
                        StreamSpec.movie("cam0", spec, 0, -1),
                        OnnxRestorer.Options.defaults());
                RestoreLane lane = restorer.openLane()) {
            ByteBuffer product = TestFrame.plane(spec);
            lane.load(frame.alone(), new double[0]);
            lane.compute();
            lane.emit(product);
            assertThat(TestFrame.get(spec, product, 15)).isEqualTo(20);
        }
    }
}
