package io.nocturne.inference.training;

import io.nocturne.stream.optics.GaussianBlur;
import io.nocturne.stream.optics.NoiseRandom;
import java.util.Arrays;

/**
 * Made-up scenes for training: fibres, spots, discs, rings, cells and textures in random company, blurred as by an
 * objective, with haze from out of focus. They look like no particular specimen; what they teach is what edges, lines,
 * points and flat areas are, and that smooth edges are smooth. Fixed by the seed.
 */
final class Scenes {
    private static final int OVERSCAN = 16;

    private final NoiseRandom random;
    private final int side;
    private final int full;
    private final GaussianBlur.Scratch scratch;

    /**
     * @param side of the square scenes in pixels
     */
    Scenes(long seed, int side) {
        random = new NoiseRandom(seed);
        this.side = side;
        full = side + 2 * OVERSCAN;
        scratch = new GaussianBlur.Scratch(full, full);
    }

    /** The next scene, background 0 and bright structure 1. */
    Picture next() {
        float[] plane = new float[full * full];
        int kinds = 1 + random.nextInt(3);
        for (int k = 0; k < kinds; k++) {
            switch (random.nextInt(6)) {
                case 0 -> fibres(plane);
                case 1 -> spots(plane);
                case 2 -> discs(plane);
                case 3 -> rings(plane);
                case 4 -> texture(plane);
                default -> fibres(plane);
            }
        }
        double sigma = between(0.7, 2.2);
        float[] haze = plane.clone();
        new GaussianBlur(sigma * sigma).apply(plane, scratch);
        double haziness = random.nextInt(3) == 0 ? 0 : between(0, 0.7);
        double wide = between(4, 14);
        new GaussianBlur(wide * wide).apply(haze, scratch);
        float[] out = new float[side * side];
        for (int i = 0; i < out.length; i++) {
            int p = (i / side + OVERSCAN) * full + i % side + OVERSCAN;
            out[i] = (float) (plane[p] + haziness * haze[p]);
        }
        return new Picture(side, side, out).normalised(0.01, 0.997, 4);
    }

    private double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    private double logBetween(double low, double high) {
        return low * Math.pow(high / low, random.nextDouble());
    }

