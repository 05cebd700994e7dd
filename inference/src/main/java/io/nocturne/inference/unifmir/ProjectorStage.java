package io.nocturne.inference.unifmir;

import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.unifmir.UnifmirNetwork.Projector;

/**
 * First stage of the projection network: planes to one surface, by residual convolutions and, every few blocks, attention
 * of each pixel to all others of the tile. An exponential kernel in random features makes that linear in their number (Xia
 * et al. 2022): what a tile gives depends on its size.
 */
final class ProjectorStage {
    private static final float RESIDUAL = 0.1f;
    /** The kernel's gain on normed embeddings. */
    private static final float AMPLIFICATION = 6;
    /** Least norm of an embedding. */
    private static final float LEAST_NORM = 5e-5f;
    /** Keeps every weight positive. */
    private static final float FLOOR = 1e-4f;

    private final GraphBuilder graph;
    private final Ops ops;
    private final Projector sizes;
    private final Weights weights;

    ProjectorStage(GraphBuilder graph, Projector sizes, Weights weights) {
        this.graph = graph;
        this.ops = graph.ops();
        this.sizes = sizes;
        this.weights = weights;
    }

    /** Surface [n, 1, height, width] of planes [n, planes, height, width]. */
    Value surface(Value planes, int height, int width) {
        String prefix = ParameterNames.PROJECTOR;
        Value head = convolution(planes, prefix + "head.0", 3);
        Value x = head;
        int blocks = sizes.attention().size();
        for (int block = 0; block < blocks; block++) {
            String name = prefix + "body." + block;
            Value branch = sizes.attention().get(block) ? attention(x, name, height, width) : residual(x, name);
            x = ops.add(ops.mul(branch, weights.scalar(graph, RESIDUAL)), x);
        }
        x = ops.add(convolution(x, prefix + "body." + blocks, 3), head);
        return convolution(x, prefix + "tl.1", 3);
    }

    private Value residual(Value x, String name) {
        return convolution(ops.relu(convolution(x, name + ".body.0", 3)), name + ".body.2", 3);
    }

    private Value convolution(Value x, String name, int kernel) {
        return ops.conv(
                x,
                weights.parameter(graph, name + ".weight"),
                weights.parameter(graph, name + ".bias"),
                Ops.Convolution.same(kernel));
    }

    /**
     * Sums over all pixels run in float32 at any precision: exponentials and their sums leave half precision's range. The
     * features' common factor cancels in the quotient.
     */
    private Value attention(Value x, String name, int height, int width) {
        long pixels = (long) height * width;
        Value samples = graph.constant(
                name + ".attn_fn.projection_matrix",
                weights.read(name + ".attn_fn.projection_matrix"),
                sizes.samples(),
                sizes.match());
        Value query = features(embedding(x, name + ".conv_match1.0", pixels), samples);
        Value key = features(embedding(x, name + ".conv_match2.0", pixels), samples);
        Value values = flat(convolution(x, name + ".conv_assembly.0", 1), sizes.features(), pixels);
        Value summed = ops.matmul(values, ops.transpose(key, 0, 2, 1));
        Value total = ops.transpose(ops.reduceSum(key, 2), 0, 2, 1);
        Value mixed = ops.div(ops.matmul(summed, query), ops.matmul(total, query));
        Value image = ops.reshape(mixed, -1, sizes.features(), height, width);
        return weights.type() == ElementType.FLOAT32 ? image : ops.cast(image, weights.type());
    }

    /** Embeddings [n, match, pixels] of one length. */
    private Value embedding(Value x, String name, long pixels) {
        Value e = flat(convolution(x, name, 1), sizes.match(), pixels);
        Value bounded = ops.max(ops.sqrt(squares(e)), graph.scalar(LEAST_NORM));
        return ops.mul(ops.div(e, bounded), graph.scalar((float) Math.sqrt(AMPLIFICATION)));
    }

    private Value flat(Value image, int channels, long pixels) {
        Value flat = ops.reshape(image, -1, channels, pixels);
        return weights.type() == ElementType.FLOAT32 ? flat : ops.cast(flat, ElementType.FLOAT32);
    }

    /** Random features [n, samples, pixels] whose products are the kernel. */
    private Value features(Value e, Value samples) {
        Value exponent = ops.sub(ops.matmul(samples, e), ops.mul(squares(e), graph.scalar(0.5f)));
        return ops.add(ops.exp(exponent), graph.scalar(FLOOR));
    }

    private Value squares(Value e) {
        return ops.reduceSum(ops.mul(e, e), 1);
    }
}
