package io.nocturne.inference.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.norm.LayerNorm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tokens as tensors that know where they came from. */
final class TorchTokens implements Tokens<NDArray> {
    private static final float EPSILON = 1e-5f;

    private final TorchAlgebra algebra;
    private final NDManager memory;
    private final Map<Object, NDArray> constants = new HashMap<>();

    TorchTokens(TorchAlgebra algebra, NDManager memory) {
        this.algebra = algebra;
        this.memory = memory;
    }

    @Override
    public NDArray windows(NDArray image, int side) {
        Shape shape = image.getShape();
        long rows = shape.get(2) / side;
        long columns = shape.get(3) / side;
        return image.reshape(shape.get(0), shape.get(1), rows, side, columns, side)
                .transpose(0, 2, 4, 3, 5, 1)
                .reshape(shape.get(0), rows, columns, (long) side * side, shape.get(1));
    }

    @Override
    public NDArray image(NDArray windows, int side) {
        Shape shape = windows.getShape();
        return windows.reshape(shape.get(0), shape.get(1), shape.get(2), side, side, shape.get(4))
                .transpose(0, 5, 1, 3, 2, 4)
                .reshape(shape.get(0), shape.get(4), shape.get(1) * side, shape.get(2) * side);
    }

    @Override
    public NDArray roll(NDArray image, int by) {
        return roll(roll(image, 2, by), 3, by);
    }

    private static NDArray roll(NDArray x, int axis, int by) {
        long size = x.getShape().get(axis);
        long first = Math.floorMod(by, size);
        NDIndex end = new NDIndex();
        NDIndex start = new NDIndex();
        for (int i = 0; i < axis; i++) {
            end.addAllDim();
            start.addAllDim();
        }
        return x.get(end.addSliceDim(first, size)).concat(x.get(start.addSliceDim(0, first)), axis);
    }

    @Override
    public NDArray norm(NDArray x, Weights.Parameter gamma, Weights.Parameter beta) {
        Shape channels = new Shape(gamma.shape());
        return LayerNorm.layerNorm(x, channels, algebra.tensor(gamma), algebra.tensor(beta), EPSILON)
                .singletonOrThrow();
    }

    @Override
    public NDArray linear(NDArray x, Weights.Parameter matrix, Weights.Parameter bias) {
        return x.matMul(algebra.tensor(matrix).transpose()).add(algebra.tensor(bias));
    }

    @Override
    public NDArray gelu(NDArray x) {
        return Activation.gelu(x);
    }

    @Override
    public List<NDArray> split(NDArray x, int parts) {
        return List.copyOf(x.split(parts, x.getShape().dimension() - 1));
    }

    @Override
    public NDArray heads(NDArray x, int heads) {
        Shape shape = x.getShape();
        return x.reshape(shape.get(0), shape.get(1), shape.get(2), shape.get(3), heads, shape.get(4) / heads)
                .transpose(0, 1, 2, 4, 3, 5);
    }

    @Override
    public NDArray joined(NDArray heads) {
        Shape shape = heads.getShape();
        return heads.transpose(0, 1, 2, 4, 3, 5)
                .reshape(shape.get(0), shape.get(1), shape.get(2), shape.get(4), shape.get(3) * shape.get(5));
    }

    @Override
    public NDArray product(NDArray a, NDArray b) {
        return a.matMul(b);
    }

    @Override
    public NDArray productTurned(NDArray a, NDArray b) {
        return a.matMul(b.swapAxes(-2, -1));
    }

    @Override
    public NDArray add(NDArray a, NDArray b) {
        return a.add(b);
    }

    @Override
    public NDArray times(NDArray x, float number) {
        return algebra.times(x, number);
    }

    @Override
    public NDArray softmax(NDArray x) {
        return x.softmax(-1);
    }

    @Override
    public NDArray positionBias(Weights.Parameter table, int side) {
        long tokens = (long) side * side;
        NDArray picked = constants.computeIfAbsent("steps" + side, key -> pick(side));
        return picked.matMul(algebra.tensor(table)).transpose().reshape(table.shape()[1], tokens, tokens);
    }

    /** [tokens * tokens, steps]: one where a pair of tokens is that step apart. A product, for its gradient's sake. */
    private NDArray pick(int side) {
        long[] steps = Steps.steps(side);
        int all = (2 * side - 1) * (2 * side - 1);
        float[] ones = new float[steps.length * all];
        for (int i = 0; i < steps.length; i++) {
            ones[i * all + (int) steps[i]] = 1;
        }
        return memory.create(ones, new Shape(steps.length, all));
    }

    @Override
    public NDArray apart(NDArray windows, int side) {
        long rows = windows.getShape().get(1);
        long columns = windows.getShape().get(2);
        return constants.computeIfAbsent(List.of(side, rows, columns), key -> {
            int tokens = side * side;
            NDArray below = last(rows)
                    .reshape(1, rows, 1, 1, 1, 1)
                    .mul(memory.create(Steps.halves(side, true), new Shape(tokens, tokens)));
            NDArray right = last(columns)
                    .reshape(1, 1, columns, 1, 1, 1)
                    .mul(memory.create(Steps.halves(side, false), new Shape(tokens, tokens)));
            return below.add(right);
        });
    }

    /** Zeros, and a one at the end. */
    private NDArray last(long length) {
        float[] ends = new float[Math.toIntExact(length)];
        ends[ends.length - 1] = 1;
        return memory.create(ends);
    }
}
