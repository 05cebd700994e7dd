package io.nocturne.inference.training;

import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Means over successive frames, but only where nothing but noise tells them apart.
 *
 * <p>In stabilised units the difference of two frames of a still scene has a variance of 2 everywhere, whatever the
 * light, and its mean over c x c pixels one of 2 / c^2. So the local mean square of such means, divided by that, is 1 but
 * for its own scatter; what moved, appeared or bleached makes it larger. It is taken on two scales: halves of a block
 * see small bright things move, blocks see dim broad ones. Each earlier frame gets a weight that falls from 1 to 0 between
 * two bounds, the smaller of both scales' and never above that of the frame after it, eroded by one block and smoothed
 * over two, so that a moving thing takes its surroundings with it.
 *
 * <p>The mean knows how many frames it is worth at each pixel, (sum w)^2 / sum w^2 by the rule for variances of weighted
 * means, so that a network can be shown it at the noise that it learned. A frame that merely repeats the newest one, as at
 * the start of a stream, has next to no difference at all, which noise never has; it counts for nothing. In the second and
 * third window of a stream it is an earlier frame that stands there several times, and counts as often: their noise is taken
 * for less than it is. Counting it once was tried and restored these two frames 3 % worse.
 *
 * <p>The idea of weighing earlier frames by how well they agree, given the noise, is old: see Dubois and Sabri, Noise
 * reduction in image sequences using motion-compensated temporal filtering, IEEE Trans. Commun. 32 (1984).
 */
final class MotionGate {
    /** Smoothing of squared differences, and of weights, in blocks. */
    private static final double ENERGY_SIGMA = 1.5;

    private static final double WEIGHT_SIGMA = 2;

    /** Bounds between which a weight falls from 1 to 0: over cells of half a block, and over whole blocks. */
    private static final float[] FULL = {1.15f, 1.3f};

    private static final float[] NONE = {1.42f, 1.7f};

    /** Mean squares up to which a frame is taken for a copy, and from which it isn't. */
    private static final float COPY = 0.2f;

    private static final float NO_COPY = 0.3f;

    /**
     * @param squares the mean, in the units of what it is the mean of: [n, block block, h / block, w / block]
     * @param frames how many frames' noise it has, from 1 up, in the same shape
     */
    record Mean(Value squares, Value frames) {}

    private final GraphBuilder graph;
    private final Ops ops;
    private final int block;

    MotionGate(GraphBuilder graph, int block) {
        this.graph = graph;
        ops = graph.ops();
        this.block = block;
    }

    /**
     * Mean of frames with the newest.
     *
     * @param squares of stabilised pixels as {@link PhotonNetwork#applyToSquares} takes them, the newest frame last
     */
    Mean mean(List<Value> squares) {
        Value newest = squares.get(squares.size() - 1);
        Value root = ops.sqrt(ops.relu(newest));
        Value sum = newest;
        Value weights = graph.scalar(1);
        Value weightSquares = graph.scalar(1);
        Value later = null;
        for (int i = squares.size() - 2; i >= 0; i--) {
            Value earlier = squares.get(i);
            Value still = still(ops.sub(ops.sqrt(ops.relu(earlier)), root));
            later = later == null ? still : ops.min(later, still);
            Value weight = pixels(smooth(erode(later), WEIGHT_SIGMA));
            sum = ops.add(sum, ops.mul(weight, earlier));
            weights = ops.add(weights, weight);
            weightSquares = ops.add(weightSquares, ops.mul(weight, weight));
        }
        Value frames = ops.div(ops.mul(weights, weights), weightSquares);
        return new Mean(ops.div(sum, weights), frames);
    }

    /** Weight of each block, [n, 1, h / block, w / block], from a difference in stabilised units. */
    private Value still(Value difference) {
        Value halves = energy(difference, block / 2);
        Value blocks = energy(difference, block);
        Value moved = ops.min(falling(halves, FULL[0], NONE[0]), falling(blocks, FULL[1], NONE[1]));
        return ops.sub(moved, falling(halves, COPY, NO_COPY));
    }

    /** 1 up to {@code from}, 0 from {@code to} on, a straight line between. */
    private Value falling(Value x, float from, float to) {
        float slope = 1 / (to - from);
        return ops.clip(ops.sub(graph.scalar(to * slope), ops.mul(x, graph.scalar(slope))), 0, 1);
    }

    /** Mean square of means over cells of so many pixels a side, in units of what noise alone would make. */
    private Value energy(Value difference, int cell) {
        int perSide = block / cell;
        int cells = perSide * perSide;
        int pixels = block * block;
        float[] means = new float[cells * pixels];
        for (int i = 0; i < means.length; i++) {
            int row = i % pixels / block / cell;
            int column = i % block / cell;
            means[i] = i / pixels == row * perSide + column ? 1f / (cell * cell) : 0;
        }
        float[] share = new float[cells];
        Arrays.fill(share, cell * cell / (2f * cells));
        Value mean = ops.conv(difference, graph.constant(graph.fresh("cells"), means, cells, pixels, 1, 1));
        Value square = ops.mul(mean, mean);
        return smooth(ops.conv(square, graph.constant(graph.fresh("share"), share, 1, cells, 1, 1)), ENERGY_SIGMA);
    }

    /** Least of 3 x 3 blocks. */
    private Value erode(Value weight) {
        Value negative = ops.mul(weight, graph.scalar(-1));
        Value most = graph.node("MaxPool", negative)
                .setInts("kernel_shape", 3, 3)
                .setInts("strides", 1, 1)
                .setInts("pads", 1, 1, 1, 1)
                .out();
        return ops.mul(most, graph.scalar(-1));
    }

    private Value smooth(Value x, double sigma) {
        return Blocks.smooth(graph, x, sigma, 0);
    }

    private Value pixels(Value weight) {
        Value padded = ops.pad(weight, Ops.Edge.REPLICATE, 0, 0, 1, 1);
        return Blocks.pixels(graph, padded, block);
    }
}
