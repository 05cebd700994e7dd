package io.nocturne.inference.training;

import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Value;
import io.nocturne.stream.optics.LowPass;
import java.util.HashMap;
import java.util.Map;

/** Networks as ONNX graphs. Weights become constants under their own names, so that they can be read back. */
final class GraphAlgebra implements Algebra<Value> {
    private final GraphBuilder graph;
    private final Ops ops;
    private final Map<String, Value> constants = new HashMap<>();
    private final GraphTokens tokens;

    GraphAlgebra(GraphBuilder graph) {
        this.graph = graph;
        ops = graph.ops();
        tokens = new GraphTokens(graph, this);
    }

    /** A weight, once. */
    Value constant(Weights.Parameter parameter) {
        return constants.computeIfAbsent(
                parameter.name(), name -> graph.constant(name, parameter.values(), parameter.shape()));
    }

    @Override
    public Value conv(Value x, Weights.Layer layer) {
        return ops.conv(x, constant(layer.kernel()), constant(layer.bias()), Ops.Convolution.same(layer.side()));
    }

    /** Two convolutions and their sum: ONNX Runtime adds within the second, and nothing is copied side by side. */
    @Override
    public Value conv(Value a, int channels, Value b, Weights.Layer layer) {
        Value kernel = constant(layer.kernel());
        long all = layer.kernel().shape()[1];
        Ops.Convolution same = Ops.Convolution.same(layer.side());
        Value first = ops.conv(a, ops.slice(kernel, 1, 0, channels), constant(layer.bias()), same);
        return ops.add(first, ops.conv(b, ops.slice(kernel, 1, channels, all), Value.ABSENT, same));
    }

    @Override
    public Value relu(Value x) {
        return ops.relu(x);
    }

    @Override
    public Value add(Value a, Value b) {
        return ops.add(a, b);
    }

    @Override
    public Value sub(Value a, Value b) {
        return ops.sub(a, b);
    }

    @Override
    public Value mul(Value a, Value b) {
        return ops.mul(a, b);
    }

    @Override
    public Value plus(Value x, float number) {
        return ops.add(x, graph.scalar(number));
    }

    @Override
    public Value times(Value x, float number) {
        return ops.mul(x, graph.scalar(number));
    }

    @Override
    public Value sqrt(Value x) {
        return ops.sqrt(x);
    }

    @Override
    public Value halve(Value x) {
        return ops.averagePool(x, 2, 2);
    }

    @Override
    public Value lowPass(Value planes, Weights.Parameter cutoff) {
        double highest = Math.min(LowPass.MOST, Math.max(LowPass.LEAST, cutoff.values()[0]));
        float[] kernel = new LowPass(highest, LowPass.RADIUS).kernel();
        Value padded = ops.pad(planes, Ops.Edge.REFLECT, 0, 0, LowPass.RADIUS, LowPass.RADIUS);
        Value rows = ops.conv(padded, graph.constant(cutoff.name() + ".rows", kernel, 1, 1, 1, kernel.length));
        return ops.conv(rows, graph.constant(cutoff.name() + ".columns", kernel, 1, 1, kernel.length, 1));
    }

    @Override
    public Value unshuffle(Value x, int block) {
        return ops.spaceToDepth(x, block);
    }

    @Override
    public Value shuffle(Value x, int block) {
        return ops.depthToSpace(x, block);
    }

    @Override
    public Tokens<Value> tokens() {
        return tokens;
    }
}
