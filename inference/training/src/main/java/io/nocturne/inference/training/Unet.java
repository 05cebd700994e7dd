package io.nocturne.inference.training;

import io.nocturne.stream.optics.NoiseRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A small U-Net (Ronneberger et al., MICCAI 2015) on blocks of pixels.
 *
 * <pre>
 *   z --+----------------------------------+
 *       conv conv ------------- concat conv concat conv --> z'
 *           halve conv conv -- concat conv up
 *                     halve conv conv up
 * </pre>
 *
 * @param block side of the blocks, 2 or 4
 * @param widths channels of the levels, fine to coarse
 * @param scale output pixels per input pixel along an axis, 1 or 2
 */
record Unet(int block, List<Integer> widths, int scale) implements PhotonNetwork {
    /** How it is described. */
    static final String FORM = "'unet BLOCK SCALE WIDTH [WIDTH ..]'";

    Unet {
        widths = List.copyOf(widths);
        if ((block != 2 && block != 4) || widths.isEmpty() || widths.size() > 5 || (scale != 1 && scale != 2)) {
            throw new IllegalArgumentException("A U-Net has blocks of 2 or 4, 1 to 5 levels and a scale of 1 or 2, not "
                    + block + ", " + widths + " and " + scale);
        }
    }

    @Override
    public int multiple() {
        return block << (widths.size() - 1);
    }

    @Override
    public String describe() {
        return "unet " + block + " " + scale + " "
                + String.join(" ", widths.stream().map(String::valueOf).toList());
    }

    /** From the words of a description. */
    static Unet parse(String... words) {
        if (words.length < 4) {
            throw new IllegalArgumentException("it has " + words.length + " words");
        }
        List<Integer> widths =
                Arrays.stream(words).skip(3).map(Integer::valueOf).toList();
        return new Unet(Integer.parseInt(words[1]), widths, Integer.parseInt(words[2]));
    }

    @Override
    public Weights begin(long seed) {
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
        addLast(weights, "out", in, 0.1, random);
        return weights;
    }

    @Override
    public Map<String, float[]> widened(Map<String, float[]> given, Weights fresh) {
        List<Widening.Channels> levels = new ArrayList<>();
        for (int level = 0; level < widths.size(); level++) {
            float[] biases = given.get("down" + level + "b.bias");
            if (biases == null || biases.length > widths.get(level)) {
                return given;
            }
            levels.add(new Widening.Channels(biases.length, widths.get(level)));
        }
        Widening widening = new Widening(given, fresh);
        Widening.Channels pixels = new Widening.Channels(block * block, block * block);
        Widening.Channels before = pixels;
        for (int level = 0; level < levels.size(); level++) {
            widening.convolution("down" + level + "a", levels.get(level), before);
            widening.convolution("down" + level + "b", levels.get(level), levels.get(level));
            before = levels.get(level);
        }
        for (int level = levels.size() - 2; level >= 0; level--) {
            Widening.Channels here = levels.get(level);
            widening.convolution("lift" + level, here.times(4), levels.get(level + 1));
            widening.convolution("up" + level, here, here, here);
        }
        int answers = given.get("out.bias").length;
        widening.convolution("out", new Widening.Channels(answers, answers), levels.get(0), pixels);
        return widening.numbers();
    }

    @Override
    public <T> T between(Algebra<T> algebra, Weights weights, T blocks) {
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