    private void add(float[] plane, double x, double y, double light) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        if (left < 0 || top < 0 || left >= full - 1 || top >= full - 1) {
            return;
        }
        double fx = x - left;
        double fy = y - top;
        int p = top * full + left;
        plane[p] += (float) (light * (1 - fx) * (1 - fy));
        plane[p + 1] += (float) (light * fx * (1 - fy));
        plane[p + full] += (float) (light * (1 - fx) * fy);
        plane[p + full + 1] += (float) (light * fx * fy);
    }

    /** Curves that turn slowly, some parallel, some labelled in stretches. */
    private void fibres(float[] plane) {
        int count = (int) logBetween(3, 90);
        double bend = logBetween(0.002, 0.08);
        boolean beaded = random.nextInt(6) == 0;
        double common = between(0, Math.PI);
        boolean aligned = random.nextInt(3) == 0;
        for (int i = 0; i < count; i++) {
            double x = between(0, full);
            double y = between(0, full);
            double angle = aligned ? common + 0.2 * random.nextGaussian() : between(0, 2 * Math.PI);
            double turn = 0;
            double light = logBetween(0.2, 1.5);
            int steps = (int) (2 * between(0.2, 1.5) * full);
            double beads = between(0.05, 0.6);
            for (int s = 0; s < steps; s++) {
                turn = 0.95 * turn + bend * 0.3 * random.nextGaussian();
                angle += turn * 0.5;
                x += 0.5 * Math.cos(angle);
                y += 0.5 * Math.sin(angle);
                double label = beaded ? Math.max(0, Math.sin(beads * s) + 0.3) : 1;
                add(plane, x, y, 0.5 * light * label);
            }
        }
    }

    private void spots(float[] plane) {
        int count = (int) logBetween(3, 400);
        double size = logBetween(0.3, 4);
        double spread = between(0, 1.2);
        for (int i = 0; i < count; i++) {
            double x = between(0, full);
            double y = between(0, full);
            double radius = size * Math.exp(0.4 * random.nextGaussian());
            double light = Math.exp(spread * random.nextGaussian());
            int dots = (int) Math.max(1, 4 * radius * radius);
            for (int d = 0; d < dots; d++) {
                double r = radius * Math.sqrt((d + 0.5) / dots);
                double a = d * 2.399963; // the golden angle: dots fill a disc evenly
                add(plane, x + r * Math.cos(a), y + r * Math.sin(a), 4 * light / dots * Math.max(1, radius * radius));
            }
        }
    }

    /** Evenly lit ellipses with sharp edges, overlapping. */
    private void discs(float[] plane) {
        int count = (int) logBetween(1, 30);
        double size = logBetween(5, 60);
        for (int i = 0; i < count; i++) {
            ellipse(plane, size, 1);
        }
    }

    /** Membranes: outlines of wavy ellipses, with some light inside. */
    private void rings(float[] plane) {
        int count = (int) logBetween(1, 25);
        double size = logBetween(5, 70);
        for (int i = 0; i < count; i++) {
            double x = between(0, full);
            double y = between(0, full);
            double radius = size * Math.exp(0.3 * random.nextGaussian());
            double flat = between(0.5, 1);
            double wave = between(0, 0.12);
            int lobes = 2 + random.nextInt(6);
            double tilt = between(0, Math.PI);
            double light = logBetween(0.3, 1.5);
            int steps = (int) (4 * Math.PI * radius) + 8;
            for (int s = 0; s < steps; s++) {
                double a = 2 * Math.PI * s / steps;
                double r = radius * (1 + wave * Math.sin(lobes * a));
                double u = r * Math.cos(a);
                double v = flat * r * Math.sin(a);
                add(
                        plane,
                        x + u * Math.cos(tilt) - v * Math.sin(tilt),
                        y + u * Math.sin(tilt) + v * Math.cos(tilt),
                        0.6 * light);
            }
        }
        if (random.nextBoolean()) {
            ellipse(plane, size, 0.3);
        }
    }

    private void ellipse(float[] plane, double size, double brightness) {
        double x = between(0, full);
        double y = between(0, full);
        double a = size * Math.exp(0.3 * random.nextGaussian());
        double b = a * between(0.4, 1);
        double tilt = between(0, Math.PI);
        float light = (float) (brightness * logBetween(0.15, 1));
        double cos = Math.cos(tilt);
        double sin = Math.sin(tilt);
        for (int row = (int) Math.max(0, y - a); row < Math.min(full, y + a); row++) {
            for (int column = (int) Math.max(0, x - a); column < Math.min(full, x + a); column++) {
                double u = ((column - x) * cos + (row - y) * sin) / a;
                double v = ((row - y) * cos - (column - x) * sin) / b;
                if (u * u + v * v < 1) {
                    plane[row * full + column] += light;
                }
            }
        }
    }

    /** Smooth random light, gentle or patchy, sometimes inside one cell's outline only. */
    private void texture(float[] plane) {
        float[] field = new float[full * full];
        for (int i = 0; i < field.length; i++) {
            field[i] = (float) random.nextGaussian();
        }
        double grain = logBetween(1, 12);
        new GaussianBlur(grain * grain).apply(field, scratch);
        double unit = 2 * Math.sqrt(Math.PI) * grain; // what the blur took off the standard deviation
        double threshold = between(-1, 1.5);
        boolean sharp = random.nextBoolean();
        float[] mask = new float[full * full];
        if (random.nextBoolean()) {
            ellipse(mask, full / 3.0, 1);
        } else {
            Arrays.fill(mask, 1);
        }
        double light = logBetween(0.1, 1);
        for (int i = 0; i < field.length; i++) {
            double value = Math.max(0, unit * field[i] - threshold);
            if (mask[i] > 0) {
                plane[i] += (float) (light * (sharp ? Math.min(1, 4 * value) : value));
            }
        }
    }
}
