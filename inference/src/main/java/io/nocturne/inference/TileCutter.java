package io.nocturne.inference;

import java.nio.FloatBuffer;

/**
 * Cuts images into tiles: [tile, image, row, column]. Reads each row once and puts it wherever a tile wants it. One thread
 * at a time; allocates nothing image-sized.
 */
final class TileCutter {
    /** Rows of images. */
    interface Rows {
        /** Reads a whole row of one image. */
        void read(int image, int y, float[] into);
    }

    private final TilePlan plan;
    private final int images;
    private final float[] row;

    /**
     * @param images images that lie one behind the other in each tile
     */
    TileCutter(TilePlan plan, int images) {
        this.plan = plan;
        this.images = images;
        row = new float[Math.max(plan.x().length(), plan.x().padded())];
    }

    /** Floats of all tiles. */
    long floats() {
        return (long) plan.tiles() * images * plan.x().tile() * plan.y().tile();
    }

    /** Writes all tiles, from the start of {@code into}. */
    void cut(Rows source, FloatBuffer into) {
        TilePlan.Axis x = plan.x();
        TilePlan.Axis y = plan.y();
        for (int image = 0; image < images; image++) {
            for (int position = 0; position < y.padded(); position++) {
                source.read(image, y.source(position), row);
                for (int i = x.length(); i < x.padded(); i++) {
                    row[i] = row[x.source(i)];
                }
                for (int tileRow = 0; tileRow < y.count(); tileRow++) {
                    int inside = position - y.origin(tileRow);
                    if (inside < 0 || inside >= y.tile()) {
                        continue;
                    }
                    for (int column = 0; column < x.count(); column++) {
                        int tile = tileRow * x.count() + column;
                        int at = ((tile * images + image) * y.tile() + inside) * x.tile();
                        into.put(at, row, x.origin(column), x.tile());
                    }
                }
            }
        }
    }
}
