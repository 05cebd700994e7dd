package io.nocturne.inference;

import io.nocturne.stream.spi.FrameSpec;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Puts restored tiles together into a product: blends, undoes the normalisation, rounds and clips, row by row. Blending
 * is {@code a + w * (b - a)}: where two tiles agree, the pixel is what both say, to the last bit. One thread at a time;
 * allocates nothing frame-sized.
 */
public final class TileBlender {
    private final TilePlan plan;
    private final int scale;
    private final FrameSpec product;
    private final PixelRows rows;
    private final NormTransform transform;
    private final float[] row;
    private final float[] second;
    private final float[] part;
    private final float[][] ramps;

    /**
     * @param plan of the frame
     * @param scale product pixels per frame pixel
     * @param product geometry of the product
     * @param rule what was done to pixels
     */
    public TileBlender(TilePlan plan, int scale, FrameSpec product, Normalization rule) {
        this.plan = plan;
        this.scale = scale;
        this.product = product;
        rows = new PixelRows(product);
        transform = new NormTransform(rule);
        row = new float[product.width()];
        second = new float[product.width()];
        part = new float[plan.x().tile() * scale];
        ramps = new float[plan.x().count()][];
        for (int i = 1; i < ramps.length; i++) {
            ramps[i] = new float[(plan.x().alone(i) - plan.x().from(i)) * scale];
            for (int k = 0; k < ramps[i].length; k++) {
                ramps[i][k] = weight(plan.x(), k);
            }
        }
    }

    /** Floats that {@link #emit} reads. */
    public long floats() {
        return (long) plan.tiles()
                * product.depth()
                * plan.x().tile()
                * plan.y().tile()
                * scale
                * scale;
    }

    /**
     * Writes the product.
     *
     * @param norm the values that the frame was loaded with
     * @return pixels clipped to the product type's range
     */
    public int emit(FloatBuffer tiles, double[] norm, ByteBuffer into) {
        transform.set(norm);
        rows.over(into);
        TilePlan.Axis y = plan.y();
        int clipped = 0;
        for (int slice = 0; slice < product.depth(); slice++) {
            for (int line = 0; line < product.height(); line++) {
                int pixel = line / scale;
                int tileRow = y.tileAt(pixel);
                gather(tiles, tileRow, slice, line, row);
                if (tileRow > 0 && pixel < y.alone(tileRow)) {
                    gather(tiles, tileRow - 1, slice, line, second);
                    float w = weight(y, line - y.from(tileRow) * scale);
                    for (int i = 0; i < row.length; i++) {
                        row[i] = second[i] + w * (row[i] - second[i]);
                    }
                }
                transform.inverse(row, row.length);
                clipped += rows.write(slice * product.height() + line, row);
            }
        }
        return clipped;
    }

    /** One line of one row of tiles, blended along x. */
    private void gather(FloatBuffer tiles, int tileRow, int slice, int line, float[] into) {
        TilePlan.Axis x = plan.x();
        int height = plan.y().tile() * scale;
        int width = x.tile() * scale;
        int inside = line - plan.y().origin(tileRow) * scale;
        for (int column = 0; column < x.count(); column++) {
            int tile = tileRow * x.count() + column;
            int start = ((tile * product.depth() + slice) * height + inside) * width;
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
