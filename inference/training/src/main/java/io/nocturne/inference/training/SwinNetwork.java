package io.nocturne.inference.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.LayerNorm;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.unifmir.ParameterNames;
import io.nocturne.inference.unifmir.UnifmirNetwork;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;

/**
 * UniFMIR's residual Swin transformer (Ma et al., Nature Methods 2024; Liang et al., SwinIR, ICCV Workshops 2021) as
 * tensors with gradients: convolution, groups of blocks of attention in windows of 8 x 8, every second one shifted by
 * half a window, convolutions, pixel shuffle. Word for word what {@link io.nocturne.inference.unifmir.UnifmirGraphs} writes
 * as a graph, from the same parameters under the same names. Images have sides that are multiples of 8.
 */
final class SwinNetwork implements Network {
    private static final int WINDOW = UnifmirNetwork.WINDOW;
    private static final int TOKENS = WINDOW * WINDOW;
    private static final int SHIFT = WINDOW / 2;
    private static final int SPAN = 2 * WINDOW - 1;
    private static final float EPSILON = 1e-5f;
    private static final float LEAK = 0.01f;
    private static final float MASKED = -100;

    private final SwinBody body;
    private final ParameterNames names;

    /**
     * @throws IllegalArgumentException for a network with a first stage of its own
     */
    SwinNetwork(UnifmirNetwork network) {
        if (network.projector().isPresent() || network.unet().isPresent()) {
            throw new IllegalArgumentException(
                    "The network for '" + network.task().title() + "' has a first stage that isn't taught here");
        }
        body = network.body();
        names = network.names();
    }

    /** All of a network's numbers. */
    static Weights weights(UnifmirNetwork network, StateDict parameters) {
        Weights weights = new Weights();
        network.parameters()
                .forEach((name, shape) -> weights.addParameter(
                        name, parameters.find(name).orElseThrow().floats(), shape));
        return weights;
    }

    @Override
    public NDArray restore(TorchAlgebra algebra, Weights weights, NDArray noisy, NDArray readVariance) {
        return new Pass(algebra, weights).image(noisy);
    }

    /** One pass of images through the network. */
    private final class Pass {
        private final TorchAlgebra algebra;
        private final Weights weights;
        private NDArray steps;

        Pass(TorchAlgebra algebra, Weights weights) {
            this.algebra = algebra;
            this.weights = weights;
        }

        NDArray image(NDArray image) {
            NDArray first = convolution(image, names.first());
            NDArray mask = mask(image.getShape().get(2), image.getShape().get(3));
            NDArray tokens = norm(first.transpose(0, 2, 3, 1), names.patchNorm());
            for (int group = 0; group < body.depths().size(); group++) {
                NDArray x = tokens;
                for (int block = 0; block < body.depths().get(group); block++) {
                    x = block(x, names.block(group, block), block % 2 == 1 ? mask : null);
                }
                NDArray convolved = convolution(x.transpose(0, 3, 1, 2), names.groupConvolution(group));
                tokens = convolved.transpose(0, 2, 3, 1).add(tokens);
            }
            NDArray last = convolution(norm(tokens, names.lastNorm()).transpose(0, 3, 1, 2), names.afterBody());
            NDArray features = body.longSkip() ? last.add(first) : last;
            NDArray x = Activation.leakyRelu(convolution(features, names.before()), LEAK);
            if (body.scale() == 2) {
                x = algebra.shuffle(convolution(x, names.upsample()), 2);
            }
            return convolution(x, names.last());
        }

        private NDArray parameter(String name) {
            return algebra.tensor(weights.parameter(name));
        }

        private NDArray convolution(NDArray x, String name) {
            Shape one = new Shape(1, 1);
            return Conv2d.conv2d(x, parameter(name + ".weight"), parameter(name + ".bias"), one, one)
                    .singletonOrThrow();
        }

        private NDArray norm(NDArray x, String name) {
            Shape channels = new Shape(body.channels());
            return LayerNorm.layerNorm(x, channels, parameter(name + ".weight"), parameter(name + ".bias"), EPSILON)
                    .singletonOrThrow();
        }

        private NDArray linear(NDArray x, String name) {
            return x.matMul(parameter(name + ".weight").transpose()).add(parameter(name + ".bias"));
        }

        /**
         * @param x [n, h, w, channels]
         * @param mask of shifted windows, or null for windows that lie on the grid
         */
        private NDArray block(NDArray x, String name, NDArray mask) {
            long height = x.getShape().get(1);
            long width = x.getShape().get(2);
            NDArray normed = norm(x, name + "norm1");
            NDArray rolled = mask == null ? normed : roll(roll(normed, 1, SHIFT), 2, SHIFT);
            NDArray attended = fromWindows(attention(toWindows(rolled), name + "attn.", mask), height, width);
            NDArray back = mask == null ? attended : roll(roll(attended, 1, height - SHIFT), 2, width - SHIFT);
            NDArray sum = x.add(back);
            NDArray hidden = Activation.gelu(linear(norm(sum, name + "norm2"), name + "mlp.fc1"));
            return sum.add(linear(hidden, name + "mlp.fc2"));
        }

