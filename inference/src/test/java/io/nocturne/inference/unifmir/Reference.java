package io.nocturne.inference.unifmir;

import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.unifmir.UnifmirNetwork.Projector;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;
import io.nocturne.inference.unifmir.UnifmirNetwork.ViewNet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The published networks' forward pass, pixel by pixel and in double precision, with none of the graphs' rearrangements:
 * slow, and to be compared with. Images are [channel][row][column].
 */
final class Reference {
    private static final int WINDOW = 8;
    private static final double EPSILON = 1e-5;

    private final UnifmirNetwork network;
    private final StateDict weights;
    private final List<Integer> groups;

    /** A network with these weights, and these of its residual groups. */
    Reference(UnifmirNetwork network, StateDict weights, List<Integer> groups) {
        this.network = network;
        this.weights = weights;
        this.groups = groups;
    }

    double[][][] restore(double[][][] image) {
        if (network.projector().isPresent()) {
            double[][][] surface = firstStage(image);
            return plus(body(surface), surface);
        }
        return body(network.unet().isPresent() ? firstStage(image) : image);
    }

    double[][][] firstStage(double[][][] image) {
        return network.projector().isPresent()
                ? project(image, network.projector().get())
                : planes(mirrored(image), network.unet().orElseThrow());
    }

    private double[][][] body(double[][][] image) {
        SwinBody sizes = network.body();
        ParameterNames names = network.names();
        double[][][] padded = mirrored(image);
        double[][][] first = convolution(padded, names.first());
        double[][][] x = norm(first, names.patchNorm());
        for (int group : groups) {
            double[][][] y = x;
            for (int block = 0; block < sizes.depths().get(group); block++) {
                y = block(y, names.block(group, block), block % 2 == 0 ? 0 : WINDOW / 2);
            }
            x = plus(convolution(y, names.groupConvolution(group)), x);
        }
        x = convolution(norm(x, names.lastNorm()), names.afterBody());
        if (sizes.longSkip()) {
            x = plus(x, first);
        }
        x = map(convolution(x, names.before()), v -> v > 0 ? v : 0.01 * v);
        if (sizes.scale() == 2) {
            x = shuffled(convolution(x, names.upsample()));
        }
        return cropped(
                convolution(x, names.last()), image[0].length * sizes.scale(), image[0][0].length * sizes.scale());
    }

    private double[][][] block(double[][][] x, String name, int shift) {
        double[][][] sum = plus(x, attention(norm(x, name + "norm1"), name + "attn.", shift));
        double[][][] hidden = map(linear(norm(sum, name + "norm2"), name + "mlp.fc1"), Reference::gelu);
        return plus(sum, linear(hidden, name + "mlp.fc2"));
    }

