package io.nocturne.inference;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameWindow;
import java.nio.FloatBuffer;

/**
 * Cuts a window of frames into normalised tiles: [tile, frame, row, column]. Reads each row of a frame once and puts it
 * wherever a tile wants it. One thread at a time; allocates nothing frame-sized.
 */
public final class TileLoader {
    private final TilePlan plan;
    private final int depth;
    private final PixelRows rows;
    private final NormTransform transform;
    private final float[] row;

    /**
     * @param depth frames of a window
     * @param rule what is done to pixels
     */
    public TileLoader(FrameSpec frame, TilePlan plan, int depth, Normalization rule) {
        this.plan = plan;
        this.depth = depth;
        rows = new PixelRows(frame);
        transform = new NormTransform(rule);
        row = new float[Math.max(frame.width(), plan.x().padded())];
    }

    /** Floats that {@link #load} writes. */
    public long floats() {
        return (long) plan.tiles() * depth * plan.x().tile() * plan.y().tile();
    }

    /** Writes all tiles, from the start of {@code into}. */
    public void load(FrameWindow window, double[] norm, FloatBuffer into) {
        transform.set(norm);
        TilePlan.Axis x = plan.x();
        TilePlan.Axis y = plan.y();
        for (int frame = 0; frame < depth; frame++) {
            rows.over(window.frame(frame).pixels());
            for (int position = 0; position < y.padded(); position++) {
                rows.read(y.source(position), row);
                transform.forward(row, x.length());
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
                        int at = ((tile * depth + frame) * y.tile() + inside) * x.tile();
                        into.put(at, row, x.origin(column), x.tile());
                    }
                }
            }
        }
    }
}
