package io.nocturne.inference.training;

import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.spi.FrameSpec;
import java.util.List;

/**
 * One field in dim and in bright light; the bright image may have finer pixels. The two files may have been scaled
 * apart from each other: the reference is brought to the dim image's counts by the line of least squares, whose error
 * is the dim image's noise alone.
 */
final class RealPair {
    private final StillFrame dim;
    private final Picture noisy;
    private final Picture reference;
    private final double offset;
    private final double gain;
    private final double readNoise;
    private final int scale;

    /** Of one size. */
    RealPair(StillFrame dim, StillFrame bright) {
        this(dim, bright, 1);
    }

    /**
     * Of two sizes.
     *
     * @param scale pixels of the bright image per pixel of the dim one along an axis, 1 or 2
     */
    RealPair(StillFrame dim, StillFrame bright, int scale) {
        this.dim = dim;
        this.scale = scale;
        if (!fits(dim.spec(), bright.spec(), scale)) {
            throw new IllegalArgumentException("A pair's bright image must be " + scale
                    + " times as wide and high as the dim one, not " + bright.spec() + " for " + dim.spec());
        }
        noisy = ImageFiles.picture(dim);
        Picture fine = ImageFiles.picture(bright);
        double[] line = line((scale == 2 ? fine.binned() : fine).values(), noisy.values());
        float[] truth = fine.values();
        for (int i = 0; i < truth.length; i++) {
            truth[i] = (float) (line[0] * truth[i] + line[1]);
        }
        reference = fine;
        double[] noise = ImageFiles.noise(List.of(dim));
        offset = noise[0];
        gain = noise[1];
        readNoise = noise[2];
    }

    /** Whether two sizes are those of a pair. */
    static boolean fits(FrameSpec dim, FrameSpec bright, int scale) {
        return bright.width() == scale * dim.width() && bright.height() == scale * dim.height();
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

    /** Where a part lies, and how it is turned. */
    private record Part(int left, int top, int side, int turn) {
        Picture of(Picture whole, double low, double span) {
            Picture counts = whole.crop(left, top, side, turn);
            float[] values = counts.values();
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((values[i] - low) / span);
            }
            return counts;
        }

        /** The same part of an image with finer pixels. */
        Part finer(int scale) {
            return new Part(scale * left, scale * top, scale * side, turn);
        }
    }

    private Part part(int side, NoiseRandom random) {
        int left = random.nextInt(noisy.width() - side + 1);
        int top = random.nextInt(noisy.height() - side + 1);
        return new Part(left, top, side, random.nextInt(8));
    }

    /** A random part in photons, turned at random, its noise model in some doubt. */
    Patch patch(int side, NoiseRandom random) {
        Part part = part(side, random);
        double g = gain * Math.exp(0.15 * random.nextGaussian());
        double o = offset + 0.05 * readNoise * random.nextGaussian();
        Picture target = part.finer(scale).of(reference, o, g);
        double read = readNoise * readNoise / (g * g);
        return new Patch(part.of(noisy, o, g), target, (float) read, (float) (read + light(target)));
    }

    /** A random part, turned at random: counts less {@code low}, divided by {@code span}. */
    Patch normalised(int side, NoiseRandom random, double low, double span) {
        Part part = part(side, random);
        Picture target = part.finer(scale).of(reference, low, span);
        double unit = 1 / (span * span);
        double shot = gain * Math.max(0, light(target) * span + low - offset);
        double read = readNoise * readNoise;
        return new Patch(part.of(noisy, low, span), target, (float) (read * unit), (float) ((read + shot) * unit));
    }

    private static double light(Picture picture) {
        double mean = 0;
        for (float value : picture.values()) {
            mean += Math.max(0, value) / picture.values().length;
        }
        return mean;
    }

    /** The dim image, in counts. */
    StillFrame dim() {
        return dim;
    }

    boolean holds(int side) {
        return noisy.width() >= side && noisy.height() >= side;
    }
}
