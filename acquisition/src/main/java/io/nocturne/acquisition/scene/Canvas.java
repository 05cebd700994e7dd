package io.nocturne.acquisition.scene;

import io.nocturne.stream.optics.GaussianBlur;
import java.util.Arrays;

/**
 * Where light falls: points and soft bodies, each with a blur of its own, become one plane of light per pixel. Not safe
 * for use from multiple threads; allocates nothing after construction.
 *
 * <p>A pyramid of planes, each half as fine as the one before, holds light by how blurred it is. A point is splatted as a
 * cubic B-spline, then each plane is blurred by what is missing to its variance and added to the next finer one. A
 * B-spline keeps mass, centre and variance exact at any position between pixels, and the discrete Gaussian adds exactly
 * the rest, so a point's image is right to a hundredth of a pixel for the price of 16 additions. Light whose variance lies
 * between two planes goes to both, in proportion: the second moment stays exact.
 */
final class Canvas {
    /** Variance of a cubic B-spline, in pixels squared of its plane. */
    private static final double SPLINE_VARIANCE = 1.0 / 3;
    /** Variance of a point's image in each coarse plane, in pixels squared of that plane, beyond the finest plane's. */
    private static final double COARSE_VARIANCE = 1.75;

    private static final int MARGIN = 9;

    private final int width;
    private final int height;
    private final Plane[] planes;

    /**
     * A canvas.
     *
     * @param finestVariance pixels squared of a point in focus, pixel area included; less than a third becomes a third
     * @param levels planes, at least 1
     */
    Canvas(int width, int height, double finestVariance, int levels) {
        this.width = width;
        this.height = height;
        double finest = Math.max(finestVariance, SPLINE_VARIANCE);
        planes = new Plane[levels];
        for (int level = 0; level < levels; level++) {
            planes[level] = new Plane(level, width, height, finest);
        }
    }

    int levels() {
        return planes.length;
    }

    Plane plane(int level) {
        return planes[level];
    }

    /** Variance of a point's image on that level, fine pixels squared. */
    double variance(int level) {
        return planes[level].variance;
    }

    /** The coarsest level whose variance is at most {@code variance}; 0 if none is. */
    int levelBelow(double variance) {
        int level = 0;
        while (level + 1 < planes.length && planes[level + 1].variance <= variance) {
            level++;
        }
        return level;
    }

    /** Share of a point's light that belongs to the level above {@link #levelBelow}. */
    double shareAbove(int level, double variance) {
        if (level + 1 >= planes.length) {
            return 0;
        }
        double low = planes[level].variance;
        return Math.min(1, Math.max(0, (variance - low) / (planes[level + 1].variance - low)));
    }

    void clear() {
        for (Plane plane : planes) {
            Arrays.fill(plane.light, 0);
        }
    }

    /** A point of light; pixel centres lie at whole numbers. */
    void point(double x, double y, double light, double variance) {
        int level = levelBelow(variance);
        double above = shareAbove(level, variance);
        planes[level].splat(x, y, light * (1 - above));
        if (above > 0) {
            planes[level + 1].splat(x, y, light * above);
        }
    }

    /**
     * Turns what was painted into light per pixel. The canvas must be cleared before it is painted again.
     *
     * @param out {@code width * height}
     */
    void develop(float[] out) {
        for (int level = planes.length - 1; level >= 0; level--) {
            planes[level].blur();
            if (level + 1 < planes.length) {
                planes[level].addCoarser(planes[level + 1]);
            }
        }
        Plane finest = planes[0];
        for (int y = 0; y < height; y++) {
            System.arraycopy(finest.light, (y + MARGIN) * finest.width + MARGIN, out, y * width, width);
        }
    }

    /** One level of the pyramid. */
    static final class Plane {
        private final int width;
        private final int height;
        private final int scale;
        private final double variance;
        private final float[] light;
        private final GaussianBlur.Scratch scratch;
        private final float[] row;
        private final float[] otherRow;
        private final GaussianBlur blur;

