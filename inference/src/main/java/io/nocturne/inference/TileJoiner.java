package io.nocturne.inference;

import java.nio.FloatBuffer;

/**
 * Joins tiles of [tile, slice, row, column] to whole lines, blended where they overlap: {@code a + w * (b - a)}, so that
 * where two tiles agree, the pixel is what both say, to the last bit. One thread at a time; allocates nothing image-sized.
 */
final class TileJoiner {
    private final TilePlan plan;
    private final int scale;
    private final int slices;
    private final float[] second;
    private final float[] part;
    private final float[][] ramps;

    /**
     * @param plan of the image before the model
     * @param scale product pixels per pixel
     * @param slices of each tile
     */
    TileJoiner(TilePlan plan, int scale, int slices) {
        this.plan = plan;
        this.scale = scale;
        this.slices = slices;
        second = new float[plan.x().length() * scale];
        part = new float[plan.x().tile() * scale];
        ramps = new float[plan.x().count()][];
        for (int i = 1; i < ramps.length; i++) {
            ramps[i] = new float[(plan.x().alone(i) - plan.x().from(i)) * scale];
            for (int k = 0; k < ramps[i].length; k++) {
                ramps[i][k] = weight(plan.x(), k);
            }
        }
    }

    /** Floats of all tiles. */
    long floats() {
        return (long) plan.tiles() * slices * plan.x().tile() * plan.y().tile() * scale * scale;
    }

    /** Reads one line of one slice, whole. */
    void line(FloatBuffer tiles, int slice, int line, float[] into) {
        TilePlan.Axis y = plan.y();
        int pixel = line / scale;
        int tileRow = y.tileAt(pixel);
        gather(tiles, tileRow, slice, line, into);
        if (tileRow > 0 && pixel < y.alone(tileRow)) {
            gather(tiles, tileRow - 1, slice, line, second);
            float w = weight(y, line - y.from(tileRow) * scale);
            for (int i = 0; i < second.length; i++) {
                into[i] = second[i] + w * (into[i] - second[i]);
            }
        }
    }

    /** One line of one row of tiles, blended along x. */
    private void gather(FloatBuffer tiles, int tileRow, int slice, int line, float[] into) {
        TilePlan.Axis x = plan.x();
        int height = plan.y().tile() * scale;
        int width = x.tile() * scale;
        int inside = line - plan.y().origin(tileRow) * scale;
        for (int column = 0; column < x.count(); column++) {
            int tile = tileRow * x.count() + column;
            int start = ((tile * slices + slice) * height + inside) * width;
            int from = x.from(column) * scale;
            int alone = x.alone(column) * scale;
            int to = x.to(column) * scale;
            int origin = x.origin(column) * scale;
            if (alone > from) {
                tiles.get(start + from - origin, part, 0, alone - from);
                float[] ramp = ramps[column];
                for (int i = 0; i < alone - from; i++) {
                    into[from + i] += ramp[i] * (part[i] - into[from + i]);
                }
            }
            tiles.get(start + alone - origin, into, alone, to - alone);
        }
    }

    private float weight(TilePlan.Axis axis, int scaledOffset) {
        return axis.rampWeight((scaledOffset + 0.5) / scale);
    }
}
