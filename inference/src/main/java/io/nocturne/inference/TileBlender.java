package io.nocturne.inference;

import io.nocturne.stream.spi.FrameSpec;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Puts restored tiles together into a product: blends, undoes the normalisation, rounds and clips, row by row. One thread
 * at a time; allocates nothing frame-sized.
 */
public final class TileBlender {
    private final TileJoiner joiner;
    private final FrameSpec product;
    private final PixelRows rows;
    private final NormTransform transform;
    private final float[] row;

    /**
     * @param plan of the frame
     * @param scale product pixels per frame pixel
     * @param product geometry of the product
     * @param rule what was done to pixels
     */
    public TileBlender(TilePlan plan, int scale, FrameSpec product, Normalization rule) {
        joiner = new TileJoiner(plan, scale, product.depth());
        this.product = product;
        rows = new PixelRows(product);
        transform = new NormTransform(rule);
        row = new float[product.width()];
    }

    /** Floats that {@link #emit} reads. */
    public long floats() {
        return joiner.floats();
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
        int clipped = 0;
        for (int slice = 0; slice < product.depth(); slice++) {
            for (int line = 0; line < product.height(); line++) {
                joiner.line(tiles, slice, line, row);
                transform.inverse(row, row.length);
                clipped += rows.write(slice * product.height() + line, row);
            }
        }
        return clipped;
    }
}
