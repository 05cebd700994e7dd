package io.nocturne.inference.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import io.nocturne.stream.optics.LowPass;
import java.util.LinkedHashMap;
import java.util.Map;

/** Networks as tensors that know where they came from; lives as long as the manager that its tensors belong to. */
final class TorchAlgebra implements Algebra<NDArray> {
    private final NDManager memory;
    private final boolean learning;
    private final Map<String, NDArray> tensors = new LinkedHashMap<>();
    private final TorchTokens tokens;

    /**
     * @param learning whether gradients of the weights will be asked for
     */
    TorchAlgebra(NDManager memory, boolean learning) {
        this.memory = memory;
        this.learning = learning;
        tokens = new TorchTokens(this, memory);
    }

    NDArray tensor(Weights.Parameter parameter) {
        return tensors.computeIfAbsent(parameter.name(), name -> {
            NDArray tensor = memory.create(parameter.values(), new Shape(parameter.shape()));
            tensor.setRequiresGradient(learning);
            return tensor;
        });
    }

    /** Gradients of all weights after a backward pass, in the weights' order. */
    float[] gradients(Weights weights) {
        float[] all = new float[weights.count()];
        int at = 0;
        for (Weights.Parameter parameter : weights.parameters()) {
            try (NDArray gradient = tensor(parameter).getGradient()) {
                float[] values = gradient.toFloatArray();
                System.arraycopy(values, 0, all, at, values.length);
                at += values.length;
            }
        }
        return all;
    }

    @Override
    public NDArray conv(NDArray x, Weights.Layer layer) {
        int pad = layer.side() / 2;
        return Conv2d.conv2d(x, tensor(layer.kernel()), tensor(layer.bias()), new Shape(1, 1), new Shape(pad, pad))
                .singletonOrThrow();
    }

    @Override
    public NDArray conv(NDArray a, int channels, NDArray b, Weights.Layer layer) {
        return conv(a.concat(b, 1), layer);
    }

    @Override
    public NDArray relu(NDArray x) {
        return x.getNDArrayInternal().relu();
    }

    @Override
    public NDArray add(NDArray a, NDArray b) {
        return a.add(b);
    }

    @Override
    public NDArray sub(NDArray a, NDArray b) {
        return a.sub(b);
    }

    @Override
    public NDArray mul(NDArray a, NDArray b) {
        return a.mul(b);
    }

    @Override
    public NDArray plus(NDArray x, float number) {
        return x.add(number);
    }

    /**
     * The number is a tensor that lives as long as the others: {@code mul(Number)} of DJL 0.35.1 makes one over a Java
     * buffer and lets go of it at once, but the way back needs it. After a garbage collection there was anything in it.
     */
    @Override
    public NDArray times(NDArray x, float number) {
        return x.mul(memory.create(number));
    }

    @Override
    public NDArray sqrt(NDArray x) {
        return x.sqrt();
    }

    @Override
    public NDArray halve(NDArray x) {
        return ai.djl.nn.pooling.Pool.avgPool2d(x, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), false, true);
    }

    @Override
    public NDArray lowPass(NDArray planes, Weights.Parameter cutoff) {
        NDArray kernel = kernel(tensor(cutoff));
        NDArray rows = filter(kernel, planes.getShape().get(2));
        NDArray columns = filter(kernel, planes.getShape().get(3));
        return rows.matMul(planes).matMul(columns.transpose());
    }

    /** {@link LowPass#kernel} of a cutoff that is a tensor, [1, 2 * radius + 1]. */
    private NDArray kernel(NDArray cutoff) {
        int radius = LowPass.RADIUS;
        int taps = 2 * radius + 1;
        float[] angle = new float[taps];
        float[] share = new float[taps];
        float[] middle = new float[taps];
        float[] window = new float[taps];
        for (int i = 0; i < taps; i++) {
            int n = i - radius;
            angle[i] = (float) (2 * Math.PI * n);
            share[i] = n == 0 ? 0 : (float) (1 / (Math.PI * n));
            middle[i] = n == 0 ? 2 : 0;
            window[i] = (float) LowPass.window(n, radius);
        }
        NDArray c = cutoff.clip((float) LowPass.LEAST, (float) LowPass.MOST);
        NDArray ideal =
                c.mul(memory.create(angle)).sin().mul(memory.create(share)).add(c.mul(memory.create(middle)));
        NDArray windowed = ideal.mul(memory.create(window));
        return windowed.div(windowed.sum()).reshape(1, taps);
    }

    /** The matrix [length, length] that filters columns of that length, mirrored at the ends. */
    private NDArray filter(NDArray kernel, long length) {
        int side = Math.toIntExact(length);
        int taps = 2 * LowPass.RADIUS + 1;
        float[] shifts = new float[taps * side * side];
        for (int i = 0; i < taps; i++) {
            for (int to = 0; to < side; to++) {
                int from = Math.abs(to + i - LowPass.RADIUS);
                int mirrored = from < side ? from : 2 * (side - 1) - from;
                shifts[(i * side + to) * side + mirrored] = 1;
            }
        }
        return kernel.matMul(memory.create(shifts, new Shape(taps, (long) side * side)))
                .reshape(side, side);
    }

    @Override
    public NDArray unshuffle(NDArray x, int block) {
        long n = x.getShape().get(0);
        long h = x.getShape().get(2) / block;
        long w = x.getShape().get(3) / block;
        return x.reshape(n, h, block, w, block).transpose(0, 2, 4, 1, 3).reshape(n, (long) block * block, h, w);
    }

    @Override
    public NDArray shuffle(NDArray x, int block) {
        long n = x.getShape().get(0);
        long c = x.getShape().get(1) / ((long) block * block);
        long h = x.getShape().get(2);
        long w = x.getShape().get(3);
        return x.reshape(n, c, block, block, h, w).transpose(0, 1, 4, 2, 5, 3).reshape(n, c, h * block, w * block);
    }

    @Override
    public Tokens<NDArray> tokens() {
        return tokens;
    }
}
