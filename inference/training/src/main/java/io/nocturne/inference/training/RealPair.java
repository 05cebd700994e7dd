package io.nocturne.inference.training;

import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.NoiseRandom;
import java.util.List;

/**
 * One field in dim and in bright light. The two files may have been scaled apart from each other: the reference is
 * brought to the dim image's counts by the line of least squares, whose error is the dim image's noise alone.
 */
final class RealPair {
    private final Picture noisy;
    private final Picture reference;
    private final double offset;
    private final double gain;
    private final double readNoise;

    RealPair(StillFrame dim, StillFrame bright) {
        if (!sameSize(dim, bright)) {
            throw new IllegalArgumentException(
                    "A pair's images must have one size, not " + dim.spec() + " and " + bright.spec());
        }
        noisy = ImageFiles.picture(dim);
        float[] truth = bright.counts();
        double[] line = line(truth, noisy.values());
        for (int i = 0; i < truth.length; i++) {
            truth[i] = (float) (line[0] * truth[i] + line[1]);
        }
        reference = new Picture(noisy.width(), noisy.height(), truth);
        double[] noise = ImageFiles.noise(List.of(dim));
        offset = noise[0];
        gain = noise[1];
        readNoise = noise[2];
    }

    private static boolean sameSize(StillFrame a, StillFrame b) {
        return a.spec().width() == b.spec().width()
                && a.spec().height() == b.spec().height();
    }

    /** Slope and intercept of the least-squares line from x to y. */
    static double[] line(float[] x, float[] y) {
        double sx = 0;
        double sy = 0;
        double sxx = 0;
        double sxy = 0;
        for (int i = 0; i < x.length; i++) {
            sx += x[i];
            sy += y[i];
            sxx += (double) x[i] * x[i];
            sxy += (double) x[i] * y[i];
        }
        double spread = sxx - sx * sx / x.length;
        double slope = spread > 0 ? (sxy - sx * sy / x.length) / spread : 0;
        return new double[] {slope, (sy - slope * sx) / x.length};
    }

    /** A random part, turned at random, its noise model in some doubt. */
    Patch patch(int side, NoiseRandom random) {
        int left = random.nextInt(noisy.width() - side + 1);
        int top = random.nextInt(noisy.height() - side + 1);
        int turn = random.nextInt(8);
        double g = gain * Math.exp(0.15 * random.nextGaussian());
        double o = offset + 0.05 * readNoise * random.nextGaussian();
        Picture in = photons(noisy.crop(left, top, side, turn), o, g);
        Picture out = photons(reference.crop(left, top, side, turn), o, g);
        double read = readNoise * readNoise / (g * g);
        double mean = 0;
        for (float value : out.values()) {
            mean += Math.max(0, value) / out.values().length;
        }
        return new Patch(in, out, (float) read, (float) (read + mean));
    }

    private static Picture photons(Picture counts, double offset, double gain) {
        float[] out = counts.values();
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) ((out[i] - offset) / gain);
        }
        return counts;
    }

    boolean holds(int side) {
        return noisy.width() >= side && noisy.height() >= side;
    }
}
