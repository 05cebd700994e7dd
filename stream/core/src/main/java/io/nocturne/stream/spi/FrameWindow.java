package io.nocturne.stream.spi;

/**
 * The raw frames that one product is made of, borrowed: valid only during {@link RestoreLane#load}. The slots are
 * gated for as long, so no neighbour is ever overwritten under it.
 */
public interface FrameWindow {
    /** Number of frames: {@link WindowSpec#size}. */
    int size();

    /** Frame {@code i} in axis order; edges repeat the nearest real frame. */
    FrameView frame(int i);

    /** The frame that the product belongs to: the centre, or the last slice of a stack. */
    FrameView target();
}
