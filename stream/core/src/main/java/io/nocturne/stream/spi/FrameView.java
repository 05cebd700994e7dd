package io.nocturne.stream.spi;

import java.nio.ByteBuffer;

/**
 * A read-only, borrowed look at one ring slot. Valid only during the call that hands it over, on that call's thread:
 * copy what must outlive it. Nothing here allocates.
 *
 * <p>All {@code ...Nanos} stamps but {@link #exposedNanos()} are on the run's monotonic clock ({@link RunClock}); 0
 * means "not stamped".
 */
public interface FrameView {
    FrameState state();

    /** Why, for states other than RAW and RESTORED; {@link Cause#NONE} otherwise. */
    Cause cause();

    /** Geometry of the pixels in this slot. */
    FrameSpec spec();

    /** Number of this frame in its stream and epoch, from 0, frames known to be lost included; first one for a GAP. */
    long index();

    /** Frames that this entry speaks for: 1, or the length of a GAP or of a range of raw-only frames. */
    int count();

    /** The camera's own frame number, -1 if it gives none. */
    long cameraNumber();

    int channel();

    int zSlice();

    int position();

    long timePoint();

    long exposureNanos();

    /** On the camera's own clock, 0 if unknown. Never compare with the other stamps. */
    long exposedNanos();

    /**
     * Light that the sample was given for this frame, in the unit that the source's notes in the ledger state; 0 if
     * unknown.
     */
    default double lightDose() {
        return 0;
    }

    /** When the camera's driver had the frame, mapped to our clock; for simulated and replayed sources, when due. */
    long coreNanos();

    /** When the source took the frame from the camera. */
    long receivedNanos();

    long committedNanos();

    /** When intake looked at the frame. */
    long intakeNanos();

    long restoreStartNanos();

    long restoreEndNanos();

    /** Values of the normalisation applied or, for raw-only frames, to be applied; see {@link RestorerSpec#normNames}. */
    int normCount();

    double norm(int i);

    /** Pixels that the product clipped to its type's range. */
    int clippedPixels();

    /**
     * The pixels: {@code spec().bytes()} long, native byte order, read-only. The same buffer object at each call on this
     * view, rewound; its position belongs to this consumer alone.
     *
     * @throws IllegalStateException if this state has no pixels
     */
    ByteBuffer pixels();

    default boolean hasPixels() {
        return state() == FrameState.RAW || state() == FrameState.RESTORED;
    }
}
