package io.nocturne.acquisition.scene;

import io.nocturne.stream.optics.PointSpread;

/**
 * The plane in focus and how things away from it look, tabulated in steps of {@value #STEP_UM} um: variance, share of
 * light, and where on a canvas's pyramid such light belongs. Immutable; safe to share.
 */
final class FocalPlane {
    private static final double STEP_UM = 0.01;
    private static final double REACH_UM = 12;
    /** Variance of a pixel's own area, in pixels squared. */
    private static final double PIXEL_AREA = 1.0 / 12;

    private final double pixelSizeUm;
    private final double focusUm;
    private final double[] variance;
    private final float[] response;
    private final byte[] level;
    private final float[] shareAbove;

    /**
     * Tabulates a focal plane.
     *
     * @param focusUm height of the plane in focus above the cover slip
     * @param canvas any canvas of the geometry to be painted on
     */
    FocalPlane(PointSpread spread, double pixelSizeUm, double focusUm, Canvas canvas) {
        this.pixelSizeUm = pixelSizeUm;
        this.focusUm = focusUm;
        int steps = (int) (REACH_UM / STEP_UM) + 1;
        variance = new double[steps];
        response = new float[steps];
        level = new byte[steps];
        shareAbove = new float[steps];
        for (int i = 0; i < steps; i++) {
            double defocus = i * STEP_UM;
            variance[i] = imageVariance(spread, pixelSizeUm, defocus);
            response[i] = (float) spread.axialResponse(defocus);
            level[i] = (byte) canvas.levelBelow(variance[i]);
            shareAbove[i] = (float) canvas.shareAbove(level[i], variance[i]);
        }
    }

    /** Variance of a point's image at that distance from focus, pixels squared, pixel area included. */
    static double imageVariance(PointSpread spread, double pixelSizeUm, double defocusUm) {
        return spread.lateralVariance(defocusUm) / (pixelSizeUm * pixelSizeUm) + PIXEL_AREA;
    }

    double pixelSizeUm() {
        return pixelSizeUm;
    }

    /** Row of the tables for a height above the cover slip. */
    int row(double zUm) {
        return Math.min((int) (Math.abs(zUm - focusUm) / STEP_UM + 0.5), level.length - 1);
    }

    /** Variance of a point's image, pixels squared. */
    double variance(int row) {
        return variance[row];
    }

    /** Share of a point's light that is detected. */
    float response(int row) {
        return response[row];
    }

    /** Level of the pyramid that is just sharper than the image. */
    int level(int row) {
        return level[row];
    }

    /** Share of the light that belongs to the next coarser level. */
    float shareAbove(int row) {
        return shareAbove[row];
    }
}
