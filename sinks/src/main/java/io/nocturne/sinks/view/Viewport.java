package io.nocturne.sinks.view;

/**
 * What a viewer's window shows.
 *
 * @param x left edge in raw pixels; may lie outside the frame
 * @param y top edge in raw pixels
 * @param width raw pixels across, above 0
 * @param height raw pixels down, above 0
 * @param zoom device pixels of the screen per raw pixel, above 0
 */
record Viewport(double x, double y, double width, double height, double zoom) {
    private static final double LIMIT = 1e7;

    Viewport {
        if (!(Math.abs(x) <= LIMIT && Math.abs(y) <= LIMIT)
                || !(width > 0 && width <= LIMIT && height > 0 && height <= LIMIT)
                || !(zoom >= 1e-4 && zoom <= 1e4)) {
            throw new IllegalArgumentException("A window needs finite edges, a size above 0 and a zoom from 0.0001 to "
                    + "10000, not x=" + x + " y=" + y + " width=" + width + " height=" + height + " zoom=" + zoom);
        }
    }
}
