package io.nocturne.inference.training;

import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Value;
import io.nocturne.stream.optics.GaussianBlur;
import java.util.Arrays;

/**
 * Parts of a graph that work on blocks: tensors where a pixel's place in its block is its channel, and maps with one
 * value per block. All are convolutions, which ONNX Runtime does several times as fast as its own reductions and
 * interpolations.
 */
final class Blocks {
    private Blocks() {}

    /** Mean of each block: [n, side side, h, w] to [n, 1, h, w]. */
    static Value mean(GraphBuilder graph, Value blocks, int side) {
        float[] shares = new float[side * side];
        Arrays.fill(shares, 1f / shares.length);
        return graph.ops().conv(blocks, graph.constant(graph.fresh("share"), shares, 1, shares.length, 1, 1));
    }

    /**
     * A Gaussian blur of a map, [n, 1, h, w], continued by its edges.
     *
     * @param border blocks that are to be left around the result
     */
    static Value smooth(GraphBuilder graph, Value map, double sigma, int border) {
        Ops ops = graph.ops();
        GaussianBlur blur = new GaussianBlur(sigma * sigma);
        int radius = blur.radius();
        float[] kernel = new float[2 * radius + 1];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (float) blur.weight(i - radius);
        }
        Value padded = ops.pad(map, Ops.Edge.REPLICATE, 0, 0, radius + border, radius + border);
        Value rows = ops.conv(padded, graph.constant(graph.fresh("rows"), kernel, 1, 1, 1, kernel.length));
        return ops.conv(rows, graph.constant(graph.fresh("columns"), kernel, 1, 1, kernel.length, 1));
    }

    /**
     * A map at each pixel, interpolated linearly between the blocks' centres.
     *
     * @param map [n, 1, h + 2, w + 2], one block more on each side
     * @param side pixels of a block along an axis
     * @return [n, side side, h, w]
     */
    static Value pixels(GraphBuilder graph, Value map, int side) {
        float[][] taps = new float[side][3];
        for (int i = 0; i < side; i++) {
            float away = (i + 0.5f) / side - 0.5f;
            taps[i][0] = Math.max(0, -away);
            taps[i][1] = 1 - Math.abs(away);
            taps[i][2] = Math.max(0, away);
        }
        float[] kernels = new float[side * side * 9];
        for (int k = 0; k < kernels.length; k++) {
            int pixel = k / 9;
            kernels[k] = taps[pixel / side][k % 9 / 3] * taps[pixel % side][k % 3];
        }
        return graph.ops().conv(map, graph.constant(graph.fresh("pixels"), kernels, (long) side * side, 1, 3, 3));
    }
}
