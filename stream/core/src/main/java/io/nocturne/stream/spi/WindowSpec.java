package io.nocturne.stream.spi;

/**
 * Which raw frames one product is made of.
 *
 * <p>A window never spans a gap, a channel, a position or an epoch. At such an edge {@link FrameWindow} repeats the
 * nearest frame it has, so every frame has a whole window.
 *
 * @param axis what neighbours are neighbours in
 * @param before neighbours before the frame; for STACK 0
 * @param after neighbours after the frame, a delay of as many frames; for STACK 0
 */
public record WindowSpec(Axis axis, int before, int after) {
    /** Direction of a window. */
    public enum Axis {
        /** One frame, one product. */
        NONE,
        /** Neighbours in time: same channel, z-slice and position. */
        TIME,
        /** Neighbours in z: same channel, position and time point. */
        Z,
        /** All z-slices of a channel, position and time point make one product, at the last slice. */
        STACK
    }

    /** One frame in, one product out. */
    public static final WindowSpec SINGLE = new WindowSpec(Axis.NONE, 0, 0);

    /** A whole z-stack in, one product out. */
    public static final WindowSpec WHOLE_STACK = new WindowSpec(Axis.STACK, 0, 0);

    public WindowSpec {
        if (before < 0 || after < 0 || before + after > 64) {
            throw new IllegalArgumentException("A window has 0 to 64 neighbours, not " + before + " + " + after);
        }
        if ((axis == Axis.NONE || axis == Axis.STACK) && before + after > 0) {
            throw new IllegalArgumentException("Neighbours need an axis, TIME or Z");
        }
    }

    /** Frames that one product reads, in a stream with that many z-slices. */
    public int size(int zSlices) {
        return axis == Axis.STACK ? zSlices : before + 1 + after;
    }
}
