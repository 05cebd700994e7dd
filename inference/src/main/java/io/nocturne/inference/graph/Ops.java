package io.nocturne.inference.graph;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The common operators as functions, in the form that the graph's opset asks for. Tensors are in ONNX order: batch,
 * channels, rows, columns. Anything else goes through {@link GraphBuilder#node}.
 */
public final class Ops {
    /** How a border is continued. */
    public enum Edge {
        /** By zeros. */
        CONSTANT("constant"),
        /** By mirroring around the outermost pixel, which isn't repeated; each pad must be smaller than the axis. */
        REFLECT("reflect"),
        /** By repeating the outermost pixel. */
        REPLICATE("edge");

        private final String mode;

        Edge(String mode) {
            this.mode = mode;
        }
    }

    /** How {@link #resize} interpolates; pixel centres stay aligned ({@code half_pixel}). */
    public enum Interpolation {
        NEAREST("nearest"),
        LINEAR("linear"),
        CUBIC("cubic");

        private final String mode;

        Interpolation(String mode) {
            this.mode = mode;
        }
    }

    /**
     * Geometry of a 2-D convolution.
     *
     * @param padRows zeros above and below
     * @param padColumns zeros left and right
     * @param stride step in both axes
     * @param groups groups of channels that are convolved apart
     */
    public record Convolution(int padRows, int padColumns, int stride, int groups) {
        /** No padding, stride 1, one group. */
        public static final Convolution VALID = new Convolution(0, 0, 1, 1);

        /** Keeps the size for an odd kernel. */
        public static Convolution same(int kernel) {
            return new Convolution(kernel / 2, kernel / 2, 1, 1);
        }
    }

    private final GraphBuilder graph;

    Ops(GraphBuilder graph) {
        this.graph = graph;
    }

    public Value add(Value a, Value b) {
        return graph.node("Add", a, b).out();
    }

    public Value sub(Value a, Value b) {
        return graph.node("Sub", a, b).out();
    }

    public Value mul(Value a, Value b) {
        return graph.node("Mul", a, b).out();
    }

    public Value div(Value a, Value b) {
        return graph.node("Div", a, b).out();
    }

    public Value min(Value a, Value b) {
        return graph.node("Min", a, b).out();
    }

    public Value max(Value a, Value b) {
        return graph.node("Max", a, b).out();
    }

    public Value sqrt(Value x) {
        return graph.node("Sqrt", x).out();
    }

    public Value exp(Value x) {
        return graph.node("Exp", x).out();
    }

    public Value reciprocal(Value x) {
        return graph.node("Reciprocal", x).out();
    }

    public Value relu(Value x) {
        return graph.node("Relu", x).out();
    }

    public Value leakyRelu(Value x, float slope) {
        return graph.node("LeakyRelu", x).setFloat("alpha", slope).out();
    }

    public Value sigmoid(Value x) {
        return graph.node("Sigmoid", x).out();
    }

    public Value tanh(Value x) {
        return graph.node("Tanh", x).out();
    }

    public Value identity(Value x) {
        return graph.node("Identity", x).out();
    }

    /** Exact GELU; below opset 20 written out with Erf, a form that ONNX Runtime fuses. */
    public Value gelu(Value x) {
        if (graph.opset() >= 20) {
            return graph.node("Gelu", x).out();
        }
        Value erf =
                graph.node("Erf", div(x, graph.scalar((float) Math.sqrt(2)))).out();
        return mul(mul(x, add(erf, graph.scalar(1f))), graph.scalar(0.5f));
    }

    /** Limits values to {@code low..high}; an infinite limit is left out. */
    public Value clip(Value x, float low, float high) {
        Value lower = Float.isInfinite(low) ? Value.ABSENT : graph.scalar(low);
        return Float.isInfinite(high)
                ? graph.node("Clip", x, lower).out()
                : graph.node("Clip", x, lower, graph.scalar(high)).out();
    }

    public Value cast(Value x, ElementType type) {
        return graph.node("Cast", x).set("to", type.code()).out();
    }

    /** Convolution without bias, without padding. */
    public Value conv(Value x, Value weights) {
        return conv(x, weights, Value.ABSENT, Convolution.VALID);
    }

    /** 2-D convolution; {@code bias} may be {@link Value#ABSENT}. */
    public Value conv(Value x, Value weights, Value bias, Convolution geometry) {
        NodeBuilder node = bias == Value.ABSENT ? graph.node("Conv", x, weights) : graph.node("Conv", x, weights, bias);
        long rows = geometry.padRows();
        long columns = geometry.padColumns();
        return node.setInts("pads", rows, columns, rows, columns)
                .setInts("strides", geometry.stride(), geometry.stride())
                .set("group", geometry.groups())
                .out();
    }

    /** Transposed convolution that doubles, triples ... the size: kernel = stride, no padding. */
    public Value upConv(Value x, Value weights, Value bias, int stride) {
        return graph.node("ConvTranspose", x, weights, bias)
                .setInts("strides", stride, stride)
                .out();
    }

    public Value matmul(Value a, Value b) {
        return graph.node("MatMul", a, b).out();
    }

    /** {@code a . b + c} on matrices, b transposed on request. */
    public Value gemm(Value a, Value b, Value c, boolean transposeB) {
        return graph.node("Gemm", a, b, c).set("transB", transposeB ? 1 : 0).out();
    }

    /** Layer normalisation over the last axis. */
    public Value layerNorm(Value x, Value gamma, Value beta, float epsilon) {
        return graph.node("LayerNormalization", x, gamma, beta)
                .set("axis", -1)
                .setFloat("epsilon", epsilon)
                .out();
    }

    public Value softmax(Value x, int axis) {
        return graph.node("Softmax", x).set("axis", axis).out();
    }

    /** New shape; 0 keeps that axis' size, -1 takes what is left. */
    public Value reshape(Value x, long... dims) {
        return graph.node("Reshape", x, graph.ints(dims)).out();
    }

    public Value transpose(Value x, long... order) {
        return graph.node("Transpose", x).setInts("perm", order).out();
    }

    public Value concat(int axis, Value... parts) {
        return graph.node("Concat", parts).set("axis", axis).out();
    }

    /** Parts of the given sizes along an axis. */
    public List<Value> split(Value x, int axis, long... sizes) {
        return graph.node("Split", x, graph.ints(sizes)).set("axis", axis).outs(sizes.length);
    }

    /** Elements {@code from} (inclusive) to {@code to} (exclusive, negative counts from the end) of one axis. */
    public Value slice(Value x, int axis, long from, long to) {
        return graph.node("Slice", x, graph.ints(from), graph.ints(to), graph.ints(axis))
                .out();
    }

    public Value gather(Value x, Value indices, int axis) {
        return graph.node("Gather", x, indices).set("axis", axis).out();
    }

    public Value squeeze(Value x, long... axes) {
        return graph.node("Squeeze", x, graph.ints(axes)).out();
    }

    public Value unsqueeze(Value x, long... axes) {
        return graph.node("Unsqueeze", x, graph.ints(axes)).out();
    }

    /** Blocks of channels to blocks of pixels: sub-pixel convolution's last step, channels-first (CRD) order. */
    public Value depthToSpace(Value x, int block) {
        return graph.node("DepthToSpace", x)
                .set("blocksize", block)
                .set("mode", "CRD")
                .out();
    }

    /** Blocks of pixels to channels; ONNX orders them block row, block column, channel. */
    public Value spaceToDepth(Value x, int block) {
        return graph.node("SpaceToDepth", x).set("blocksize", block).out();
    }

    /** Enlarges rows and columns of a 4-D tensor. */
    public Value resize(Value x, float scale, Interpolation interpolation) {
        Value scales = graph.constant(graph.fresh("scales"), new float[] {1, 1, scale, scale}, 4);
        NodeBuilder node = graph.node("Resize", x, Value.ABSENT, scales)
                .set("mode", interpolation.mode)
                .set("coordinate_transformation_mode", "half_pixel");
        if (interpolation == Interpolation.CUBIC) {
            node.setFloat("cubic_coeff_a", -0.5f); // Keys 1981: third-order accurate
        }
        return node.out();
    }

    /** Enlarges or shrinks rows and columns of a 4-D tensor to this size; opset 18 or later. */
    public Value resize(Value x, int rows, int columns, Interpolation interpolation) {
        Value sizes = graph.ints(rows, columns);
        return graph.node("Resize", x, Value.ABSENT, Value.ABSENT, sizes)
                .set("mode", interpolation.mode)
                .set("coordinate_transformation_mode", "half_pixel")
                .setInts("axes", 2, 3)
                .out();
    }

    /** Continues each axis at both ends by as many elements as {@code pads} tells for it. */
    public Value pad(Value x, Edge edge, long... pads) {
        long[] both = Stream.of(pads, pads).flatMapToLong(Arrays::stream).toArray();
        return graph.node("Pad", x, graph.ints(both)).set("mode", edge.mode).out();
    }

    public Value maxPool(Value x, int kernel, int stride) {
        return pool("MaxPool", x, kernel, stride);
    }

    public Value averagePool(Value x, int kernel, int stride) {
        return pool("AveragePool", x, kernel, stride);
    }

    private Value pool(String operator, Value x, int kernel, int stride) {
        return graph.node(operator, x)
                .setInts("kernel_shape", kernel, kernel)
                .setInts("strides", stride, stride)
                .out();
    }

    /** Largest value along axes, which stay with size 1. */
    public Value reduceMax(Value x, long... axes) {
        return reduce("ReduceMax", x, axes);
    }

    /** Mean along axes, which stay with size 1. */
    public Value reduceMean(Value x, long... axes) {
        return reduce("ReduceMean", x, axes);
    }

    /** Sum along axes, which stay with size 1. */
    public Value reduceSum(Value x, long... axes) {
        return graph.node("ReduceSum", x, graph.ints(axes)).set("keepdims", 1).out();
    }

    private Value reduce(String operator, Value x, long... axes) {
        NodeBuilder node = graph.opset() >= 18
                ? graph.node(operator, x, graph.ints(axes))
                : graph.node(operator, x).setInts("axes", axes);
        return node.set("keepdims", 1).out();
    }
}
