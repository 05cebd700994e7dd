package io.nocturne.stream.ring;

import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.util.Arrays;

/**
 * Knows which raw slots each product needs and which of them must still be kept. Frames leave in capture order: the
 * head waits for its window, and everything behind it waits with it. A window ends at a gap, at the end, and where its
 * key (channel, position, and z-slice or time point) changes. Intake thread only; no allocation after construction.
 */
final class WindowTracker {
    /** What is to be done with the head. */
    enum Verdict {
        /** Nothing is pending, or its window isn't complete. */
        WAIT,
        /** A gap or the end. */
        MARKER,
        /** A frame with a whole window. */
        PRODUCT,
        /** A slice of a complete stack, other than the last. */
        MEMBER,
        /** A slice of a stack that will never be complete. */
        INCOMPLETE
    }

    private static final int MARKER_KEY = -1;
    private static final long OPEN = -1;

    private final WindowSpec window;
    private final StreamSpec stream;
    private final int mask;

    /** Pending sequences, in capture order. */
    private final long[] pending;

    private long pendingHead;
    private long pendingTail;

    /** By sequence & mask. */
    private final int[] keyOf;

    private final long[] ordinalOf;
    private final long[] segmentStart;
    private final long[] segmentEnd;
    private final int[] sliceOf;

    /** By key. A segment is a run of frames that windows may span. */
    private final long[][] sequenceByOrdinal;

    private final long[] nextIn;
    private final long[] nextOut;
    private final long[] openSegment;
    private final long[] lastTimePoint;

    /**
     * @throws IllegalArgumentException if windows of that span can't be kept in a ring of that size
     */
    WindowTracker(WindowSpec window, StreamSpec stream, int ringSlots) {
        this.window = window;
        this.stream = stream;
        mask = ringSlots - 1;
        long span =
                switch (window.axis()) {
                    case NONE -> 1;
                    case TIME -> (long) (window.before() + window.after() + 1) * stream.framesPerTimePoint();
                    case Z, STACK -> (long) stream.zSlices() * stream.channels().size();
                };
        if (span > ringSlots / 2) {
            throw new IllegalArgumentException(
                    "The model's window spans " + span + " frames of this stream; a raw ring of " + ringSlots
                            + " slots keeps at most " + ringSlots / 2 + ". Make the ring larger.");
        }
        pending = new long[ringSlots];
        keyOf = new int[ringSlots];
        ordinalOf = new long[ringSlots];
        segmentStart = new long[ringSlots];
        segmentEnd = new long[ringSlots];
        sliceOf = new int[ringSlots];
        int keys =
                switch (window.axis()) {
                    case NONE -> 1;
                    case TIME -> stream.framesPerTimePoint();
                    case Z, STACK -> stream.channels().size() * stream.positions();
                };
        sequenceByOrdinal = new long[keys][ringSlots];
        nextIn = new long[keys];
        nextOut = new long[keys];
        openSegment = new long[keys];
        lastTimePoint = new long[keys];
        Arrays.fill(lastTimePoint, Long.MIN_VALUE);
    }

    /** A frame arrived. */
    void frame(long sequence, FrameHeader header) {
        int key = key(header);
        if ((window.axis() == WindowSpec.Axis.Z || window.axis() == WindowSpec.Axis.STACK)
                && lastTimePoint[key] != header.timePoint) {
            closeSegment(key);
            lastTimePoint[key] = header.timePoint;
        }
        int at = (int) sequence & mask;
        long ordinal = nextIn[key]++;
        keyOf[at] = key;
        ordinalOf[at] = ordinal;
        segmentStart[at] = openSegment[key];
        segmentEnd[at] = OPEN;
        sliceOf[at] = header.zSlice;
        sequenceByOrdinal[key][(int) ordinal & mask] = sequence;
        pending[(int) pendingTail++ & mask] = sequence;
        if (window.axis() == WindowSpec.Axis.STACK && ordinal + 1 - openSegment[key] == stream.zSlices()) {
            closeSegment(key);
        }
    }

