package io.nocturne.inference.unifmir;

import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes UniFMIR networks down as ONNX graphs: input {@code image} [n, inputs, height, width] and output {@code restored}
 * [n, outputs, height * scale, width * scale], both float32, with any number n of tiles of one size.
 */
public final class UnifmirGraphs {
    /** Name of the pixel input. */
    public static final String INPUT = "image";
    /** Name of the result. */
    public static final String OUTPUT = "restored";
    /** Name of the first stage's result, if {@link GraphOptions#firstStage} asks for it. */
    public static final String FIRST_STAGE = "stage1";

    private static final int WINDOW = UnifmirNetwork.WINDOW;
    private static final float LEAK = 0.01f;

    private final GraphBuilder graph;
    private final Ops ops;
    private final UnifmirNetwork network;
    private final GraphOptions options;
    private final Weights weights;

    private UnifmirGraphs(UnifmirNetwork network, StateDict parameters, GraphOptions options) {
        Formulation formulation = options.formulation();
        this.network = network;
        this.options = options;
        this.weights = new Weights(parameters, options.half());
        this.graph = GraphBuilder.named("unifmir-" + network.task().title()).opset(formulation.opset());
        this.ops = graph.ops();
    }

    /**
     * Writes a network down. Parameters are read again when the graph itself is written.
     *
     * @throws IllegalArgumentException if the options ask for what this network hasn't got
     */
    public static GraphBuilder build(UnifmirNetwork network, StateDict parameters, GraphOptions options) {
        return new UnifmirGraphs(network, parameters, options).build();
    }

    private GraphBuilder build() {
        Value image = graph.input(
                INPUT,
                ElementType.FLOAT32,
                Shape.parse("n," + network.inputs() + "," + options.height() + "," + options.width()));
        Value restored = body(image, options.height(), options.width());
        return graph.output(
                OUTPUT,
                restored,
                ElementType.FLOAT32,
                Shape.parse("n," + network.outputs() + "," + options.height() * network.scale() + ","
                        + options.width() * network.scale()));
    }

    private Value body(Value image, int height, int width) {
        SwinBody body = network.body();
        ParameterNames names = network.names();
        int rows = roundUp(height);
        int columns = roundUp(width);
        Value padded = mirrorEnds(image, rows - height, columns - width);
        Trunk trunk = new PlainTrunk(graph, network, groups(), weights, rows, columns);
        Value features = trunk.features(padded);
        Value x = ops.leakyRelu(convolution(features, names.before()), LEAK);
        if (body.scale() == 2) {
            x = ops.depthToSpace(convolution(x, names.upsample()), 2);
        }
        Value result = convolution(x, names.last());
        Value cropped = crop(result, 2, rows * body.scale(), height * body.scale());
        return crop(cropped, 3, columns * body.scale(), width * body.scale());
    }

    private List<Integer> groups() {
        return IntStream.range(0, network.body().depths().size())
                .filter(group -> !(options.fast() && group == 1))
                .boxed()
                .toList();
    }

    private Value convolution(Value x, String name) {
        return ops.conv(
                x,
                weights.parameter(graph, name + ".weight"),
                weights.parameter(graph, name + ".bias"),
                Ops.Convolution.same(3));
    }

    private Value mirrorEnds(Value x, int rows, int columns) {
        if (rows == 0 && columns == 0) {
            return x;
        }
        return graph.node("Pad", x, graph.ints(0, 0, 0, 0, 0, 0, rows, columns))
                .set("mode", "reflect")
                .out();
    }

    private Value crop(Value x, int axis, int from, int to) {
        return from == to ? x : ops.slice(x, axis, 0, to);
    }

    private static int roundUp(int side) {
        return (side + WINDOW - 1) / WINDOW * WINDOW;
    }
}
