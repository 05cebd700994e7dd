package io.nocturne.inference;

import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Ops.Edge;
import io.nocturne.inference.graph.Value;
import java.util.Arrays;

/**
 * Smooths as much as the noise asks for and no more: three Gaussian scales of the variance-stabilised image, where the
 * differences between scales come back by as much as they rise above what noise alone would give, seen over a
 * neighbourhood of some pixels. That is the local Wiener filter (Lee, IEEE Trans. Pattern Anal. Mach. Intell. 2(2), 1980)
 * on differences of Gaussians.
 *
 * <pre>
 *   image - blur - L1 - blur - L2 - blur - L3
 *                  L1 - L2 = d1  L2 - L3 = d2     k = max(0, 1 - noise variance of d / local mean of d^2)
 *   restored = L3 + k2 d2 + k1 d1
 * </pre>
 *
 * Everything is computed on blocks of 4 x 4 pixels as 16 channels: a long kernel of one channel is then a short one of 16
 * to 16 channels, which ONNX Runtime computes several times faster.
 */
final class AdaptiveBlur {
    /** Blur from scale to scale, in pixels; together 0.9, 1.8 and 3.6. */
    private static final double[] SIGMAS = {0.9, 1.56, 3.1};

    /** Radius of each blur in blocks. */
    private static final int[] REACH = {1, 2, 2};

    private static final int BLOCK = 4;
    private static final int CHANNELS = BLOCK * BLOCK;

    /** Blocks of mirrored border that all blurs use up. */
    private static final int BORDER = REACH[0] + REACH[1] + REACH[2];

    /** Neighbourhood of the local energy: a Gaussian of one block. */
    private static final int ENERGY_REACH = 3;

    private final GraphBuilder graph;
    private final Ops ops;

    AdaptiveBlur(GraphBuilder graph) {
        this.graph = graph;
        ops = graph.ops();
    }

    /** Least side of a frame: the mirrored border must be shorter. */
    static int minimum() {
        return (BORDER + 1) * BLOCK;
    }

    /** Sides of frames must be multiples of this. */
    static int multiple() {
        return BLOCK;
    }

    /** Restores an image whose noise has a standard deviation of one. */
    Value apply(Value image) {
        long border = (long) BORDER * BLOCK;
        Value level = ops.spaceToDepth(ops.pad(image, Edge.REFLECT, 0, 0, border, border), BLOCK);
        Value[] levels = new Value[SIGMAS.length];
        double[] reach = {1};
        double[] noise = new double[SIGMAS.length - 1];
        int left = BORDER;
        for (int i = 0; i < SIGMAS.length; i++) {
            double[] kernel = GaussianKernel.samples(SIGMAS[i], REACH[i] * BLOCK);
            level = ops.conv(level, blockKernel("blur_columns_" + i, kernel, REACH[i], true));
            level = ops.conv(level, blockKernel("blur_rows_" + i, kernel, REACH[i], false));
            left -= REACH[i];
            levels[i] = left == 0 ? level : ops.slice(ops.slice(level, 2, left, -left), 3, left, -left);
            double[] wider = convolve(reach, kernel);
            if (i > 0) {
                noise[i - 1] = varianceOfDifference(reach, wider);
            }
            reach = wider;
        }
        Value restored = levels[SIGMAS.length - 1];
        for (int i = SIGMAS.length - 2; i >= 0; i--) {
            Value detail = ops.sub(levels[i], levels[i + 1]);
            restored = ops.add(restored, ops.mul(detail, share(detail, noise[i])));
        }
        return ops.depthToSpace(restored, BLOCK);
    }

    /** How much of a detail is more than noise, 0 to 1. */
    private Value share(Value detail, double noiseVariance) {
        float[] equal = new float[CHANNELS];
        Arrays.fill(equal, 1f / CHANNELS);
        Value blockMean = graph.constant(graph.fresh("block_mean"), equal, 1, CHANNELS, 1, 1);
        Value energy = ops.conv(ops.mul(detail, detail), blockMean);
        long pad = ENERGY_REACH + 1;
        Value padded = ops.pad(energy, Edge.REPLICATE, 0, 0, pad, pad);
        float[] kernel = GaussianKernel.floats(1, ENERGY_REACH);
        Value smooth = ops.conv(
                ops.conv(padded, graph.constant(graph.fresh("energy_rows"), kernel, 1, 1, 1, kernel.length)),
                graph.constant(graph.fresh("energy_columns"), kernel, 1, 1, kernel.length, 1));
        Value perPixel = ops.conv(smooth, linearKernel());
        Value floored = ops.max(perPixel, graph.scalar((float) (noiseVariance * 1e-3)));
        Value noiseShare = ops.div(graph.scalar((float) noiseVariance), floored);
        return ops.relu(ops.sub(graph.scalar(1), noiseShare));
    }

    /** A blur of pixels along one axis as a convolution of blocks. */
    private Value blockKernel(String name, double[] kernel, int reach, boolean alongColumns) {
        int taps = 2 * reach + 1;
        int radius = kernel.length / 2;
        float[] weights = new float[CHANNELS * CHANNELS * taps];
        for (int i = 0; i < weights.length; i++) {
            int in = i / taps % CHANNELS;
            int out = i / (taps * CHANNELS);
            int dy = in / BLOCK - out / BLOCK;
            int dx = in % BLOCK - out % BLOCK;
            int across = alongColumns ? dx : dy;
            int along = (i % taps - reach) * BLOCK + (alongColumns ? dy : dx);
            if (across == 0 && Math.abs(along) <= radius) {
                weights[i] = (float) kernel[along + radius];
            }
        }
        return alongColumns
                ? graph.constant(name, weights, CHANNELS, CHANNELS, taps, 1)
                : graph.constant(name, weights, CHANNELS, CHANNELS, 1, taps);
    }

    /** Linear interpolation of one value per block to the pixels of the block. */
    private Value linearKernel() {
        float[] weights = new float[CHANNELS * 9];
        for (int i = 0; i < weights.length; i++) {
            int row = i / 9 / BLOCK;
            int column = i / 9 % BLOCK;
            double y = (row + 0.5) / BLOCK - 0.5 - (i / 3 % 3 - 1);
            double x = (column + 0.5) / BLOCK - 0.5 - (i % 3 - 1);
            weights[i] = (float) (Math.max(0, 1 - Math.abs(y)) * Math.max(0, 1 - Math.abs(x)));
        }
        return graph.constant(graph.fresh("linear"), weights, CHANNELS, 1, 3, 3);
    }

    private static double[] convolve(double[] a, double[] b) {
        double[] sum = new double[a.length + b.length - 1];
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < b.length; k++) {
                sum[i + k] += a[i] * b[k];
            }
        }
        return sum;
    }

    /** Variance that white noise of variance one has after the difference of two separable centred kernels. */
    private static double varianceOfDifference(double[] narrow, double[] wide) {
        int shift = (wide.length - narrow.length) / 2;
        double nn = 0;
        double nw = 0;
        double ww = 0;
        for (int i = 0; i < wide.length; i++) {
            boolean inside = i >= shift && i < shift + narrow.length;
            double n = inside ? narrow[i - shift] : 0;
            nn += n * n;
            nw += n * wide[i];
            ww += wide[i] * wide[i];
        }
        return nn * nn - 2 * nw * nw + ww * ww;
    }
}