    /** A gap or the end arrived: no window spans it. */
    void marker(long sequence) {
        for (int key = 0; key < nextIn.length; key++) {
            closeSegment(key);
        }
        keyOf[(int) sequence & mask] = MARKER_KEY;
        pending[(int) pendingTail++ & mask] = sequence;
    }

    /** Sequence of the head. */
    long head() {
        return pending[(int) pendingHead & mask];
    }

    Verdict verdict() {
        if (pendingHead == pendingTail) {
            return Verdict.WAIT;
        }
        int at = (int) head() & mask;
        int key = keyOf[at];
        if (key == MARKER_KEY) {
            return Verdict.MARKER;
        }
        boolean closed = segmentEnd[at] != OPEN;
        if (window.axis() != WindowSpec.Axis.STACK) {
            return closed || nextIn[key] > ordinalOf[at] + window.after() ? Verdict.PRODUCT : Verdict.WAIT;
        }
        if (!closed) {
            return Verdict.WAIT;
        }
        if (segmentEnd[at] + 1 - segmentStart[at] < stream.zSlices()) {
            return Verdict.INCOMPLETE;
        }
        return ordinalOf[at] == segmentEnd[at] ? Verdict.PRODUCT : Verdict.MEMBER;
    }

    /**
     * Sequences of the head's window, in axis order; edges repeat the nearest frame. Only when {@link #verdict()} is
     * PRODUCT.
     */
    void resolve(long[] sequences) {
        int at = (int) head() & mask;
        long[] byOrdinal = sequenceByOrdinal[keyOf[at]];
        if (window.axis() == WindowSpec.Axis.STACK) {
            for (long o = segmentStart[at]; o <= segmentEnd[at]; o++) {
                long sequence = byOrdinal[(int) o & mask];
                sequences[sliceOf[(int) sequence & mask]] = sequence;
            }
            return;
        }
        long last = segmentEnd[at] == OPEN ? Long.MAX_VALUE : segmentEnd[at];
        for (int i = 0; i < sequences.length; i++) {
            long o = ordinalOf[at] - window.before() + i;
            o = Math.max(segmentStart[at], Math.min(last, o));
            sequences[i] = byOrdinal[(int) o & mask];
        }
    }

    /** The head is done with. */
    void pop() {
        int key = keyOf[(int) head() & mask];
        if (key != MARKER_KEY) {
            nextOut[key]++;
        }
        pendingHead++;
    }

    /**
     * Lowest sequence that a pending or future window needs; everything below may be overwritten.
     *
     * @param next the sequence that will be read next
     */
    long oldestNeeded(long next) {
        long oldest = pendingHead == pendingTail ? next : head();
        if (window.before() == 0) {
            return oldest;
        }
        for (int key = 0; key < nextIn.length; key++) {
            long start = nextOut[key] < nextIn[key]
                    ? segmentStart[(int) sequenceByOrdinal[key][(int) nextOut[key] & mask] & mask]
                    : openSegment[key];
            long ordinal = Math.max(start, nextOut[key] - window.before());
            if (ordinal < nextIn[key]) {
                oldest = Math.min(oldest, sequenceByOrdinal[key][(int) ordinal & mask]);
            }
        }
        return oldest;
    }

    private int key(FrameHeader header) {
        return switch (window.axis()) {
            case NONE -> 0;
            case TIME ->
                (header.position * stream.zSlices() + header.zSlice)
                                * stream.channels().size()
                        + header.channel;
            case Z, STACK -> header.position * stream.channels().size() + header.channel;
        };
    }

    private void closeSegment(int key) {
        if (openSegment[key] == nextIn[key]) {
            return;
        }
        long end = nextIn[key] - 1;
        for (long i = pendingHead; i < pendingTail; i++) {
            int at = (int) pending[(int) i & mask] & mask;
            if (keyOf[at] == key && segmentEnd[at] == OPEN) {
                segmentEnd[at] = end;
            }
        }
        openSegment[key] = nextIn[key];
    }
}
