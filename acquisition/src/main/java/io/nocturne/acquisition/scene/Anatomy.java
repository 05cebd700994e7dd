package io.nocturne.acquisition.scene;

/**
 * The shape of one spread cell at rest: outline, nucleus and height, in micrometres around the cell's own centre.
 * Immutable.
 */
final class Anatomy {
    private static final int OUTLINE_SAMPLES = 256;

    final long key;
    final double radius;
    final double nucleusX;
    final double nucleusY;
    private final double nucleusLong;
    private final double nucleusShort;
    private final double nucleusCos;
    private final double nucleusSin;
    private final double[] outline = new double[OUTLINE_SAMPLES + 1];

    Anatomy(long key, double meanRadius) {
        this.key = key;
        radius = meanRadius * SmoothNoise.uniform(SmoothNoise.key(key, 1), 0.85, 1.15);
        nucleusX = radius * 0.12 * SmoothNoise.uniform(SmoothNoise.key(key, 2), -1, 1);
        nucleusY = radius * 0.12 * SmoothNoise.uniform(SmoothNoise.key(key, 3), -1, 1);
        nucleusLong = radius * SmoothNoise.uniform(SmoothNoise.key(key, 4), 0.36, 0.42);
        nucleusShort = nucleusLong * SmoothNoise.uniform(SmoothNoise.key(key, 5), 0.62, 0.82);
        double angle = SmoothNoise.uniform(SmoothNoise.key(key, 6), 0, Math.PI);
        nucleusCos = Math.cos(angle);
        nucleusSin = Math.sin(angle);
        for (int i = 0; i <= OUTLINE_SAMPLES; i++) {
            double theta = 2 * Math.PI * i / OUTLINE_SAMPLES;
            double sum = 1;
            for (int k = 1; k <= 6; k++) {
                double phase = SmoothNoise.uniform(SmoothNoise.key(key, 10 + k), 0, 2 * Math.PI);
                double amplitude = 0.24 / Math.sqrt(k) * SmoothNoise.uniform(SmoothNoise.key(key, 20 + k));
                sum += (k == 1 ? 0.3 : 0.7) * amplitude * Math.cos(k * theta + phase);
            }
            outline[i] = radius * sum;
        }
    }

    /** Distance from the centre in units of the outline's in that direction: below 1 inside. */
    double rho(double x, double y) {
        double turn = Math.atan2(y, x) / (2 * Math.PI);
        double position = (turn - Math.floor(turn)) * OUTLINE_SAMPLES;
        int i = Math.min((int) position, OUTLINE_SAMPLES - 1);
        double edge = outline[i] + (position - i) * (outline[i + 1] - outline[i]);
        return Math.hypot(x, y) / edge;
    }

    /** Distance from the nucleus's centre in units of its outline's: below 1 inside. */
    double nucleusRho(double x, double y) {
        double dx = x - nucleusX;
        double dy = y - nucleusY;
        double along = (dx * nucleusCos + dy * nucleusSin) / nucleusLong;
        double across = (dy * nucleusCos - dx * nucleusSin) / nucleusShort;
        return Math.hypot(along, across);
    }

    /** Height of the cell above the cover slip: thin at the edge, a hill over the nucleus. */
    double height(double x, double y) {
        double rho = rho(x, y);
        double r = rho / 0.5;
        return rho >= 1 ? 0 : 0.35 + 4.2 * Math.exp(-r * r);
    }

    /** The organising centre that microtubules grow from, beside the nucleus. */
    double centreX() {
        return nucleusX + 0.8 * nucleusLong * nucleusCos;
    }

    double centreY() {
        return nucleusY + 0.8 * nucleusLong * nucleusSin;
    }
}
