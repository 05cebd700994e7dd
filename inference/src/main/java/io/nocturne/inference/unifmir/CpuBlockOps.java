package io.nocturne.inference.unifmir;

import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.NodeBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;
import java.util.List;

/**
 * Blocks in ONNX Runtime's fastest CPU operators. Tokens are padded to a multiple of 16, and the padding carries the mean
 * of the channels: then the mean over all is that of the channels, and the variance over all is theirs times a constant
 * that goes into gain and epsilon. A layer norm's first padding gives exactly one, so that biases are a matrix row.
 */
final class CpuBlockOps implements BlockOps {
    static final String DOMAIN = "com.microsoft";

    private static final int ALIGNMENT = 16;
    private static final double EPSILON = 1e-5;
    /** gelu(x) = x exactly from here on, in float32. */
    private static final float UNCHANGED_BY_GELU = 8;

    private final Weights weights;
    private final BlockWeights blocks;
    private final int channels;
    private final int hidden;
    private final int width;
    private final int hiddenWidth;
    private final Constants constants;

    CpuBlockOps(GraphBuilder main, Weights weights, SwinBody body) {
        this.constants = new Constants(main, weights);
        this.weights = weights;
        this.channels = body.channels();
        this.hidden = body.hidden();
        this.width = aligned(channels + 1, ALIGNMENT);
        this.hiddenWidth = aligned(hidden + 1, ALIGNMENT);
        this.blocks = new BlockWeights(weights, body, aligned(body.headChannels(), ALIGNMENT / 2));
    }

    static int aligned(int size, int alignment) {
        return (size + alignment - 1) / alignment * alignment;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public Value norm(GraphBuilder graph, Value stream, String norm) {
        // of the doubled stream, which the epsilon makes up for
        return skipNorm(graph, 4, stream, stream, gain(norm), shift(norm))
                .outsAt(0)
                .get(0);
    }

    @Override
    public Normed addAttention(GraphBuilder graph, Value stream, Value attended, String block, String norm) {
        Value bias = constants.row(
                block + "attn.bias", () -> blocks.outputBias(block).withMeanColumns(width));
        return normed(skipNorm(graph, 1, attended, stream, gain(norm), shift(norm), bias));
    }

    @Override
    public Normed addPerceptron(GraphBuilder graph, Value stream, Value output, String norm) {
        return normed(skipNorm(graph, 1, output, stream, gain(norm), shift(norm)));
    }

    private static Normed normed(NodeBuilder node) {
        List<Value> outputs = node.outsAt(0, 3);
        return new Normed(outputs.get(1), outputs.get(0));
    }

    private NodeBuilder skipNorm(GraphBuilder graph, int epsilons, Value... inputs) {
        return graph.customNode(DOMAIN, "SkipLayerNormalization", inputs)
                .setFloat("epsilon", (float) (epsilons * EPSILON * channels / width));
    }

    private Value gain(String norm) {
        return constants.row(norm + ".gain", () -> Matrix.of(1, channels, weights.read(norm + ".weight"))
                .times((float) Math.sqrt((double) channels / width))
                .spreadColumns(width, channel -> channel));
    }

    private Value shift(String norm) {
        return constants.row(norm + ".shift", () -> {
            Matrix shift =
                    Matrix.of(1, channels, weights.read(norm + ".bias")).spreadColumns(width, channel -> channel);
            shift.elements()[channels] = 1;
            return shift;
        });
    }

    @Override
    public Value attention(GraphBuilder graph, Value normed, String block, WindowLayout.Groups groups) {
        Ops ops = graph.ops();
        Value query =
                constants.matrix(block + "attn.query", () -> withBiasRow(blocks.query(block), blocks.queryBias(block)));
        Value key = constants.matrix(block + "attn.key", () -> blocks.key(block).spreadRows(width, row -> row));
        Value value =
                constants.matrix(block + "attn.value", () -> blocks.value(block).spreadRows(width, row -> row));
        Value bias = constants.tensor(
                block + "attn.bias_" + groups.name(),
                () -> blocks.positionBias(block, groups),
                1,
                blocks.heads(),
                groups.tokens(),
                groups.tokens());
        Value attended = graph.node(
                        "Attention",
                        grouped(ops, ops.matmul(normed, query), groups),
                        grouped(ops, ops.matmul(normed, key), groups),
                        grouped(ops, ops.matmul(normed, value), groups),
                        bias)
                .set("q_num_heads", blocks.heads())
                .set("kv_num_heads", blocks.heads())
                .setFloat("scale", 1)
                .out();
        Value output = constants.matrix(
                block + "attn.output", () -> blocks.output(block).withMeanColumns(width));
        return ops.matmul(ops.reshape(attended, -1, blocks.attentionWidth()), output);
    }

    private Value grouped(Ops ops, Value x, WindowLayout.Groups groups) {
        return ops.reshape(x, -1, groups.tokens(), blocks.attentionWidth());
    }

    private Matrix withBiasRow(Matrix matrix, Matrix bias) {
        return matrix.spreadRows(width, row -> row).withRow(channels, bias.elements());
    }

    @Override
    public Value perceptron(GraphBuilder graph, Value normed, String block) {
        Value first = constants.matrix(block + "mlp.first", () -> {
            Matrix bias = blocks.firstBias(block).spreadColumns(hiddenWidth, column -> column);
            bias.elements()[hidden] = UNCHANGED_BY_GELU;
            return withBiasRow(blocks.first(block).spreadColumns(hiddenWidth, column -> column), bias);
        });
        Value second = constants.matrix(block + "mlp.second", () -> blocks.second(block)
                .spreadRows(hiddenWidth, row -> row)
                .withRow(
                        hidden,
                        blocks.secondBias(block).times(1 / UNCHANGED_BY_GELU).elements())
                .withMeanColumns(width));
        Ops ops = graph.ops();
        Value active =
                graph.customNode(DOMAIN, "Gelu", ops.matmul(normed, first)).out();
        return ops.matmul(active, second);
    }

    @Override
    public Value asStream(GraphBuilder graph, Value normed) {
        Value repair = constants.matrix("mean_into_padding", () -> {
            float[] identity = new float[channels * channels];
            for (int channel = 0; channel < channels; channel++) {
                identity[channel * channels + channel] = 1;
            }
            return Matrix.of(channels, channels, identity)
                    .withMeanColumns(width)
                    .spreadRows(width, row -> row);
        });
        return graph.ops().matmul(normed, repair);
    }

    @Override
    public Value convolution(GraphBuilder graph, Value image, String name, int inputs) {
        int from = inputs == 0 ? channels : inputs;
        int to = inputs == 0 ? width : inputs;
        Value kernels = constants.tensor(
                name + ".padded",
                () -> Matrix.of(channels, from * 9, weights.read(name + ".weight"))
                        .spreadColumns(to * 9, column -> column)
                        .transposed()
                        .withMeanColumns(width)
                        .transposed()
                        .elements(),
                width,
                to,
                3,
                3);
        Value bias = constants.row(name + ".padded_bias", () -> Matrix.of(1, channels, weights.read(name + ".bias"))
                .withMeanColumns(width));
        return graph.ops().conv(image, kernels, bias, Ops.Convolution.same(3));
    }
}
