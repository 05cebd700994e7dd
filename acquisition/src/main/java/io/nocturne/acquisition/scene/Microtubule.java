package io.nocturne.acquisition.scene;

/**
 * One microtubule: a curve grown once through its cell, that bends gently, slides along itself and whose free end grows
 * and shrinks. Positions are functions of time alone. Immutable; safe to share.
 *
 * <p>Free ends grow at 0.2 um/s and shrink at 0.45 um/s, as in living epithelial cells (Waterman-Storer and Salmon, J.
 * Cell Biol. 139, 1997).
 */
final class Microtubule {
    private static final double GROWTH = 0.2;
    private static final double SHRINKAGE = 0.45;
    private static final int MODES = 3;

    private final long key;
    private final double step;
    private final float[] x;
    private final float[] y;
    private final float[] z;
    private final float[] normalX;
    private final float[] normalY;
    /** Labelling along the lattice: speckled. */
    private final float[] label;

    private final double dynamic;
    private final double cycleSeconds;
    private final double phase;

    /**
     * Grows one.
     *
     * @param step distance of points along the curve, micrometres
     */
    Microtubule(Anatomy cell, long key, double step) {
        this.key = key;
        this.step = step;
        boolean fromCentre = SmoothNoise.uniform(SmoothNoise.key(key, 1)) < 0.75;
        double length = cell.radius * SmoothNoise.uniform(SmoothNoise.key(key, 2), 0.5, 1.9);
        int most = Math.max(8, (int) (length / step));
        x = new float[most];
        y = new float[most];
        int points = fromCentre ? growFromCentre(cell, most) : growAnywhere(cell, most);
        z = new float[points];
        normalX = new float[points];
        normalY = new float[points];
        label = new float[points];
        double height = Math.pow(SmoothNoise.uniform(SmoothNoise.key(key, 3)), 1.5);
        double brightness = SmoothNoise.uniform(SmoothNoise.key(key, 4), 0.65, 1.15);
        for (int i = 0; i < points; i++) {
            double s = i * step;
            double wave = 0.3 * SmoothNoise.at(SmoothNoise.key(key, 5), s / 3);
            double fraction = Math.min(1, Math.max(0, height + wave));
            z[i] = (float) (0.15 + fraction * Math.max(0, cell.height(x[i], y[i]) - 0.25));
            int before = Math.max(0, i - 1);
            int after = Math.min(points - 1, i + 1);
            double dx = x[after] - x[before];
            double dy = y[after] - y[before];
            double norm = Math.max(1e-9, Math.hypot(dx, dy));
            normalX[i] = (float) (-dy / norm);
            normalY[i] = (float) (dx / norm);
            label[i] = (float) (brightness * (1 + 0.3 * SmoothNoise.at(SmoothNoise.key(key, 6), s / 0.25)));
        }
        double full = points * step;
        dynamic = Math.min(0.5 * full, SmoothNoise.uniform(SmoothNoise.key(key, 7), 0, 6));
        cycleSeconds = Math.max(1, dynamic / GROWTH + dynamic / SHRINKAGE);
        phase = SmoothNoise.uniform(SmoothNoise.key(key, 8));
    }

    private int growFromCentre(Anatomy cell, int most) {
        double heading = SmoothNoise.uniform(SmoothNoise.key(key, 11), 0, 2 * Math.PI);
        double away = SmoothNoise.uniform(SmoothNoise.key(key, 12), 0.1, 0.8);
        return grow(
                cell,
                most,
                cell.centreX() + away * Math.cos(heading),
                cell.centreY() + away * Math.sin(heading),
                heading);
    }

    private int growAnywhere(Anatomy cell, int most) {
        double angle = SmoothNoise.uniform(SmoothNoise.key(key, 11), 0, 2 * Math.PI);
        double distance = cell.radius * SmoothNoise.uniform(SmoothNoise.key(key, 12), 0.35, 0.7);
        double outward = angle + SmoothNoise.uniform(SmoothNoise.key(key, 13), -1, 1);
        return grow(cell, most, distance * Math.cos(angle), distance * Math.sin(angle), outward);
    }

    /** A worm-like walk that steers around the nucleus and along the cell's edge; returns the points it made. */
    private int grow(Anatomy cell, int most, double startX, double startY, double startHeading) {
        double px = startX;
        double py = startY;
        double heading = startHeading;
        boolean overNucleus = SmoothNoise.uniform(SmoothNoise.key(key, 14)) < 0.25;
        for (int i = 0; i < most; i++) {
            x[i] = (float) px;
            y[i] = (float) py;
            double s = i * step;
            double curvature = 0.16 * SmoothNoise.at(SmoothNoise.key(key, 15), s / 4)
                    + 0.12 * SmoothNoise.at(SmoothNoise.key(key, 16), s / 1.5);
            double rho = cell.rho(px, py);
            if (rho > 0.8) {
                curvature += turnTowards(heading, Math.atan2(py, px), 0.35 * (rho - 0.8) / 0.2);
            }
            if (!overNucleus && cell.nucleusRho(px, py) < 1.25) {
                curvature -= 1.2
                        * turnTowards(
                                heading,
                                Math.atan2(cell.nucleusY - py, cell.nucleusX - px),
                                1.25 - cell.nucleusRho(px, py));
            }
            if (rho > 0.985 && i > 4) {
                return i;
            }
            heading += curvature * step;
            px += step * Math.cos(heading);
            py += step * Math.sin(heading);
        }
        return most;
    }

