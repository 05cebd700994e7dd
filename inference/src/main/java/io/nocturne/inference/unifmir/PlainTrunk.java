package io.nocturne.inference.unifmir;

import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;
import java.util.List;

/**
 * The body as published: images of tokens [n, height, width, channels], rolled by half a window in every second block, cut
 * into windows [n, windows, 64, channels], with a mask that keeps what the roll brought together apart.
 */
final class PlainTrunk implements Trunk {
    private static final int WINDOW = UnifmirNetwork.WINDOW;
    private static final int TOKENS = WINDOW * WINDOW;
    private static final int SHIFT = WINDOW / 2;
    private static final float EPSILON = 1e-5f;
    private static final float MASKED = -100;

    private final GraphBuilder graph;
    private final Ops ops;
    private final UnifmirNetwork network;
    private final SwinBody body;
    private final List<Integer> groups;
    private final Weights weights;
    private final int height;
    private final int width;
    private Value mask;

    PlainTrunk(
            GraphBuilder graph, UnifmirNetwork network, List<Integer> groups, Weights weights, int height, int width) {
        this.graph = graph;
        this.ops = graph.ops();
        this.network = network;
        this.body = network.body();
        this.groups = groups;
        this.weights = weights;
        this.height = height;
        this.width = width;
    }

    @Override
    public int width() {
        return body.channels();
    }

    @Override
    public Value features(Value image) {
        ParameterNames names = network.names();
        Value first = convolution(image, names.first());
        Value tokens = norm(toTokens(first), names.patchNorm());
        for (int group : groups) {
            Value x = tokens;
            for (int block = 0; block < body.depths().get(group); block++) {
                x = block(x, names.block(group, block), block % 2 == 1);
            }
            Value convolved = convolution(toImage(x), names.groupConvolution(group));
            tokens = ops.add(toTokens(convolved), tokens);
        }
        Value last = convolution(toImage(norm(tokens, names.lastNorm())), names.afterBody());
        return body.longSkip() ? ops.add(last, first) : last;
    }

    private Value convolution(Value x, String name) {
        return ops.conv(
                x,
                weights.parameter(graph, name + ".weight"),
                weights.parameter(graph, name + ".bias"),
                Ops.Convolution.same(3));
    }

    private Value toTokens(Value image) {
        return ops.transpose(image, 0, 2, 3, 1);
    }

    private Value toImage(Value tokens) {
        return ops.transpose(tokens, 0, 3, 1, 2);
    }

    private Value norm(Value x, String name) {
        return ops.layerNorm(
                x, weights.parameter(graph, name + ".weight"), weights.parameter(graph, name + ".bias"), EPSILON);
    }

    private Value linear(Value x, String name, int outputs, int inputs) {
        Value matrix = weights.deferred(
                graph,
                name + ".matrix",
                () -> Matrix.of(outputs, inputs, weights.read(name + ".weight"))
                        .transposed()
                        .elements(),
                inputs,
                outputs);
        return ops.add(ops.matmul(x, matrix), weights.parameter(graph, name + ".bias"));
    }

    private Value block(Value x, String name, boolean shifted) {
        int channels = body.channels();
        Value normed = norm(x, name + "norm1");
        if (shifted) {
            normed = roll(roll(normed, 1, SHIFT, height), 2, SHIFT, width);
        }
        Value attended = fromWindows(attention(toWindows(normed), name + "attn.", shifted));
        if (shifted) {
            attended = roll(roll(attended, 1, height - SHIFT, height), 2, width - SHIFT, width);
        }
        Value sum = ops.add(x, attended);
        Value hidden = gelu(linear(norm(sum, name + "norm2"), name + "mlp.fc1", body.hidden(), channels));
        return ops.add(sum, linear(hidden, name + "mlp.fc2", channels, body.hidden()));
    }

    /** Before opset 20 spelt out with float32 numbers. */
    private Value gelu(Value x) {
        return weights.type() == ElementType.FLOAT32
                ? ops.gelu(x)
                : ops.cast(ops.gelu(ops.cast(x, ElementType.FLOAT32)), weights.type());
    }

    /** Rolls towards lower indices. */
    private Value roll(Value x, int axis, int by, int size) {
        return ops.concat(axis, ops.slice(x, axis, by, size), ops.slice(x, axis, 0, by));
    }

    private Value toWindows(Value tokens) {
        Value cut = ops.reshape(tokens, -1, height / WINDOW, WINDOW, width / WINDOW, WINDOW, body.channels());
        return ops.reshape(ops.transpose(cut, 0, 1, 3, 2, 4, 5), -1, windows(), TOKENS, body.channels());
    }

    private Value fromWindows(Value windows) {
        Value cut = ops.reshape(windows, -1, height / WINDOW, width / WINDOW, WINDOW, WINDOW, body.channels());
        return ops.reshape(ops.transpose(cut, 0, 1, 3, 2, 4, 5), -1, height, width, body.channels());
    }

    private int windows() {
        return (height / WINDOW) * (width / WINDOW);
    }

    /** Of windows [n, windows, 64, channels]. */
    private Value attention(Value x, String name, boolean shifted) {
        int channels = body.channels();
        int heads = body.heads();
        int size = body.headChannels();
        Value joined = linear(x, name + "qkv", 3 * channels, channels);
        List<Value> parts = ops.split(joined, 3, channels, channels, channels);
        Value query = ops.mul(heads(parts.get(0), 0, 1, 3, 2, 4), weights.scalar(graph, (float) (1 / Math.sqrt(size))));
        Value key = heads(parts.get(1), 0, 1, 3, 4, 2);
        Value value = heads(parts.get(2), 0, 1, 3, 2, 4);
        Value bias = weights.constant(
                graph,
                name + "bias",
                PositionBias.rowMajor(heads, weights.read(name + "relative_position_bias_table")),
                1,
                1,
                heads,
                TOKENS,
                TOKENS);
        Value logits = ops.add(ops.matmul(query, key), bias);
        if (shifted) {
            logits = ops.add(logits, mask());
        }
        Value mixed = ops.matmul(ops.softmax(logits, -1), value);
        Value flat = ops.reshape(ops.transpose(mixed, 0, 1, 3, 2, 4), 0, 0, 0, channels);
        return linear(flat, name + "proj", channels, channels);
    }

    private Value heads(Value x, long... order) {
        return ops.transpose(ops.reshape(x, 0, 0, 0, body.heads(), body.headChannels()), order);
    }

    /** One for all blocks. */
    private Value mask() {
        if (mask == null) {
            mask = weights.deferred(graph, "attention_mask", this::maskElements, 1, windows(), 1, TOKENS, TOKENS);
        }
        return mask;
    }

    private float[] maskElements() {
        float[] elements = new float[windows() * TOKENS * TOKENS];
        int columns = width / WINDOW;
        for (int window = 0; window < windows(); window++) {
            int[] region = new int[TOKENS];
            for (int token = 0; token < TOKENS; token++) {
                int row = window / columns * WINDOW + token / WINDOW;
                int column = window % columns * WINDOW + token % WINDOW;
                region[token] = 3 * band(row, height) + band(column, width);
            }
            for (int i = 0; i < TOKENS; i++) {
                for (int j = 0; j < TOKENS; j++) {
                    elements[(window * TOKENS + i) * TOKENS + j] = region[i] == region[j] ? 0 : MASKED;
                }
            }
        }
        return elements;
    }

    /** Which of the three stretches of the rolled image a row or column lies in. */
    private static int band(int position, int size) {
        return position < size - WINDOW ? 0 : position < size - SHIFT ? 1 : 2;
    }
}
