package io.nocturne.acquisition;

/**
 * Turns a camera's own frame numbers into gaps. One instance per stream and epoch; source thread only.
 *
 * <p>Cameras and drivers number frames upwards from some start. A forward jump means lost frames, exactly as many as
 * numbers are missing. A step back means that numbering started anew: some Micro-Manager builds restart at 0 when their
 * buffer was wiped, and how many frames that cost is not knowable, but what is missing since the new start is.
 */
public final class SequenceCheck {
    /** What a frame's number says. */
    public enum Verdict {
        /** The first frame, or the first with a number. */
        FIRST,
        /** The next one: nothing missing. */
        CONSECUTIVE,
        /** Numbers were skipped: {@link SequenceCheck#missing()} frames are lost before this one. */
        JUMPED,
        /** The same number again: the same frame handed over twice. */
        REPEATED,
        /** Went backwards: a new numbering began. Frames before it may be lost without a count. */
        RESTARTED,
        /** The camera gives this frame no number (negative). */
        UNNUMBERED
    }

    private final long startNumber;
    private long last = -1;
    private long missing;
    private long restarts;

    /** For cameras whose first number means nothing. */
    public SequenceCheck() {
        this(-1);
    }

    /**
     * For cameras whose numbering is known to begin at a number, so that frames lost before the first one seen count as
     * missing.
     *
     * @param startNumber 0 or 1 as a rule; -1 if unknown
     */
    public SequenceCheck(long startNumber) {
        this.startNumber = startNumber;
    }

    /** Takes the next frame's number. */
    public Verdict next(long cameraNumber) {
        missing = 0;
        if (cameraNumber < 0) {
            return Verdict.UNNUMBERED;
        }
        long previous = last;
        last = cameraNumber;
        if (previous < 0) {
            missing = sinceStart(cameraNumber);
            return missing > 0 ? Verdict.JUMPED : Verdict.FIRST;
        }
        if (cameraNumber == previous) {
            return Verdict.REPEATED;
        }
        if (cameraNumber < previous) {
            missing = sinceStart(cameraNumber);
            restarts++;
            return Verdict.RESTARTED;
        }
        missing = cameraNumber - previous - 1;
        return missing > 0 ? Verdict.JUMPED : Verdict.CONSECUTIVE;
    }

    /** Frames known to be missing right before the frame last taken. */
    public long missing() {
        return missing;
    }

    /** Camera number of the first of them; meaningless if none is missing. */
    public long firstMissing() {
        return last - missing;
    }

    /** How often numbering began anew. */
    public long restarts() {
        return restarts;
    }

    private long sinceStart(long cameraNumber) {
        return startNumber < 0 ? 0 : Math.max(0, cameraNumber - startNumber);
    }
}