        /** Rolls towards lower indices. */
        private NDArray roll(NDArray x, int axis, long by) {
            long size = x.getShape().get(axis);
            NDIndex all = new NDIndex();
            NDIndex start = new NDIndex();
            for (int i = 0; i < axis; i++) {
                all.addAllDim();
                start.addAllDim();
            }
            return x.get(all.addSliceDim(by, size)).concat(x.get(start.addSliceDim(0, by)), axis);
        }

        private NDArray toWindows(NDArray x) {
            Shape shape = x.getShape();
            long rows = shape.get(1) / WINDOW;
            long columns = shape.get(2) / WINDOW;
            return x.reshape(shape.get(0), rows, WINDOW, columns, WINDOW, body.channels())
                    .transpose(0, 1, 3, 2, 4, 5)
                    .reshape(shape.get(0) * rows * columns, TOKENS, body.channels());
        }

        private NDArray fromWindows(NDArray x, long height, long width) {
            return x.reshape(-1, height / WINDOW, width / WINDOW, WINDOW, WINDOW, body.channels())
                    .transpose(0, 1, 3, 2, 4, 5)
                    .reshape(-1, height, width, body.channels());
        }

        /** Of windows [all, 64, channels]. */
        private NDArray attention(NDArray x, String name, NDArray mask) {
            long windows = x.getShape().get(0);
            int heads = body.heads();
            int size = body.headChannels();
            NDArray joined = linear(x, name + "qkv")
                    .reshape(windows, TOKENS, 3, heads, size)
                    .transpose(2, 0, 3, 1, 4);
            NDArray query = joined.get(0).mul((float) (1 / Math.sqrt(size)));
            NDArray key = joined.get(1).transpose(0, 1, 3, 2);
            NDArray bias = steps(x).matMul(parameter(name + "relative_position_bias_table"))
                    .transpose()
                    .reshape(1, heads, TOKENS, TOKENS);
            NDArray logits = query.matMul(key).add(bias);
            if (mask != null) {
                long kinds = mask.getShape().get(1);
                logits = logits.reshape(windows / kinds, kinds, heads, TOKENS, TOKENS)
                        .add(mask)
                        .reshape(windows, heads, TOKENS, TOKENS);
            }
            NDArray mixed = logits.softmax(-1).matMul(joined.get(2));
            return linear(mixed.transpose(0, 2, 1, 3).reshape(windows, TOKENS, body.channels()), name + "proj");
        }

        /** [64 * 64, 225]: which step of the bias table leads from one token of a window to another. */
        private NDArray steps(NDArray any) {
            if (steps == null) {
                float[] ones = new float[TOKENS * TOKENS * SPAN * SPAN];
                for (int i = 0; i < TOKENS; i++) {
                    for (int j = 0; j < TOKENS; j++) {
                        int rows = i / WINDOW - j / WINDOW + WINDOW - 1;
                        int columns = i % WINDOW - j % WINDOW + WINDOW - 1;
                        ones[(i * TOKENS + j) * SPAN * SPAN + rows * SPAN + columns] = 1;
                    }
                }
                steps = any.getManager().create(ones, new Shape(TOKENS * TOKENS, SPAN * SPAN));
            }
            return steps;
        }

        /** [1, windows, 1, 64, 64]: keeps apart what rolling brought together. */
        private NDArray mask(long height, long width) {
            int windows = Math.toIntExact(height / WINDOW * (width / WINDOW));
            int columns = Math.toIntExact(width / WINDOW);
            float[] elements = new float[windows * TOKENS * TOKENS];
            for (int k = 0; k < elements.length; k++) {
                int window = k / (TOKENS * TOKENS);
                int one = region(window, columns, k / TOKENS % TOKENS, height, width);
                elements[k] = one == region(window, columns, k % TOKENS, height, width) ? 0 : MASKED;
            }
            return parameter(names.first() + ".bias")
                    .getManager()
                    .create(elements, new Shape(1, windows, 1, TOKENS, TOKENS));
        }

        private int region(int window, int columns, int token, long height, long width) {
            int row = window / columns * WINDOW + token / WINDOW;
            int column = window % columns * WINDOW + token % WINDOW;
            return 3 * band(row, height) + band(column, width);
        }

        /** Which of the three stretches of the rolled image a row or column lies in. */
        private int band(int position, long size) {
            return position < size - WINDOW ? 0 : position < size - SHIFT ? 1 : 2;
        }
    }
}