    /** Each pixel attends to those of its window in the rolled image that were neighbours before. */
    private double[][][] attention(double[][][] x, String name, int shift) {
        int height = x[0].length;
        int width = x[0][0].length;
        int heads = network.body().heads();
        int size = x.length / heads;
        float[] table = read(name + "relative_position_bias_table");
        double[][][] qkv = linear(x, name + "qkv");
        double[][][] mixed = new double[x.length][height][width];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                for (int head = 0; head < heads; head++) {
                    attend(qkv, mixed, table, head, heads, size, row, column, shift);
                }
            }
        }
        return linear(mixed, name + "proj");
    }

    private static void attend(
            double[][][] qkv,
            double[][][] mixed,
            float[] table,
            int head,
            int heads,
            int size,
            int row,
            int column,
            int shift) {
        int height = mixed[0].length;
        int width = mixed[0][0].length;
        int channels = mixed.length;
        int rolledRow = (row - shift + height) % height;
        int rolledColumn = (column - shift + width) % width;
        int top = rolledRow / WINDOW * WINDOW;
        int left = rolledColumn / WINDOW * WINDOW;
        double[] logits = new double[WINDOW * WINDOW];
        for (int i = 0; i < logits.length; i++) {
            int otherRow = top + i / WINDOW;
            int otherColumn = left + i % WINDOW;
            double dot = 0;
            for (int c = head * size; c < (head + 1) * size; c++) {
                dot += qkv[c][row][column]
                        * qkv[channels + c][(otherRow + shift) % height][(otherColumn + shift) % width];
            }
            int step = (rolledRow - otherRow + 7) * 15 + rolledColumn - otherColumn + 7;
            boolean apart = shift > 0
                    && (band(rolledRow, height) != band(otherRow, height)
                            || band(rolledColumn, width) != band(otherColumn, width));
            logits[i] = dot / Math.sqrt(size) + table[step * heads + head] - (apart ? 100 : 0);
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit);
        }
        for (int i = 0; i < logits.length; i++) {
            double weight = Math.exp(logits[i]) / sum;
            for (int c = head * size; c < (head + 1) * size; c++) {
                mixed[c][row][column] += weight
                        * qkv[2 * channels + c][(top + i / WINDOW + shift) % height][
                                (left + i % WINDOW + shift) % width];
            }
        }
    }

    private static int band(int position, int size) {
        return position < size - 8 ? 0 : position < size - 4 ? 1 : 2;
    }

    private double[][][] project(double[][][] x, Projector sizes) {
        double[][][] head = convolution(x, "project.head.0");
        double[][][] y = head;
        int blocks = sizes.attention().size();
        for (int block = 0; block < blocks; block++) {
            String name = "project.body." + block;
            double[][][] branch = sizes.attention().get(block)
                    ? contrast(y, name)
                    : convolution(map(convolution(y, name + ".body.0"), v -> Math.max(v, 0)), name + ".body.2");
            y = plus(map(branch, v -> 0.1 * v), y);
        }
        return convolution(plus(convolution(y, "project.body." + blocks), head), "project.tl.1");
    }

    /** Every pixel takes a mean over all others, weighted by a kernel of random features. */
    private double[][][] contrast(double[][][] x, String name) {
        double[][][] query = features(convolution(x, name + ".conv_match1.0"), name);
        double[][][] key = features(convolution(x, name + ".conv_match2.0"), name);
        double[][][] values = convolution(x, name + ".conv_assembly.0");
        int height = x[0].length;
        int width = x[0][0].length;
        double[][][] out = new double[x.length][height][width];
        for (int p = 0; p < height * width; p++) {
            double total = 0;
            for (int other = 0; other < height * width; other++) {
                double kernel = 0;
                for (int m = 0; m < query.length; m++) {
                    kernel += query[m][p / width][p % width] * key[m][other / width][other % width];
                }
                total += kernel;
                for (int c = 0; c < out.length; c++) {
                    out[c][p / width][p % width] += kernel * values[c][other / width][other % width];
                }
            }
            for (double[][] plane : out) {
                plane[p / width][p % width] /= total;
            }
        }
        return out;
    }

    private double[][][] features(double[][][] e, String name) {
        float[] samples = read(name + ".attn_fn.projection_matrix");
        int match = e.length;
        int count = samples.length / match;
        double[][][] features = new double[count][e[0].length][e[0][0].length];
        for (int row = 0; row < e[0].length; row++) {
            for (int column = 0; column < e[0][0].length; column++) {
                double norm = 0;
                for (double[][] plane : e) {
                    norm += plane[row][column] * plane[row][column];
                }
                double factor = Math.sqrt(6) / Math.max(Math.sqrt(norm), 5e-5);
                double half = norm * factor * factor / 2;
                for (int m = 0; m < count; m++) {
                    double dot = 0;
                    for (int c = 0; c < match; c++) {
                        dot += samples[m * match + c] * e[c][row][column] * factor;
                    }
                    features[m][row][column] = (Math.exp(dot - half) + 1e-4) / Math.sqrt(128);
                }
            }
        }
        return features;
    }

    private double[][][] planes(double[][][] views, ViewNet sizes) {
        String prefix = "conv_first0.";
        double[][][] x = convolution(views, prefix + "conv2d");
        for (int step = 0; step < 4; step++) {
            x = convolution(
                    shuffled(convolution(x, prefix + "layers." + step + ".0.0")), prefix + "layers." + step + ".1");
        }
        x = map(batchNorm(convolution(x, prefix + "conv2d1.0"), prefix + "conv2d1.1"), v -> Math.max(v, 0));
        x = map(batchNorm(convolution(x, prefix + "conv2d2.0"), prefix + "conv2d2.1"), v -> Math.max(v, 0));
        List<double[][][]> skips = new ArrayList<>();
        for (int level = 0; level < sizes.encoder().size(); level++) {
            skips.add(x);
            String name = prefix + "encoder_layers." + level;
            double[][][] y = map(batchNorm(convolution(x, name + ".0"), name + ".1"), v -> Math.max(v, 0));
            for (int c = 0; c < x.length; c++) {
                y[c] = plus(new double[][][] {y[c]}, new double[][][] {x[c]})[0];
            }
            x = pooled(y);
        }
        for (int level = 0; level < sizes.decoder().size(); level++) {
            double[][][] skip = skips.get(skips.size() - 1 - level);
            double[][][] enlarged = resized(x, skip[0].length, skip[0][0].length);
            double[][][] joined = new double[skip.length + enlarged.length][][];
            System.arraycopy(skip, 0, joined, 0, skip.length);
            System.arraycopy(enlarged, 0, joined, skip.length, enlarged.length);
            String name = prefix + "decoder_layers." + level;
            x = batchNorm(map(convolution(joined, name + ".0"), v -> Math.max(v, 0)), name + ".2");
        }
        return map(resized(x, sizes.side() * views[0].length, sizes.side() * views[0][0].length), Math::tanh);
    }

    private double[][][] batchNorm(double[][][] x, String name) {
        float[] gain = read(name + ".weight");
        float[] shift = read(name + ".bias");
        float[] mean = read(name + ".running_mean");
        float[] variance = read(name + ".running_var");
        double[][][] y = new double[x.length][][];
        for (int c = 0; c < x.length; c++) {
            int channel = c;
            y[c] = map(
                    new double[][][] {x[c]},
                    v -> (v - mean[channel]) / Math.sqrt(variance[channel] + EPSILON) * gain[channel] + shift[channel])[
                    0];
        }
        return y;
    }

    private static double[][][] pooled(double[][][] x) {
        double[][][] y = new double[x.length][(x[0].length - 3) / 2 + 1][(x[0][0].length - 3) / 2 + 1];
        return fill(y, (c, row, column) -> {
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < 9; i++) {
                largest = Math.max(largest, x[c][2 * row + i / 3][2 * column + i % 3]);
            }
            return largest;
        });
    }

    private static double[][][] resized(double[][][] x, int height, int width) {
        return fill(new double[x.length][height][width], (c, row, column) -> {
            double y = Math.max(0, (row + 0.5) * x[0].length / height - 0.5);
            double z = Math.max(0, (column + 0.5) * x[0][0].length / width - 0.5);
            int top = Math.min((int) y, x[0].length - 1);
            int left = Math.min((int) z, x[0][0].length - 1);
            int bottom = Math.min(top + 1, x[0].length - 1);
            int right = Math.min(left + 1, x[0][0].length - 1);
            double above = x[c][top][left] * (1 - (z - left)) + x[c][top][right] * (z - left);
            double below = x[c][bottom][left] * (1 - (z - left)) + x[c][bottom][right] * (z - left);
            return above * (1 - (y - top)) + below * (y - top);
        });
    }

    private double[][][] convolution(double[][][] x, String name) {
        float[] kernels = read(name + ".weight");
        float[] bias = read(name + ".bias");
        int side = weights.find(name + ".weight").orElseThrow().shape().get(3).intValue();
        int height = x[0].length;
        int width = x[0][0].length;
        return fill(new double[bias.length][height][width], (o, row, column) -> {
            double sum = bias[o];
            for (int i = 0; i < x.length; i++) {
                for (int k = 0; k < side * side; k++) {
                    int r = row + k / side - side / 2;
                    int c = column + k % side - side / 2;
                    if (r >= 0 && r < height && c >= 0 && c < width) {
                        sum += x[i][r][c] * kernels[(o * x.length + i) * side * side + k];
                    }
                }
            }
            return sum;
        });
    }

    private double[][][] linear(double[][][] x, String name) {
        float[] matrix = read(name + ".weight");
        float[] bias = read(name + ".bias");
        return fill(new double[bias.length][x[0].length][x[0][0].length], (o, row, column) -> {
            double sum = bias[o];
            for (int i = 0; i < x.length; i++) {
                sum += x[i][row][column] * matrix[o * x.length + i];
            }
            return sum;
        });
    }

    private double[][][] norm(double[][][] x, String name) {
        float[] gain = read(name + ".weight");
        float[] shift = read(name + ".bias");
        double[][][] y = new double[x.length][x[0].length][x[0][0].length];
        for (int row = 0; row < x[0].length; row++) {
            for (int column = 0; column < x[0][0].length; column++) {
                double mean = 0;
                double squares = 0;
                for (double[][] plane : x) {
                    mean += plane[row][column] / x.length;
                }
                for (double[][] plane : x) {
                    squares += (plane[row][column] - mean) * (plane[row][column] - mean) / x.length;
                }
                for (int c = 0; c < x.length; c++) {
                    y[c][row][column] = (x[c][row][column] - mean) / Math.sqrt(squares + EPSILON) * gain[c] + shift[c];
                }
            }
        }
        return y;
    }

    private static double[][][] shuffled(double[][][] x) {
        double[][][] y = new double[x.length / 4][2 * x[0].length][2 * x[0][0].length];
        return fill(y, (c, row, column) -> x[4 * c + row % 2 * 2 + column % 2][row / 2][column / 2]);
    }

    private static double[][][] mirrored(double[][][] x) {
        int height = x[0].length;
        int width = x[0][0].length;
        double[][][] y = new double[x.length][(height + 7) / 8 * 8][(width + 7) / 8 * 8];
        return fill(
                y,
                (c, row, column) -> x[c][row < height ? row : 2 * height - 2 - row][
                        column < width ? column : 2 * width - 2 - column]);
    }

    private static double[][][] cropped(double[][][] x, int height, int width) {
        return fill(new double[x.length][height][width], (c, row, column) -> x[c][row][column]);
    }

    private static double[][][] plus(double[][][] a, double[][][] b) {
        return fill(
                new double[a.length][a[0].length][a[0][0].length],
                (c, row, column) -> a[c][row][column] + b[c][row][column]);
    }

    private static double[][][] map(double[][][] x, DoubleUnaryOperator function) {
        return fill(
                new double[x.length][x[0].length][x[0][0].length],
                (c, row, column) -> function.applyAsDouble(x[c][row][column]));
    }

    private interface Pixel {
        double at(int channel, int row, int column);
    }

    private static double[][][] fill(double[][][] image, Pixel pixel) {
        for (int c = 0; c < image.length; c++) {
            for (int row = 0; row < image[c].length; row++) {
                for (int column = 0; column < image[c][row].length; column++) {
                    image[c][row][column] = pixel.at(c, row, column);
                }
            }
        }
        return image;
    }

    private float[] read(String name) {
        return weights.find(name).orElseThrow().floats();
    }

    private static double gelu(double x) {
        return x / 2 * (1 + erf(x / Math.sqrt(2)));
    }

    /** Maclaurin series, which converges everywhere; beyond 5 it is one to twelve digits. */
    private static double erf(double x) {
        if (Math.abs(x) > 5) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-18; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }
}
