package io.nocturne.inference.unifmir;

import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;

/**
 * A block's parameters as matrices that tokens, as rows, are multiplied with. The scale of the logits is in the query's;
 * the key's bias is left out, since it adds the same to all logits of a token; the value's bias is in the projection's,
 * since attention weights sum to one. Heads are widened with zeros.
 */
final class BlockWeights {
    private final Weights weights;
    private final SwinBody body;
    private final int headWidth;

    BlockWeights(Weights weights, SwinBody body, int headWidth) {
        this.weights = weights;
        this.body = body;
        this.headWidth = headWidth;
    }

    /** Width of queries, keys and values. */
    int attentionWidth() {
        return body.heads() * headWidth;
    }

    int heads() {
        return body.heads();
    }

    int headWidth() {
        return headWidth;
    }

    /** Place of a channel among widened heads. */
    private int widened(int channel) {
        int size = body.headChannels();
        return channel / size * headWidth + channel % size;
    }

    private float scale() {
        return (float) (1 / Math.sqrt(body.headChannels()));
    }

    private Matrix projection(String block, int part) {
        int channels = body.channels();
        Matrix all = Matrix.of(3 * channels, channels, weights.read(block + "attn.qkv.weight"));
        return all.rows(part * channels, (part + 1) * channels)
                .transposed()
                .spreadColumns(attentionWidth(), this::widened);
    }

    private Matrix projectionBias(String block, int part) {
        int channels = body.channels();
        float[] all = weights.read(block + "attn.qkv.bias");
        return Matrix.of(3, channels, all).rows(part, part + 1);
    }

    Matrix query(String block) {
        return projection(block, 0).times(scale());
    }

    Matrix queryBias(String block) {
        return projectionBias(block, 0).times(scale()).spreadColumns(attentionWidth(), this::widened);
    }

    Matrix key(String block) {
        return projection(block, 1);
    }

    Matrix value(String block) {
        return projection(block, 2);
    }

    Matrix output(String block) {
        int channels = body.channels();
        return Matrix.of(channels, channels, weights.read(block + "attn.proj.weight"))
                .transposed()
                .spreadRows(attentionWidth(), this::widened);
    }

    Matrix outputBias(String block) {
        int channels = body.channels();
        float[] own = weights.read(block + "attn.proj.bias");
        float[] matrix = weights.read(block + "attn.proj.weight");
        Matrix values = projectionBias(block, 2);
        float[] bias = new float[channels];
        for (int row = 0; row < channels; row++) {
            double sum = own[row];
            for (int column = 0; column < channels; column++) {
                sum += (double) matrix[row * channels + column] * values.at(0, column);
            }
            bias[row] = (float) sum;
        }
        return Matrix.of(1, channels, bias);
    }

    Matrix first(String block) {
        return Matrix.of(body.hidden(), body.channels(), weights.read(block + "mlp.fc1.weight"))
                .transposed();
    }

    Matrix firstBias(String block) {
        return Matrix.of(1, body.hidden(), weights.read(block + "mlp.fc1.bias"));
    }

    Matrix second(String block) {
        return Matrix.of(body.channels(), body.hidden(), weights.read(block + "mlp.fc2.weight"))
                .transposed();
    }

    Matrix secondBias(String block) {
        return Matrix.of(1, body.channels(), weights.read(block + "mlp.fc2.bias"));
    }

    /** Bias of logits within groups of tokens, [1, heads, tokens, tokens]. */
    float[] positionBias(String block, WindowLayout.Groups groups) {
        float[] table = weights.read(block + "attn.relative_position_bias_table");
        return PositionBias.expand(body.heads(), table, groups.rows(), groups.columns());
    }
}
