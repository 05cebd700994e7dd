package io.nocturne.acquisition.scene;

/**
 * A diffuse part of a cell, such as its cytoplasm or nucleus: a brightness map in the cell's own micrometres, carried
 * along by the cell's pose. Immutable; safe to share.
 */
final class SoftBody {
    /** Brightness of a spot of the body, in the cell's micrometres. */
    interface Brightness {
        double at(double x, double y);
    }

    private final float[] map;
    private final int size;
    private final double left;
    private final double top;
    private final double texel;

    /**
     * Samples a body.
     *
     * @param centreX centre of the square that holds it
     * @param half half the square's side
     * @param texel distance of samples, micrometres
     */
    SoftBody(double centreX, double centreY, double half, double texel, Brightness brightness) {
        this.texel = texel;
        size = Math.max(4, (int) Math.ceil(2 * half / texel) + 2);
        left = centreX - texel * (size - 1) / 2;
        top = centreY - texel * (size - 1) / 2;
        map = new float[size * size];
        for (int j = 1; j < size - 1; j++) {
            for (int i = 1; i < size - 1; i++) {
                map[j * size + i] = (float) brightness.at(left + i * texel, top + j * texel);
            }
        }
    }

    /**
     * Paints the body.
     *
     * @param level plane to paint into: how finely the body shows
     * @param light per fine pixel, for brightness 1
     */
    void paint(Canvas canvas, int level, Pose pose, double pixelSizeUm, double light) {
        Canvas.Plane plane = canvas.plane(Math.min(level, canvas.levels() - 1));
        double inverse = 1 / pose.determinant();
        double centreX = left + texel * (size - 1) / 2;
        double centreY = top + texel * (size - 1) / 2;
        double reach = 1.1 * texel * size * Math.sqrt(0.5) / pixelSizeUm;
        double fieldX = pose.x(centreX, centreY) / pixelSizeUm;
        double fieldY = pose.y(centreX, centreY) / pixelSizeUm;
        int firstColumn = Math.max(0, (int) plane.column(fieldX - reach));
        int lastColumn = Math.min(plane.width() - 1, (int) plane.column(fieldX + reach));
        int firstRow = Math.max(0, (int) plane.column(fieldY - reach));
        int lastRow = Math.min(plane.height() - 1, (int) plane.column(fieldY + reach));
        float amount = (float) (light * plane.scale() * plane.scale());
        // From a field column to texels: the pose's inverse, one step per column.
        double stepI = pose.yy * inverse * plane.scale() * pixelSizeUm / texel;
        double stepJ = -pose.yx * inverse * plane.scale() * pixelSizeUm / texel;
        for (int row = firstRow; row <= lastRow; row++) {
            double dx = plane.fineX(firstColumn) * pixelSizeUm - pose.x0;
            double dy = plane.fineX(row) * pixelSizeUm - pose.y0;
            double i = ((pose.yy * dx - pose.xy * dy) * inverse - left) / texel;
            double j = ((pose.xx * dy - pose.yx * dx) * inverse - top) / texel;
            for (int column = firstColumn; column <= lastColumn; column++) {
                if (i >= 0 && j >= 0 && i < size - 1 && j < size - 1) {
                    plane.add(column, row, amount * interpolate(i, j));
                }
                i += stepI;
                j += stepJ;
            }
        }
    }

    private float interpolate(double i, double j) {
        int column = (int) i;
        int row = (int) j;
        float f = (float) (i - column);
        float g = (float) (j - row);
        int p = row * size + column;
        float upper = map[p] + f * (map[p + 1] - map[p]);
        float lower = map[p + size] + f * (map[p + size + 1] - map[p + size]);
        return upper + g * (lower - upper);
    }
}
