package io.nocturne.inference.training;

import io.nocturne.inference.unifmir.ParameterNames;
import io.nocturne.inference.unifmir.UnifmirNetwork;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;
import java.util.List;

/**
 * The body of UniFMIR's networks (Ma et al., Nature Methods 2024; Liang et al., SwinIR, ICCV Workshops 2021): convolution,
 * groups of blocks of attention in windows of 8 x 8, every second one shifted by half a window, convolution. Word for word
 * what {@link io.nocturne.inference.unifmir.UnifmirGraphs} writes for the published sizes, with parameters under the same
 * names. Images have sides that are multiples of 8.
 *
 * @param body sizes; what comes behind the body isn't looked at
 * @param names of the parameters
 */
record SwinTrunk(SwinBody body, ParameterNames names) {
    private static final int WINDOW = UnifmirNetwork.WINDOW;
    private static final int SHIFT = WINDOW / 2;

    /**
     * Features of an image.
     *
     * @param image [n, inputs, h, w]
     * @return [n, channels, h, w]
     */
    <T> T features(Algebra<T> algebra, Weights weights, T image) {
        return new Pass<>(algebra, weights).features(image);
    }

    /** One pass of images through the body. */
    private final class Pass<T> {
        private final Algebra<T> algebra;
        private final Tokens<T> tokens;
        private final Weights weights;

        Pass(Algebra<T> algebra, Weights weights) {
            this.algebra = algebra;
            this.weights = weights;
            tokens = algebra.tokens();
        }

        T features(T image) {
            T first = algebra.conv(image, weights.layer(names.first()));
            T stream = norm(tokens.windows(first, WINDOW), names.patchNorm());
            for (int group = 0; group < body.depths().size(); group++) {
                T x = stream;
                for (int block = 0; block < body.depths().get(group); block++) {
                    x = block(x, names.block(group, block), block % 2 == 1);
                }
                T convolved = algebra.conv(image(x), weights.layer(names.groupConvolution(group)));
                stream = tokens.add(tokens.windows(convolved, WINDOW), stream);
            }
            T last = algebra.conv(image(norm(stream, names.lastNorm())), weights.layer(names.afterBody()));
            return body.longSkip() ? algebra.add(last, first) : last;
        }

        private T image(T windows) {
            return tokens.image(windows, WINDOW);
        }

        private T norm(T x, String name) {
            return tokens.norm(x, weights.parameter(name + ".weight"), weights.parameter(name + ".bias"));
        }

        private T linear(T x, String name) {
            return tokens.linear(x, weights.parameter(name + ".weight"), weights.parameter(name + ".bias"));
        }

        private T block(T x, String name, boolean shifted) {
            T normed = norm(x, name + "norm1");
            T attended = shifted ? shiftedAttention(normed, name) : attention(normed, name, false);
            T sum = tokens.add(x, attended);
            T hidden = tokens.gelu(linear(norm(sum, name + "norm2"), name + "mlp.fc1"));
            return tokens.add(sum, linear(hidden, name + "mlp.fc2"));
        }

        private T shiftedAttention(T normed, String name) {
            T rolled = tokens.windows(tokens.roll(image(normed), SHIFT), WINDOW);
            return tokens.windows(tokens.roll(image(attention(rolled, name, true)), -SHIFT), WINDOW);
        }

        private T attention(T windows, String name, boolean shifted) {
            List<T> parts = tokens.split(linear(windows, name + "attn.qkv"), 3);
            float scale = (float) (1 / Math.sqrt(body.headChannels()));
            T query = tokens.times(tokens.heads(parts.get(0), body.heads()), scale);
            T key = tokens.heads(parts.get(1), body.heads());
            T value = tokens.heads(parts.get(2), body.heads());
            T bias = tokens.positionBias(weights.parameter(name + "attn.relative_position_bias_table"), WINDOW);
            T logits = tokens.add(tokens.productTurned(query, key), bias);
            T seen = shifted ? tokens.add(logits, tokens.apart(windows, WINDOW)) : logits;
            return linear(tokens.joined(tokens.product(tokens.softmax(seen), value)), name + "attn.proj");
        }
    }
}
