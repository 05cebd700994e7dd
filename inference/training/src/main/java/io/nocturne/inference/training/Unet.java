package io.nocturne.inference.training;

import io.nocturne.stream.optics.NoiseRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
