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
    private static final int SHAPE_STEPS = 1024;
    private static final float[][] SHAPES = modeShapes();

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
        boolean fromCentre = SmoothNoise.uniform(SmoothNoise.key(key, 1)) < 0.65;
        double length = cell.radius * SmoothNoise.uniform(SmoothNoise.key(key, 2), 0.6, 2.4);
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
        double away = SmoothNoise.uniform(SmoothNoise.key(key, 12), 0.1, 3);
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
        boolean overNucleus = SmoothNoise.uniform(SmoothNoise.key(key, 14)) < 0.4;
        for (int i = 0; i < most; i++) {
            x[i] = (float) px;
            y[i] = (float) py;
            double s = i * step;
            double curvature = 0.13 * SmoothNoise.at(SmoothNoise.key(key, 15), s / 4)
                    + 0.13 * SmoothNoise.at(SmoothNoise.key(key, 16), s / 1.5);
            double rho = cell.rho(px, py);
            if (rho > 0.82) {
                curvature += turnAwayFrom(Math.atan2(py, px), heading, 3.5 * (rho - 0.82));
            }
            double nucleusRho = cell.nucleusRho(px, py);
            if (!overNucleus && nucleusRho < 1.3) {
                double inwards = Math.atan2(cell.nucleusY - py, cell.nucleusX - px);
                curvature += turnAwayFrom(inwards, heading, 1.5 * (1.3 - nucleusRho));
            }
            if (rho > 0.99 && i > 4) {
                return i;
            }
            heading += curvature * step;
            px += step * Math.cos(heading);
            py += step * Math.sin(heading);
        }
        return most;
    }

    /** Curvature that turns a heading away from a direction that it faces, so that it runs alongside instead. */
    private static double turnAwayFrom(double direction, double heading, double strength) {
        double difference = Math.IEEEremainder(heading - direction, 2 * Math.PI);
        double facing = Math.max(0, Math.cos(difference));
        return strength * facing * (difference >= 0 ? 1 : -1);
    }

    /** Micrometres of it that stand at that time. */
    double lengthAt(double seconds) {
        double turn = seconds / cycleSeconds + phase;
        double within = turn - Math.floor(turn);
        double growing = SHRINKAGE / (SHRINKAGE + GROWTH);
        double missing = within < growing ? 1 - within / growing : (within - growing) / (1 - growing);
        return x.length == 0 ? 0 : z.length * step - dynamic * missing;
    }

    /** How far points are bent to the side at that time, -1 to 1 per bending mode: faster for shorter waves. */
    private float mode(int mode, double seconds) {
        double period = 9.0 / (mode + 1);
        return (float) SmoothNoise.at(SmoothNoise.key(key, 30 + mode), seconds / period);
    }

    /** Lattice points that the whole curve has slid along itself. */
    private double slide(double seconds) {
        return 0.9 / step * SmoothNoise.at(SmoothNoise.key(key, 40), seconds / 12);
    }

    /** How far a bending mode displaces the point at a fraction of the curve; the anchored end stays. */
    private static float[][] modeShapes() {
        float[][] shapes = new float[MODES][SHAPE_STEPS + 2];
        for (int mode = 0; mode < MODES; mode++) {
            for (int i = 0; i < SHAPE_STEPS + 2; i++) {
                double fraction = (double) i / SHAPE_STEPS;
                double wave = Math.sin((mode + 0.5) * Math.PI * fraction) * Math.min(1, 4 * fraction);
                shapes[mode][i] = (float) (0.28 / (mode + 1) * wave);
            }
        }
        return shapes;
    }

    /** Paints it. */
    void paint(Canvas canvas, Pose pose, FocalPlane focus, double seconds, double lightPerUm) {
        int points = Math.min(z.length, (int) (lengthAt(seconds) / step));
        float m0 = mode(0, seconds);
        float m1 = mode(1, seconds);
        float m2 = mode(2, seconds);
        double slide = slide(seconds);
        double perPoint = lightPerUm * step;
        double pixel = 1 / focus.pixelSizeUm();
        float toShape = (float) SHAPE_STEPS / z.length;
        for (int i = 0; i < points; i++) {
            int row = focus.row(z[i]);
            int level = focus.level(row);
            int stride = 1 << level;
            if ((i & (stride - 1)) != 0) {
                continue;
            }
            int shape = (int) (i * toShape + 0.5f);
            float bend = m0 * SHAPES[0][shape] + m1 * SHAPES[1][shape] + m2 * SHAPES[2][shape];
            double bodyX = x[i] + bend * normalX[i];
            double bodyY = y[i] + bend * normalY[i];
            double fx = pose.x(bodyX, bodyY) * pixel;
            double fy = pose.y(bodyX, bodyY) * pixel;
            double light = perPoint * labelAt(i + slide) * focus.response(row) * endTaper(i, points) * stride;
            float above = focus.shareAbove(row);
            canvas.plane(level).splat(fx, fy, light * (1 - above));
            if (above > 0.01f && (i & (2 * stride - 1)) == 0) {
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
            bend += mode(m, seconds) * SHAPES[m][(int) (fraction * SHAPE_STEPS + 0.5)];
        }
        xyz[0] = x[i] + f * (x[i + 1] - x[i]) + bend * normalX[i];
        xyz[1] = y[i] + f * (y[i + 1] - y[i]) + bend * normalY[i];
        xyz[2] = z[i] + f * (z[i + 1] - z[i]);
    }
}
