package io.nocturne.inference.unifmir;

import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.unifmir.UnifmirNetwork.ViewNet;
import java.util.ArrayList;
import java.util.List;

/**
 * First stage of the volumetric network: a U-Net from the views of a light field to planes (Wang et al. 2021 after
 * Ronneberger et al. 2015). Views are enlarged 16 times before the encoder; what leaves it has a light field's pixels. Batch
 * normalisation goes into the convolution before it, or stays as one where a rectifier lies between.
 */
final class ViewNetStage {
    private static final double EPSILON = 1e-5;

    private final GraphBuilder graph;
    private final Ops ops;
    private final ViewNet sizes;
    private final Weights weights;

    /** Features and their size. */
    private record Level(Value features, int height, int width, int channels) {
        Level with(Value other, int otherChannels) {
            return new Level(other, height, width, otherChannels);
        }
    }

    ViewNetStage(GraphBuilder graph, ViewNet sizes, Weights weights) {
        this.graph = graph;
        this.ops = graph.ops();
        this.sizes = sizes;
        this.weights = weights;
    }

    /** Planes [n, planes, side * height, side * width] of views [n, views, height, width]. */
    Value planes(Value views, int height, int width) {
        List<Level> skips = new ArrayList<>();
        Level level = entry(views, height, width);
        for (int step = 0; step < sizes.encoder().size(); step++) {
            skips.add(level);
            level = down(level, step);
        }
        for (int step = 0; step < sizes.decoder().size(); step++) {
            level = up(level, skips.get(skips.size() - 1 - step), step);
        }
        return ops.tanh(resized(level.features(), sizes.side() * height, sizes.side() * width));
    }

    private Level entry(Value views, int height, int width) {
        String prefix = ParameterNames.UNET;
        Value x = convolution(views, prefix + "conv2d", 7);
        for (int step = 0; step < ViewNet.UP_STEPS; step++) {
            Value shuffled = ops.depthToSpace(convolution(x, prefix + "layers." + step + ".0.0", 3), 2);
            x = convolution(shuffled, prefix + "layers." + step + ".1", 3);
        }
        x = ops.relu(normedConvolution(x, prefix + "conv2d1.0", prefix + "conv2d1.1"));
        x = ops.relu(normedConvolution(x, prefix + "conv2d2.0", prefix + "conv2d2.1"));
        return new Level(x, height << ViewNet.UP_STEPS, width << ViewNet.UP_STEPS, sizes.entry());
    }

    private Level down(Level level, int step) {
        String name = ParameterNames.UNET + "encoder_layers." + step;
        int channels = sizes.encoder().get(step);
        Value y = ops.relu(normedConvolution(level.features(), name + ".0", name + ".1"));
        Value sum = ops.add(y, widened(level.features(), channels - level.channels()));
        return new Level(ops.maxPool(sum, 3, 2), pooled(level.height()), pooled(level.width()), channels);
    }

    private static int pooled(int size) {
        return (size - 3) / 2 + 1;
    }

    private Value widened(Value x, int more) {
        return more == 0
                ? x
                : graph.node("Pad", x, graph.ints(0, 0, 0, 0, 0, more, 0, 0)).out();
    }

    private Level up(Level level, Level skip, int step) {
        String name = ParameterNames.UNET + "decoder_layers." + step;
        int channels = sizes.decoder().get(step);
        Value joined = ops.concat(1, skip.features(), resized(level.features(), skip.height(), skip.width()));
        Value y = ops.relu(convolution(joined, name + ".0", 3));
        return skip.with(norm(y, name + ".2", channels), channels);
    }

    private Value resized(Value x, int height, int width) {
        return ops.resize(x, height, width, Ops.Interpolation.LINEAR);
    }

    private Value convolution(Value x, String name, int kernel) {
        return ops.conv(
                x,
                weights.parameter(graph, name + ".weight"),
                weights.parameter(graph, name + ".bias"),
                Ops.Convolution.same(kernel));
    }

    private Value normedConvolution(Value x, String name, String norm) {
        long[] shape = weights.shape(name + ".weight");
        int outputs = (int) shape[0];
        Value kernels = weights.deferred(
                graph,
                name + ".normed",
                () -> {
                    float[] elements = weights.read(name + ".weight");
                    double[] gain = gain(norm);
                    int each = elements.length / outputs;
                    for (int i = 0; i < elements.length; i++) {
                        elements[i] *= (float) gain[i / each];
                    }
                    return elements;
                },
                shape);
        Value offsets = weights.deferred(
                graph,
                name + ".normed_bias",
                () -> {
                    float[] own = weights.read(name + ".bias");
                    double[] gain = gain(norm);
                    double[] bias = shift(norm);
                    for (int i = 0; i < outputs; i++) {
                        bias[i] += gain[i] * own[i];
                    }
                    return floats(bias);
                },
                outputs);
        return ops.conv(x, kernels, offsets, Ops.Convolution.same(3));
    }

    private Value norm(Value x, String name, int channels) {
        Value gain = weights.deferred(graph, name + ".gain", () -> floats(gain(name)), channels, 1, 1);
        Value shift = weights.deferred(graph, name + ".shift", () -> floats(shift(name)), channels, 1, 1);
        return ops.add(ops.mul(x, gain), shift);
    }

    private double[] gain(String norm) {
        float[] weight = weights.read(norm + ".weight");
        float[] variance = weights.read(norm + ".running_var");
        double[] gain = new double[weight.length];
        for (int i = 0; i < gain.length; i++) {
            gain[i] = weight[i] / Math.sqrt(variance[i] + EPSILON);
        }
        return gain;
    }

    private double[] shift(String norm) {
        float[] bias = weights.read(norm + ".bias");
        float[] mean = weights.read(norm + ".running_mean");
        double[] shift = gain(norm);
        for (int i = 0; i < shift.length; i++) {
            shift[i] = bias[i] - shift[i] * mean[i];
        }
        return shift;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
