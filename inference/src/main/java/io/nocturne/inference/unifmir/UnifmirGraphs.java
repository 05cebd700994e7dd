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
    private static final int KERNEL = 3 * 3;
    private static final float LEAK = 0.01f;

    /** Since then images are resized without naming their batch. */
    private static final int RESIZE_OPSET = 18;

    /** Windows that go through blocks together: about what a core's cache holds. */
    private static final int PORTION = 32;

    private final GraphBuilder graph;
    private final Ops ops;
    private final UnifmirNetwork network;
    private final GraphOptions options;
    private final Weights weights;

    private UnifmirGraphs(UnifmirNetwork network, StateDict parameters, GraphOptions options) {
        Formulation formulation = options.formulation();
        if (options.firstStage()
                && network.projector().isEmpty()
                && network.unet().isEmpty()) {
            throw new IllegalArgumentException(
                    "A network for '" + network.task().title() + "' has no first stage of its own");
        }
        if (options.lightField() && network.unet().isEmpty()) {
            throw new IllegalArgumentException(
                    "A network for '" + network.task().title() + "' reads no light field");
        }
        this.network = network;
        this.options = options;
        this.weights = new Weights(parameters, options.half());
        this.graph = GraphBuilder.named("unifmir-" + network.task().title())
                .opset(Math.max(formulation.opset(), network.unet().isPresent() ? RESIZE_OPSET : 0));
        this.ops = graph.ops();
        if (formulation == Formulation.CPU || formulation == Formulation.CPU_CHUNKED) {
            graph.domain(CpuBlockOps.DOMAIN, 1);
        }
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
        Value read = input();
        Value image = options.half() ? ops.cast(read, ElementType.FLOAT16) : read;
        Value first = null;
        Value restored;
        if (network.projector().isPresent()) {
            first = new ProjectorStage(graph, network.projector().get(), weights)
                    .surface(image, options.height(), options.width());
            restored = ops.add(body(first, options.height(), options.width()), first);
        } else if (network.unet().isPresent()) {
            int side = network.scale();
            int rows = roundUp(options.height());
            int columns = roundUp(options.width());
            Value views = mirrorEnds(image, rows - options.height(), columns - options.width());
            first = new ViewNetStage(graph, network.unet().get(), weights).planes(views, rows, columns);
            restored = cropped(body(first, side * rows, side * columns));
            first = cropped(first);
        } else {
            restored = body(image, options.height(), options.width());
        }
        output(OUTPUT, restored);
        if (options.firstStage()) {
            output(FIRST_STAGE, first);
        }
        return graph;
    }

    private Value input() {
        if (options.lightField()) {
            int side = network.scale();
            String shape = "n,1," + side * options.height() + "," + side * options.width();
            return ops.spaceToDepth(graph.input(INPUT, ElementType.FLOAT32, Shape.parse(shape)), side);
        }
        String shape = "n," + network.inputs() + "," + options.height() + "," + options.width();
        return graph.input(INPUT, ElementType.FLOAT32, Shape.parse(shape));
    }

    private void output(String name, Value value) {
        Value written = options.half() ? ops.cast(value, ElementType.FLOAT32) : value;
        String shape = "n," + network.outputs() + "," + options.height() * network.scale() + ","
                + options.width() * network.scale();
        graph.output(name, written, ElementType.FLOAT32, Shape.parse(shape));
    }

    private Value cropped(Value planes) {
        int side = network.scale();
        Value rows = crop(planes, 2, side * roundUp(options.height()), side * options.height());
        return crop(rows, 3, side * roundUp(options.width()), side * options.width());
    }

    private Value body(Value image, int height, int width) {
        SwinBody body = network.body();
        ParameterNames names = network.names();
        int rows = roundUp(height);
        int columns = roundUp(width);
        Value padded = mirrorEnds(image, rows - height, columns - width);
        Trunk trunk = trunk(padded, rows, columns);
        Value x = ops.leakyRelu(before(trunk.features(padded), trunk.width()), LEAK);
        if (body.scale() == 2) {
            x = ops.depthToSpace(convolution(x, names.upsample()), 2);
        }
        Value result = convolution(x, names.last());
        Value cropped = crop(result, 2, rows * body.scale(), height * body.scale());
        return crop(cropped, 3, columns * body.scale(), width * body.scale());
    }

    private Trunk trunk(Value image, int rows, int columns) {
        if (options.formulation() == Formulation.PLAIN) {
            return new PlainTrunk(graph, network, groups(), weights, rows, columns);
        }
        BlockOps steps = options.formulation() == Formulation.TENSORRT
                ? new StandardBlockOps(graph, weights, network.body())
                : new CpuBlockOps(graph, weights, network.body());
        WindowLayout layout = new WindowLayout(rows, columns);
        int portion =
                options.formulation() == Formulation.CPU_CHUNKED ? options.chunk() == 0 ? PORTION : options.chunk() : 0;
        Portions portions = new Portions(graph, weights, image, layout.quadrants(), steps.width(), portion);
        return new WindowTrunk(graph, network, groups(), steps, layout, portions);
    }

    /** Convolution behind the trunk, which passes over its padding. */
    private Value before(Value features, int width) {
        SwinBody body = network.body();
        String name = network.names().before();
        if (width == body.channels()) {
            return convolution(features, name);
        }
        Value kernels = weights.deferred(
                graph,
                name + ".padded",
                () -> Matrix.of(body.features(), body.channels() * KERNEL, weights.read(name + ".weight"))
                        .spreadColumns(width * KERNEL, column -> column)
                        .elements(),
                body.features(),
                width,
                3,
                3);
        return ops.conv(features, kernels, weights.parameter(graph, name + ".bias"), Ops.Convolution.same(3));
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
