package io.nocturne.inference.training;

import io.nocturne.stream.optics.GaussianBlur;
import io.nocturne.stream.optics.NoiseRandom;
import java.util.Arrays;

/**
 * Made-up scenes for training: fibres, asters, spots, discs, rings, cells and textures in random company, blurred as by an
 * objective, with haze from out of focus. Some lie in one plane, others reach out of focus and are blurred by their
 * distance. They look like no particular specimen; what they teach is what edges, lines, points and flat areas are, that
 * smooth edges are smooth, and that sharp things lie in front of dim ones. Fixed by the seed.
 */
final class Scenes {
    private static final int OVERSCAN = 16;

    private final NoiseRandom random;
    private final int side;
    private final int full;
    private final double deep;
    private final double asters;
    private final Depths light;
    private final GaussianBlur.Scratch scratch;

    /** How far the scene being made reaches out of focus, in depths of field; 0 for a flat one. */
    private double thickness;

    /**
     * @param side of the square scenes in pixels
     * @param deep share of scenes that reach out of focus, as cells do; the others lie in one plane
     * @param asters share of the cells in them that are filled by filaments from one place, whatever else they hold
     */
    Scenes(long seed, int side, double deep, double asters) {
        random = new NoiseRandom(seed);
        this.side = side;
        this.deep = deep;
        this.asters = asters;
        full = side + 2 * OVERSCAN;
        light = new Depths(full);
        scratch = new GaussianBlur.Scratch(full, full);
    }

    /** The next scene, background 0 and bright structure 1. */
    Picture next() {
        light.clear();
        thickness = deep > 0 && random.nextDouble() < deep ? logBetween(0.3, 4) : 0;
        if (thickness > 0 && random.nextInt(3) > 0) {
            cell();
            if (asters > 0 && random.nextDouble() < asters) {
                aster();
            }
        }
        int kinds = 1 + random.nextInt(3);
        for (int k = 0; k < kinds; k++) {
            switch (random.nextInt(thickness > 0 ? 8 : 6)) {
                case 0 -> fibres();
                case 1, 7 -> spots();
                case 2 -> discs();
                case 3 -> rings();
                case 4 -> texture(light.layer(depth()));
                case 6 -> aster();
                default -> fibres();
            }
        }
        double sigma = between(0.7, 2.2);
        float[] haze = light.sharp();
        float[] plane = light.image(sigma);
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

    /** A random distance from the focus. */
    private double depth() {
        return thickness > 0 ? thickness * random.nextGaussian() : 0;
    }

    /** Curves that turn slowly, some parallel, some labelled in stretches. */
    private void fibres() {
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
            double z = depth();
            double brightness = logBetween(0.2, 1.5);
            int steps = (int) (2 * between(0.2, 1.5) * full);
            double beads = between(0.05, 0.6);
            for (int s = 0; s < steps; s++) {
                turn = 0.95 * turn + bend * 0.3 * random.nextGaussian();
                angle += turn * 0.5;
                x += 0.5 * Math.cos(angle);
                y += 0.5 * Math.sin(angle);
                double label = beaded ? Math.max(0, Math.sin(beads * s) + 0.3) : 1;
                light.add(x, y, z, 0.5 * brightness * label);
                z += thickness > 0 ? thickness * 0.01 * random.nextGaussian() : 0;
            }
        }
    }

    /** Filaments that grow from one place outwards, up and down. */
    private void aster() {
        double x0 = between(0, full);
        double y0 = between(0, full);
        int count = (int) logBetween(15, 160);
        double bend = logBetween(0.002, 0.03);
        double reach = between(0.2, 1) * full;
        double climb = 0.02 * between(0, 1) * thickness;
        for (int i = 0; i < count; i++) {
            double angle = between(0, 2 * Math.PI);
            double start = 0.1 * reach * random.nextDouble();
            double x = x0 + start * Math.cos(angle);
            double y = y0 + start * Math.sin(angle);
            double z = 0.5 * depth();
            double slope = climb * random.nextGaussian();
            double turn = 0;
            double brightness = logBetween(0.3, 1.2);
            int steps = (int) (2 * reach * between(0.2, 1));
            for (int s = 0; s < steps; s++) {
                turn = 0.97 * turn + bend * 0.3 * random.nextGaussian();
                angle += turn * 0.5;
                x += 0.5 * Math.cos(angle);
                y += 0.5 * Math.sin(angle);
                z += slope;
                light.add(x, y, z, 0.5 * brightness);
            }
        }
    }

    /** A cell's body: a soft outline, uneven inside, with a nucleus that is darker or brighter than it. */
    private void cell() {
        float[] body = new float[full * full];
        ellipse(body, full * between(0.2, 0.7), 1);
        float[] nucleus = new float[full * full];
        ellipse(nucleus, full * between(0.06, 0.2), 1);
        float[] uneven = new float[full * full];
        for (int i = 0; i < uneven.length; i++) {
            uneven[i] = (float) random.nextGaussian();
        }
        double grain = logBetween(2, 12);
        new GaussianBlur(grain * grain).apply(uneven, scratch);
        double unit = 2 * Math.sqrt(Math.PI) * grain * between(0, 0.4); // what the blur took off, and how uneven it is
        double inside = random.nextInt(3) == 0 ? logBetween(1, 6) : between(0, 0.9);
        double brightness = logBetween(0.03, 0.5);
        float[] layer = light.layer(between(0.5, 4));
        for (int i = 0; i < layer.length; i++) {
            double level = nucleus[i] > 0 ? inside : body[i] > 0 ? 1 : 0;
            layer[i] += (float) (brightness * level * Math.max(0, 1 + unit * uneven[i]));
        }
    }

    private void spots() {
        int count = (int) logBetween(3, 400);
        double size = logBetween(0.3, 4);
        double spread = between(0, 1.2);
        for (int i = 0; i < count; i++) {
            double x = between(0, full);
            double y = between(0, full);
            double radius = size * Math.exp(0.4 * random.nextGaussian());
            double brightness = Math.exp(spread * random.nextGaussian());
            double z = depth();
            int dots = (int) Math.max(1, 4 * radius * radius);
            for (int d = 0; d < dots; d++) {
                double r = radius * Math.sqrt((d + 0.5) / dots);
                double a = d * 2.399963; // the golden angle: dots fill a disc evenly
                light.add(
                        x + r * Math.cos(a),
                        y + r * Math.sin(a),
                        z,
                        4 * brightness / dots * Math.max(1, radius * radius));
            }
        }
    }

    /** Evenly lit ellipses with sharp edges, overlapping. */
    private void discs() {
        int count = (int) logBetween(1, 30);
        double size = logBetween(5, 60);
        for (int i = 0; i < count; i++) {
            ellipse(light.layer(depth()), size, 1);
        }
    }

    /** Membranes: outlines of wavy ellipses, with some light inside. */
    private void rings() {
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
            double brightness = logBetween(0.3, 1.5);
            double z = depth();
            int steps = (int) (4 * Math.PI * radius) + 8;
            for (int s = 0; s < steps; s++) {
                double a = 2 * Math.PI * s / steps;
                double r = radius * (1 + wave * Math.sin(lobes * a));
                double u = r * Math.cos(a);
                double v = flat * r * Math.sin(a);
                light.add(
                        x + u * Math.cos(tilt) - v * Math.sin(tilt),
                        y + u * Math.sin(tilt) + v * Math.cos(tilt),
                        z,
                        0.6 * brightness);
            }
        }
        if (random.nextBoolean()) {
            ellipse(light.layer(depth()), size, 0.3);
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
