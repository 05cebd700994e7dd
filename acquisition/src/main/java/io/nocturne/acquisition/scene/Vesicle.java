package io.nocturne.acquisition.scene;

/**
 * A vesicle: a small bright blob. Some ride on a microtubule, with runs, pauses and turns at kinesin's pace; the others
 * diffuse within a cage of about a micrometre. Positions are functions of time alone. Immutable; safe to share.
 */
final class Vesicle {
    /** Square micrometres per second, of a vesicle in crowded cytoplasm. */
    private static final double DIFFUSION = 0.012;

    private static final double SHORTEST = 0.1;
    private static final double LONGEST = 20;

    private final long key;
    private final Microtubule track;
    private final double homeX;
    private final double homeY;
    private final double homeZ;
    private final double speed;
    private final double light;
    private final double sizeVariance;

    Vesicle(Anatomy cell, Microtubule[] tracks, long key) {
        this.key = key;
        boolean rides = tracks.length > 0 && SmoothNoise.uniform(SmoothNoise.key(key, 1)) < 0.55;
        track = rides ? tracks[(int) (tracks.length * SmoothNoise.uniform(SmoothNoise.key(key, 2)))] : null;
        double angle = SmoothNoise.uniform(SmoothNoise.key(key, 3), 0, 2 * Math.PI);
        double distance = cell.radius * Math.sqrt(SmoothNoise.uniform(SmoothNoise.key(key, 4), 0.1, 0.7));
        homeX = distance * Math.cos(angle);
        homeY = distance * Math.sin(angle);
        homeZ = 0.15
                + Math.max(0, cell.height(homeX, homeY) - 0.2)
                        * Math.pow(SmoothNoise.uniform(SmoothNoise.key(key, 5)), 1.6);
        speed = SmoothNoise.uniform(SmoothNoise.key(key, 6), 0.3, 1.1)
                * (SmoothNoise.uniform(SmoothNoise.key(key, 7)) < 0.5 ? -1 : 1);
        double size = SmoothNoise.uniform(SmoothNoise.key(key, 8));
        light = 0.35 + 1.9 * size * size * size;
        double sigmaUm = 0.05 + 0.13 * size;
        sizeVariance = sigmaUm * sigmaUm;
    }

    /**
     * Where it is at that time, in its cell's micrometres.
     *
     * @param xyz out: x, y and height
     */
    void position(double seconds, double[] xyz) {
        if (track != null) {
            track.position(arcLength(seconds), seconds, xyz);
            xyz[0] += SmoothNoise.wander(SmoothNoise.key(key, 20), seconds, DIFFUSION / 20, SHORTEST, 2);
            xyz[1] += SmoothNoise.wander(SmoothNoise.key(key, 21), seconds, DIFFUSION / 20, SHORTEST, 2);
        } else {
            xyz[0] = homeX + SmoothNoise.wander(SmoothNoise.key(key, 20), seconds, DIFFUSION, SHORTEST, LONGEST);
            xyz[1] = homeY + SmoothNoise.wander(SmoothNoise.key(key, 21), seconds, DIFFUSION, SHORTEST, LONGEST);
            xyz[2] = homeZ;
        }
    }

    /** Runs at full speed, slows to a halt, turns back at the ends. */
    private double arcLength(double seconds) {
        double period = SmoothNoise.uniform(SmoothNoise.key(key, 9), 3, 7);
        double phase = SmoothNoise.uniform(SmoothNoise.key(key, 10), 0, 2 * Math.PI);
        double rate = 2 * Math.PI / period;
        double run = speed * (seconds + 0.95 / rate * Math.sin(rate * seconds + phase));
        double stray = 0.8 * SmoothNoise.at(SmoothNoise.key(key, 11), seconds / 5);
        double length = Math.max(0.5, track.lengthAt(seconds));
        double start = length * SmoothNoise.uniform(SmoothNoise.key(key, 12), 0.15, 1);
        double folded = Math.IEEEremainder(start + run + stray, 2 * length);
        return Math.abs(folded);
    }

    void paint(Canvas canvas, Pose pose, FocalPlane focus, double seconds, double lightUnit, double[] xyz) {
        position(seconds, xyz);
        double pixel = 1 / focus.pixelSizeUm();
        int row = focus.row(xyz[2]);
        canvas.point(
                pose.x(xyz[0], xyz[1]) * pixel,
                pose.y(xyz[0], xyz[1]) * pixel,
                lightUnit * light * focus.response(row),
                focus.variance(row) + sizeVariance * pixel * pixel);
    }
}
