package io.nocturne.acquisition.scene;

import io.nocturne.stream.optics.PointSpread;

/**
 * The plane in focus and how things away from it look.
 *
 * @param spread the microscope's point spread
 * @param pixelSizeUm pixel size in the specimen
 * @param focusUm height of the plane in focus above the cover slip
 */
record FocalPlane(PointSpread spread, double pixelSizeUm, double focusUm) {
    /** Variance of a pixel's own area, in pixels squared. */
    private static final double PIXEL_AREA = 1.0 / 12;

    /** Variance of a point's image at that height, pixels squared, pixel area included. */
    double variance(double zUm) {
        return spread.lateralVariance(zUm - focusUm) / (pixelSizeUm * pixelSizeUm) + PIXEL_AREA;
    }

    /** Share of a point's light that is detected from that height. */
    double response(double zUm) {
        return spread.axialResponse(zUm - focusUm);
    }
}
