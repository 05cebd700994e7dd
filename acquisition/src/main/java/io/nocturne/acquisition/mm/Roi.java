package io.nocturne.acquisition.mm;

/**
 * A region of the sensor, in pixels as binned.
 *
 * @param x of its left edge
 * @param y of its upper edge
 * @param width at least 1
 * @param height at least 1
 */
public record Roi(int x, int y, int width, int height) {
    public Roi {
        if (x < 0 || y < 0 || width < 1 || height < 1) {
            throw new IllegalArgumentException("A region needs x and y from 0 and at least 1 x 1 pixels, not " + width
                    + "x" + height + "+" + x + "+" + y);
        }
    }

    @Override
    public String toString() {
        return width + "x" + height + "+" + x + "+" + y;
    }
}
