package io.nocturne.stream.spi;

import java.util.Map;

/**
 * A source's only door into the pipeline: claim, fill, commit or abort. Source thread only, asserted.
 *
 * <pre>{@code
 * while (!writer.stopRequested()) {
 *     Image image = camera.pop();                       // have a frame in hand first: a claim can't be undone
 *     while (writer.tryClaim() == Claim.BACK_PRESSURED) // the camera's own buffer is the next reserve
 *         writer.idle();
 *     FrameDraft draft = writer.draft();
 *     boolean filled = false;
 *     try {
 *         draft.pixels().put(image.bytes());
 *         filled = true;
 *     } finally {
 *         if (filled) writer.commit(); else writer.abort(Cause.SOURCE_ABORTED);
 *     }
 * }
 * }</pre>
 */
public interface FrameWriter {
    /** Answer of a claim; back-pressure is a value, not an exception. */
    enum Claim {
        CLAIMED,
        /** The ring is full: keep the frame in hand and try again, or let the camera's buffer hold it. */
        BACK_PRESSURED,
        /** The pipeline takes no more frames: return from {@link FrameSource#run}. */
        CLOSED
    }

    Claim tryClaim();

    /** The claimed slot. */
    FrameDraft draft();

    /** Makes the claimed frame visible to raw disk and intake. */
    void commit();

    /** Gives the claimed slot up: it leaves as a gap of one frame. */
    void abort(Cause gapCause);

    /** Reports frames that never reached us; they take up {@code count} indices. */
    Claim gap(int count, Cause gapCause, long firstCameraNumber);

    /**
     * Leaves an {@code event} line in the ledger: what the source did or saw that isn't a frame. Not for every frame.
     * Writers without a ledger keep nothing.
     *
     * @param members names and values; numbers stay numbers, everything else becomes text
     */
    default void note(Map<String, Object> members) {}

    /** Index that the next frame will have. */
    long nextIndex();

    /** True once the run ends: {@link FrameSource#run} must return within half a second. */
    boolean stopRequested();

    /** Waits a moment for room, without burning a core. */
    void idle();

    RunClock clock();
}
