package io.nocturne.inference;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameWindow;
import java.nio.FloatBuffer;

/**
 * Cuts a window of frames into normalised tiles: [tile, frame, row, column]. One thread at a time; allocates nothing
 * frame-sized.
 */
public final class TileLoader {
    private final TileCutter cutter;
    private final int width;
    private final PixelRows rows;
    private final NormTransform transform;
    private final TileCutter.Rows reading = this::row;
    private FrameWindow window;
    private int over;

    /**
     * @param depth frames of a window
     * @param rule what is done to pixels
     */
    public TileLoader(FrameSpec frame, TilePlan plan, int depth, Normalization rule) {
        cutter = new TileCutter(plan, depth);
        width = frame.width();
        rows = new PixelRows(frame);
        transform = new NormTransform(rule);
    }

    /** Floats that {@link #load} writes. */
    public long floats() {
        return cutter.floats();
    }

    /** Writes all tiles, from the start of {@code into}. */
    public void load(FrameWindow frames, double[] norm, FloatBuffer into) {
        transform.set(norm);
        window = frames;
        over = -1;
        cutter.cut(reading, into);
        window = null;
    }

    private void row(int frame, int y, float[] row) {
        if (frame != over) {
            rows.over(window.frame(frame).pixels());
            over = frame;
        }
        rows.read(y, row);
        transform.forward(row, width);
    }
}
