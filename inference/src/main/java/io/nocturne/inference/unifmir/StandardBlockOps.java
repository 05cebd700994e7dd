package io.nocturne.inference.unifmir;

import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;

/**
 * Blocks in standard operators, for TensorRT and CUDA: heads are padded to a multiple of 8, which fused attention asks for,
 * and attention is spelt out, which every version recognises.
 */
final class StandardBlockOps implements BlockOps {
    private static final int HEAD_ALIGNMENT = 8;
    private static final float EPSILON = 1e-5f;

    private final BlockWeights blocks;
    private final int channels;
    private final Constants constants;

    StandardBlockOps(GraphBuilder main, Weights weights, SwinBody body) {
        this.constants = new Constants(main, weights);
        this.channels = body.channels();
        this.blocks = new BlockWeights(weights, body, CpuBlockOps.aligned(body.headChannels(), HEAD_ALIGNMENT));
    }

    @Override
    public int width() {
        return channels;
    }

    @Override
    public Value norm(GraphBuilder graph, Value stream, String norm) {
        return graph.ops()
                .layerNorm(stream, constants.parameter(norm + ".weight"), constants.parameter(norm + ".bias"), EPSILON);
    }

    @Override
    public Normed addAttention(GraphBuilder graph, Value stream, Value attended, String block, String norm) {
        Value bias = constants.row(block + "attn.bias", () -> blocks.outputBias(block));
        Value sum = graph.ops().add(stream, graph.ops().add(attended, bias));
        return new Normed(sum, norm(graph, sum, norm));
    }

    @Override
    public Normed addPerceptron(GraphBuilder graph, Value stream, Value output, String norm) {
        Value sum = graph.ops().add(stream, output);
        return new Normed(sum, norm(graph, sum, norm));
    }

    @Override
    public Value attention(GraphBuilder graph, Value normed, String block, WindowLayout.Groups groups) {
        Ops ops = graph.ops();
        Value query = ops.add(
                ops.matmul(normed, constants.matrix(block + "attn.query", () -> blocks.query(block))),
                constants.row(block + "attn.query_bias", () -> blocks.queryBias(block)));
        Value key = ops.matmul(normed, constants.matrix(block + "attn.key", () -> blocks.key(block)));
        Value value = ops.matmul(normed, constants.matrix(block + "attn.value", () -> blocks.value(block)));
        Value bias = constants.tensor(
                block + "attn.bias_" + groups.name(),
                () -> blocks.positionBias(block, groups),
                1,
                blocks.heads(),
                groups.tokens(),
                groups.tokens());
        Value logits =
                ops.add(ops.matmul(heads(ops, query, groups, 0, 2, 1, 3), heads(ops, key, groups, 0, 2, 3, 1)), bias);
        Value mixed = ops.matmul(ops.softmax(logits, -1), heads(ops, value, groups, 0, 2, 1, 3));
        Value joined = ops.reshape(ops.transpose(mixed, 0, 2, 1, 3), -1, blocks.attentionWidth());
        return ops.matmul(joined, constants.matrix(block + "attn.output", () -> blocks.output(block)));
    }

    private Value heads(Ops ops, Value x, WindowLayout.Groups groups, long... order) {
        return ops.transpose(ops.reshape(x, -1, groups.tokens(), blocks.heads(), blocks.headWidth()), order);
    }

    @Override
    public Value perceptron(GraphBuilder graph, Value normed, String block) {
        Ops ops = graph.ops();
        Value hidden = ops.add(
                ops.matmul(normed, constants.matrix(block + "mlp.first", () -> blocks.first(block))),
                constants.row(block + "mlp.first_bias", () -> blocks.firstBias(block)));
        return ops.add(
                ops.matmul(ops.gelu(hidden), constants.matrix(block + "mlp.second", () -> blocks.second(block))),
                constants.row(block + "mlp.second_bias", () -> blocks.secondBias(block)));
    }

    @Override
    public Value asStream(GraphBuilder graph, Value normed) {
        return normed;
    }

    @Override
    public Value convolution(GraphBuilder graph, Value image, String name, int inputs) {
        return graph.ops()
                .conv(
                        image,
                        constants.parameter(name + ".weight"),
                        constants.parameter(name + ".bias"),
                        Ops.Convolution.same(3));
    }
}