    /** Curvature that turns a heading away from facing a direction, to run along it instead. */
    private static double turnTowards(double heading, double direction, double strength) {
        double difference = Math.IEEEremainder(heading - direction, 2 * Math.PI);
        double facing = Math.cos(difference);
        return facing <= 0 ? 0 : strength * facing * (difference >= 0 ? 1 : -1) * 1.5;
    }

    /** Micrometres of it that stand at that time. */
    double lengthAt(double seconds) {
        double turn = seconds / cycleSeconds + phase;
        double within = turn - Math.floor(turn);
        double growing = SHRINKAGE / (SHRINKAGE + GROWTH);
        double missing = within < growing ? 1 - within / growing : (within - growing) / (1 - growing);
        return x.length == 0 ? 0 : z.length * step - dynamic * missing;
    }

    /** How far points are displaced to the side at that time, per bending mode. Slow, and stronger for longer waves. */
    private double mode(int mode, double seconds) {
        double period = 9.0 / (mode + 1);
        return 0.28 / (mode + 1) * SmoothNoise.at(SmoothNoise.key(key, 30 + mode), seconds / period);
    }

    /** Lattice points that the whole curve has slid along itself. */
    private double slide(double seconds) {
        return 0.9 / step * SmoothNoise.at(SmoothNoise.key(key, 40), seconds / 12);
    }

    private static double modeShape(int mode, double fraction) {
        return Math.sin((mode + 0.5) * Math.PI * fraction) * Math.min(1, 4 * fraction);
    }

    /** Paints it. */
    void paint(Canvas canvas, Pose pose, FocalPlane focus, double seconds, double lightPerUm) {
        int points = Math.min(z.length, (int) (lengthAt(seconds) / step));
        double m0 = mode(0, seconds);
        double m1 = mode(1, seconds);
        double m2 = mode(2, seconds);
        double slide = slide(seconds);
        double perPoint = lightPerUm * step;
        double pixel = 1 / focus.pixelSizeUm();
        for (int i = 0; i < points; i++) {
            double variance = focus.variance(z[i]);
            int level = canvas.levelBelow(variance);
            int stride = 1 << level;
            if ((i & (stride - 1)) != 0) {
                continue;
            }
            double fraction = (double) i / z.length;
            double bend = m0 * modeShape(0, fraction) + m1 * modeShape(1, fraction) + m2 * modeShape(2, fraction);
            double bodyX = x[i] + bend * normalX[i];
            double bodyY = y[i] + bend * normalY[i];
            double fx = pose.x(bodyX, bodyY) * pixel;
            double fy = pose.y(bodyX, bodyY) * pixel;
            double light = perPoint * labelAt(i + slide) * focus.response(z[i]) * endTaper(i, points) * stride;
            double above = canvas.shareAbove(level, variance);
            canvas.plane(level).splat(fx, fy, light * (1 - above));
            if (above > 0.01 && (i & (2 * stride - 1)) == 0) {
                canvas.plane(level + 1).splat(fx, fy, light * above * 2);
            }
        }
    }

    private double labelAt(double position) {
        double clamped = Math.min(Math.max(position, 0), label.length - 1.001);
        int i = (int) clamped;
        return label[i] + (clamped - i) * (label[i + 1] - label[i]);
    }

    /** A few tenths of a micrometre in which the free end fades, so that growth has no steps. */
    private double endTaper(int i, int points) {
        return Math.min(1, (points - i) * step / 0.25);
    }

    int points() {
        return z.length;
    }

    double fullLength() {
        return z.length * step;
    }

    /** Where on the curve a rider at that arc length is, in its cell's micrometres: x, y and z. */
    void position(double arcLength, double seconds, double[] xyz) {
        double p = Math.min(Math.max(arcLength / step, 0), z.length - 1.001);
        int i = (int) p;
        double f = p - i;
        double fraction = p / z.length;
        double bend = 0;
        for (int m = 0; m < MODES; m++) {
            bend += mode(m, seconds) * modeShape(m, fraction);
        }
        xyz[0] = x[i] + f * (x[i + 1] - x[i]) + bend * normalX[i];
        xyz[1] = y[i] + f * (y[i + 1] - y[i]) + bend * normalY[i];
        xyz[2] = z[i] + f * (z[i + 1] - z[i]);
    }
}
