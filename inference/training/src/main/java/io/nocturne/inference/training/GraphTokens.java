package io.nocturne.inference.training;

import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Tokens in an ONNX graph, for images of any size. */
final class GraphTokens implements Tokens<Value> {
    private static final float EPSILON = 1e-5f;

    private final GraphBuilder graph;
    private final Ops ops;
    private final GraphAlgebra algebra;
    private final Map<String, Value> known = new HashMap<>();

    GraphTokens(GraphBuilder graph, GraphAlgebra algebra) {
        this.graph = graph;
        this.algebra = algebra;
        ops = graph.ops();
    }

    /** A window's pixels become channels, and these a window's tokens: no size of an image has to be known. */
    @Override
    public Value windows(Value image, int side) {
        Value pixels = ops.transpose(ops.spaceToDepth(image, side), 0, 2, 3, 1);
        return graph.node("Reshape", pixels, graph.ints(0, 0, 0, (long) side * side, -1))
                .out();
    }

    @Override
    public Value image(Value windows, int side) {
        Value pixels = ops.transpose(ops.reshape(windows, 0, 0, 0, -1), 0, 3, 1, 2);
        return graph.node("DepthToSpace", pixels)
                .set("blocksize", side)
                .set("mode", "DCR")
                .out();
    }

    @Override
    public Value roll(Value image, int by) {
        return roll(roll(image, 2, by), 3, by);
    }

    private Value roll(Value x, int axis, int by) {
        return ops.concat(axis, ops.slice(x, axis, by, Long.MAX_VALUE), ops.slice(x, axis, 0, by));
    }

    @Override
    public Value norm(Value x, Weights.Parameter gamma, Weights.Parameter beta) {
        return ops.layerNorm(x, algebra.constant(gamma), algebra.constant(beta), EPSILON);
    }

    @Override
    public Value linear(Value x, Weights.Parameter matrix, Weights.Parameter bias) {
        Value turned = once(matrix.name(), () -> ops.transpose(algebra.constant(matrix), 1, 0));
        return ops.add(ops.matmul(x, turned), algebra.constant(bias));
    }

    @Override
    public Value gelu(Value x) {
        return ops.gelu(x);
    }

    @Override
    public List<Value> split(Value x, int parts) {
        return graph.node("Split", x).set("axis", -1).outs(parts);
    }

    @Override
    public Value heads(Value x, int heads) {
        Value apart = ops.reshape(x, 0, 0, 0, 0, heads, -1);
        return ops.transpose(apart, 0, 1, 2, 4, 3, 5);
    }

    @Override
    public Value joined(Value heads) {
        return ops.reshape(ops.transpose(heads, 0, 1, 2, 4, 3, 5), 0, 0, 0, 0, -1);
    }

    @Override
    public Value product(Value a, Value b) {
        return ops.matmul(a, b);
    }

    @Override
    public Value productTurned(Value a, Value b) {
        return ops.matmul(a, ops.transpose(b, 0, 1, 2, 3, 5, 4));
    }

    @Override
    public Value add(Value a, Value b) {
        return ops.add(a, b);
    }

    @Override
    public Value times(Value x, float number) {
        return ops.mul(x, graph.scalar(number));
    }

    @Override
    public Value softmax(Value x) {
        return ops.softmax(x, -1);
    }

    @Override
    public Value positionBias(Weights.Parameter table, int side) {
        long tokens = (long) side * side;
        return once(table.name(), () -> {
            Value steps =
                    once("steps" + side, () -> graph.constant("steps" + side, Steps.steps(side), tokens * tokens));
            Value pairs = ops.transpose(ops.gather(algebra.constant(table), steps, 0), 1, 0);
            return ops.reshape(pairs, table.shape()[1], tokens, tokens);
        });
    }

    /** One for all blocks, as all windows lie alike. */
    @Override
    public Value apart(Value windows, int side) {
        return once("apart" + side, () -> {
            Value shape = graph.node("Shape", windows).out();
            Value below = ops.mul(last(shape, 1, 1, -1, 1, 1, 1, 1), halves(side, true));
            Value right = ops.mul(last(shape, 2, 1, 1, -1, 1, 1, 1), halves(side, false));
            return ops.add(below, right);
        });
    }

    private Value halves(int side, boolean rows) {
        long tokens = (long) side * side;
        return graph.constant(graph.fresh("halves"), Steps.halves(side, rows), tokens, tokens);
    }

    /** Zeros, as many as there are along an axis, and a one at the end. */
    private Value last(Value shape, int axis, long... dims) {
        Value length = ops.gather(shape, graph.constant(graph.fresh("axis"), new long[] {axis}), 0);
        Value zero = graph.constant(graph.fresh("first"), new long[] {0});
        Value one = graph.constant(graph.fresh("step"), new long[] {1});
        Value places = graph.node("Range", zero, length, one).out();
        Value end = graph.node("Equal", places, ops.sub(length, one)).out();
        return ops.reshape(ops.cast(end, ElementType.FLOAT32), dims);
    }

    private Value once(String name, Supplier<Value> made) {
        Value value = known.get(name);
        if (value == null) {
            value = made.get();
            known.put(name, value);
        }
        return value;
    }
}
