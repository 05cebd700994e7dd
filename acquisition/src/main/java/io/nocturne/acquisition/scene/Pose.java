package io.nocturne.acquisition.scene;

/**
 * Where a soft body is at one moment: an affine map from its own micrometres to the field's. Reused from frame to frame,
 * not safe for use from multiple threads.
 */
final class Pose {
    double xx;
    double xy;
    double yx;
    double yy;
    double x0;
    double y0;

    /** A body that drifts, turns a little and breathes around a home position, as adherent cells do over minutes. */
    void set(long key, double homeX, double homeY, double radius, double seconds) {
        double turn = 0.06 * SmoothNoise.at(SmoothNoise.key(key, 1), seconds / 60);
        double stretch = 0.025 * SmoothNoise.at(SmoothNoise.key(key, 2), seconds / 25);
        double swell = 0.015 * SmoothNoise.at(SmoothNoise.key(key, 3), seconds / 40);
        double shear = 0.02 * SmoothNoise.at(SmoothNoise.key(key, 4), seconds / 30);
        double cos = Math.cos(turn);
        double sin = Math.sin(turn);
        double alongX = 1 + swell + stretch;
        double alongY = 1 + swell - stretch;
        xx = cos * alongX - sin * shear;
        xy = cos * shear - sin * alongY;
        yx = sin * alongX + cos * shear;
        yy = sin * shear + cos * alongY;
        x0 = homeX + 0.08 * radius * SmoothNoise.at(SmoothNoise.key(key, 5), seconds / 90);
        y0 = homeY + 0.08 * radius * SmoothNoise.at(SmoothNoise.key(key, 6), seconds / 90);
    }

    double x(double bodyX, double bodyY) {
        return x0 + xx * bodyX + xy * bodyY;
    }

    double y(double bodyX, double bodyY) {
        return y0 + yx * bodyX + yy * bodyY;
    }

    double determinant() {
        return xx * yy - xy * yx;
    }
}
