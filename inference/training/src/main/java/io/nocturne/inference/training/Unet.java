package io.nocturne.inference.training;

import ai.djl.ndarray.NDArray;
import io.nocturne.stream.optics.NoiseRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A small U-Net (Ronneberger et al., MICCAI 2015) on blocks of pixels, that keeps to photons at both ends.
 *
 * <pre>
 *   photons --unshuffle--> blocks --stabilise--> z --+----------------------------------+
 *                                                    conv conv ------------- concat conv concat conv --> z'
 *                                                        halve conv conv -- concat conv up
 *                                                                  halve conv conv up
 *   z' --algebraic inverse--> blocks --shuffle--> photons
 * </pre>
 *
 * The last convolution sees the blocks themselves and starts as a Gaussian blur (or, for a scale of two, as an
 * interpolation), so that learning starts from a fair result. Noise has a standard deviation of one in z, whatever the
 * camera; the loss is taken on photons, so that means stay means (a mean of roots would come out too dark).
 *
 * @param block side of the blocks, 2 or 4
 * @param widths channels of the levels, fine to coarse
 * @param scale output pixels per input pixel along an axis, 1 or 2
 */
record Unet(int block, List<Integer> widths, int scale) implements Network {
    private static final double FIRST_BLUR = 1.2;
    private static final float THREE_EIGHTHS = 3f / 8;

    Unet {
        widths = List.copyOf(widths);
        if ((block != 2 && block != 4) || widths.isEmpty() || widths.size() > 5 || (scale != 1 && scale != 2)) {
            throw new IllegalArgumentException("A U-Net has blocks of 2 or 4, 1 to 5 levels and a scale of 1 or 2, not "
                    + block + ", " + widths + " and " + scale);
        }
    }

    /** Sides of images must be multiples of this. */
    int multiple() {
        return block << (widths.size() - 1);
    }

    /** What travels inside a model file, and makes the network anew. */
    String describe() {
        return "unet " + block + " " + scale + " "
                + String.join(" ", widths.stream().map(String::valueOf).toList());
    }

    /** The network that {@link #describe} told of. */
    static Unet parse(String description) {
        String[] words = description.split(" ", -1);
        if (words.length < 4 || !words[0].equals("unet")) {
            throw new IllegalArgumentException("'" + description + "' is no network that can be trained here");
        }
        List<Integer> widths =
                Arrays.stream(words).skip(3).map(Integer::valueOf).toList();
        return new Unet(Integer.parseInt(words[1]), widths, Integer.parseInt(words[2]));
    }

    /** Fresh weights from a seed. */
    Weights begin(long seed) {
        NoiseRandom random = new NoiseRandom(seed);
        Weights weights = new Weights();
        int in = block * block;
        for (int level = 0; level < widths.size(); level++) {
            int width = widths.get(level);
            weights.addConvolution("down" + level + "a", in, width, 3, 1, random);
            weights.addConvolution("down" + level + "b", width, width, 3, 1, random);
            in = width;
        }
        for (int level = widths.size() - 2; level >= 0; level--) {
            int width = widths.get(level);
            weights.addConvolution("lift" + level, in, 4 * width, 1, 0.7, random);
            weights.addConvolution("up" + level, 2 * width, width, 3, 1, random);
            in = width;
        }
        int pixels = block * block;
        int outputs = pixels * scale * scale;
        blur(weights.addConvolution("out", in + pixels, outputs, 3, 0.1, random), in);
        return weights;
    }

    /** Makes the last convolution a blur of the blocks, which come after {@code features} channels. */
    private void blur(Weights.Layer out, int features) {
        float[] kernel = out.kernel().values();
        int side = 3;
        int fine = block * scale;
        int inputs = features + block * block;
        for (int o = 0; o < fine * fine; o++) {
            int row = o / fine;
            int column = o % fine;
            double y = (row + 0.5) / scale;
            double x = (column + 0.5) / scale;
            double sum = 0;
            double[] taps = new double[block * block * side * side];
            for (int t = 0; t < taps.length; t++) {
                int pixel = t / (side * side);
                int above = (t / side % side - 1) * block + pixel / block;
                int left = (t % side - 1) * block + pixel % block;
                double dy = above + 0.5 - y;
                double dx = left + 0.5 - x;
                taps[t] = Math.exp(-(dx * dx + dy * dy) / (2 * FIRST_BLUR * FIRST_BLUR));
                sum += taps[t];
            }
            int at = (o * inputs + features) * side * side;
            for (int t = 0; t < taps.length; t++) {
                kernel[at + t] = (float) (taps[t] / sum);
            }
        }
    }

    /**
     * Restores images.
     *
     * @param photons [n, 1, h, w], counts above the offset divided by the gain
     * @param readVariance of a dark pixel in the same units squared, [n, 1, 1, 1]
     * @return photons, [n, 1, h scale, w scale]
     */
    <T> T apply(Algebra<T> algebra, Weights weights, T photons, T readVariance) {
        T dark = algebra.plus(readVariance, THREE_EIGHTHS);
        T zero = algebra.times(algebra.sqrt(dark), 2);
        T squares = algebra.times(algebra.unshuffle(algebra.add(photons, dark), block), 4);
        T restored = algebra.shuffle(applyToSquares(algebra, weights, squares, zero), block * scale);
        T light = algebra.sub(algebra.times(restored, 0.25f), dark);
        return weights.lowPass().map(cutoff -> algebra.lowPass(light, cutoff)).orElse(light);
    }

    @Override
    public NDArray restore(TorchAlgebra algebra, Weights weights, NDArray noisy, NDArray readVariance) {
        return apply(algebra, weights, noisy, readVariance);
    }

    /**
     * Restores blocks of stabilised pixels, given and returned as their squares, in which photons are linear.
     *
     * @param squares [n, block block, h / block, w / block], (photons + readVariance + 3/8) 4, times how many frames a
     *     pixel is the mean of
     * @param zero of no photons, stabilised: the root of what {@code squares} is there
     * @return [n, block block scale scale, h / block, w / block]
     */
    <T> T applyToSquares(Algebra<T> algebra, Weights weights, T squares, T zero) {
        T z = algebra.sub(algebra.sqrt(algebra.relu(squares)), zero);
        T restored = algebra.relu(algebra.add(between(algebra, weights, z), zero));
        return algebra.mul(restored, restored);
    }

    private <T> T between(Algebra<T> algebra, Weights weights, T blocks) {
        int levels = widths.size();
        List<T> sides = new ArrayList<>();
        T x = blocks;
        for (int level = 0; level < levels; level++) {
            x = level == 0 ? x : algebra.halve(x);
            x = algebra.relu(algebra.conv(x, weights.layer("down" + level + "a")));
            x = algebra.relu(algebra.conv(x, weights.layer("down" + level + "b")));
            sides.add(x);
        }
        for (int level = levels - 2; level >= 0; level--) {
            T lifted = algebra.shuffle(algebra.conv(x, weights.layer("lift" + level)), 2);
            x = algebra.relu(algebra.conv(sides.get(level), widths.get(level), lifted, weights.layer("up" + level)));
        }
        return algebra.conv(x, widths.get(0), blocks, weights.layer("out"));
    }
}