        private Plane(int level, int fineWidth, int fineHeight, double finest) {
            scale = 1 << level;
            width = (fineWidth + scale - 1) / scale + 2 * MARGIN;
            height = (fineHeight + scale - 1) / scale + 2 * MARGIN;
            double area = (double) scale * scale;
            variance = level == 0 ? finest : finest + COARSE_VARIANCE * area;
            // Each step to a finer plane interpolates linearly, which adds 3/16 of the coarser pixel's area.
            double interpolation = (1 - 1 / area) / 4;
            blur = new GaussianBlur(Math.max(0, variance / area - SPLINE_VARIANCE - interpolation));
            light = new float[width * height];
            scratch = new GaussianBlur.Scratch(width, height);
            row = new float[width];
            otherRow = new float[width];
        }

        /** Fine pixels per pixel of this plane. */
        int scale() {
            return scale;
        }

        int width() {
            return width;
        }

        int height() {
            return height;
        }

        /** Column of this plane for a fine x, not rounded. */
        double column(double fineX) {
            return (fineX + 0.5) / scale - 0.5 + MARGIN;
        }

        /** Fine x of a column's centre. */
        double fineX(int column) {
            return (column - MARGIN + 0.5) * scale - 0.5;
        }

        /** Adds light to one pixel of this plane. */
        void add(int column, int row, double amount) {
            light[row * width + column] += (float) amount;
        }

        /** Adds a point of light at fine coordinates; off the plane it is lost. */
        void splat(double fineX, double fineY, double amount) {
            float u = (float) column(fineX);
            float v = (float) column(fineY);
            if (!(u >= 1 && v >= 1 && u < width - 2 && v < height - 2)) {
                return;
            }
            int i = (int) u;
            int j = (int) v;
            float f = u - i;
            float g = 1 - f;
            float a0 = g * g * g;
            float a3 = f * f * f;
            float a1 = 4 - 3 * f * f * (2 - f);
            float a2 = 6 - a0 - a1 - a3;
            f = v - j;
            g = 1 - f;
            float share = (float) amount / 36;
            float b0 = g * g * g;
            float b3 = f * f * f;
            float b1 = 4 - 3 * f * f * (2 - f);
            float b2 = 6 - b0 - b1 - b3;
            int p = (j - 1) * width + i - 1;
            addFour(p, b0 * share, a0, a1, a2, a3);
            addFour(p + width, b1 * share, a0, a1, a2, a3);
            addFour(p + 2 * width, b2 * share, a0, a1, a2, a3);
            addFour(p + 3 * width, b3 * share, a0, a1, a2, a3);
        }

        private void addFour(int p, float share, float a0, float a1, float a2, float a3) {
            light[p] += share * a0;
            light[p + 1] += share * a1;
            light[p + 2] += share * a2;
            light[p + 3] += share * a3;
        }

        private static void mix(float[] near, float[] far) {
            for (int x = 0; x < near.length; x++) {
                near[x] = 0.1875f * near[x] + 0.0625f * far[x];
            }
        }

        private void blur() {
            blur.apply(light, scratch);
        }

        /** Adds a plane of half this one's resolution, spread evenly and interpolated. */
        private void addCoarser(Plane coarse) {
            for (int y = 0; y < height; y++) {
                // Fine row y lies a quarter pixel before or behind the coarse row's centre.
                int near = (y + MARGIN) >> 1;
                int far = ((y + MARGIN) & 1) == 0 ? near - 1 : near + 1;
                System.arraycopy(coarse.light, near * coarse.width, coarse.row, 0, coarse.width);
                System.arraycopy(coarse.light, far * coarse.width, coarse.otherRow, 0, coarse.width);
                mix(coarse.row, coarse.otherRow);
                float[] row = coarse.row;
                int out = y * width;
                for (int x = MARGIN & 1; x + 1 < width; x += 2) {
                    int c = (x + MARGIN) >> 1;
                    light[out + x] += 0.75f * row[c] + 0.25f * row[c - 1];
                    light[out + x + 1] += 0.75f * row[c] + 0.25f * row[c + 1];
                }
            }
        }
    }
}
