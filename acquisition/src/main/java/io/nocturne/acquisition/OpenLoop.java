package io.nocturne.acquisition;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameSource.SourceEnd;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.RunClock;

/**
 * The pace of a free-running camera: frame k is due at {@code start + k * period}, whether or not anyone is ready. A
 * bounded buffer, as a camera's driver has one, holds due frames while the pipeline pushes back; when it is full its
 * oldest frame is overwritten, and the loss shows as a gap of that many camera numbers.
 *
 * <p>Without a period, frames are given as fast as there is room, and none is lost. Source thread only.
 */
final class OpenLoop {
    /** Buffer length that never overflows. */
    static final int NEVER_OVERWRITE = Integer.MAX_VALUE;

    /** Longest single wait, so that a stop request is noticed. */
    private static final long MAX_WAIT_NANOS = 20_000_000;

    /** Whether a frame can be had. */
    enum Readiness {
        READY,
        /** Not yet: ask again. */
        LATER,
        /** It was never recorded: a gap. */
        MISSING
    }

    /** What is photographed. */
    interface Subject {
        /** Gets frame k ready, ahead of its time where possible. May be called again for the same k. */
        Readiness prepare(long k) throws Exception;

        /** Writes the frame last prepared into its slot: pixels and what else is known of it. */
        void fill(long k, FrameDraft draft) throws Exception;
    }

    /** How to wait; tests advance a clock instead. */
    interface Waiting {
        void nanos(long nanos);
    }

    private final long periodNanos;
    private final long frames;
    private final int bufferFrames;
    private final Waiting waiting;

    private FrameWriter writer;
    private Subject subject;
    private boolean started;
    private long start;
    /** Oldest frame not yet handed on. */
    private long next;
    /** Everything before this frame is handed on or reported as lost. */
    private long reported;

    private Cause lossCause = Cause.CAMERA_OVERWROTE;

    /**
     * Sets the pace.
     *
     * @param periodNanos from frame to frame, 0 for as fast as there is room
     * @param frames how many, -1 without end
     * @param bufferFrames due frames that the camera holds, at least 1
     */
    OpenLoop(long periodNanos, long frames, int bufferFrames, Waiting waiting) {
        this.periodNanos = periodNanos;
        this.frames = frames;
        this.bufferFrames = bufferFrames;
        this.waiting = waiting;
    }

    /**
     * Runs until the last frame is handed on, a stop is asked for, or the pipeline closes. Run again with another writer,
     * it goes on where it stopped, at the same pace: frames that became due in between lie in the buffer.
     */
    SourceEnd run(FrameWriter toWriter, Subject ofSubject) throws Exception {
        writer = toWriter;
        subject = ofSubject;
        if (!started) {
            while (subject.prepare(0) == Readiness.LATER && !writer.stopRequested()) {
                writer.idle();
            }
            start = writer.clock().nanoTime();
            started = true;
        }
        while (!writer.stopRequested() && (frames < 0 || reported < frames)) {
            if (!step(writer.clock().nanoTime())) {
                return SourceEnd.FINISHED;
            }
        }
        if (next > reported) {
            reportLoss();
        }
        return SourceEnd.FINISHED;
    }

    /** Does what can be done now, or waits a moment; false if the pipeline is closed. */
    private boolean step(long now) throws Exception {
        long due = framesDue(now);
        if (due - next > bufferFrames && (next == reported || lossCause == Cause.CAMERA_OVERWROTE)) {
            next = due - bufferFrames;
            lossCause = Cause.CAMERA_OVERWROTE;
        }
        if (frames >= 0 && next >= frames) {
            return reportLoss();
        }
        Readiness readiness = subject.prepare(next);
        if (readiness == Readiness.MISSING && (next == reported || lossCause == Cause.CAMERA_SKIPPED)) {
            next++;
            lossCause = Cause.CAMERA_SKIPPED;
            return true;
        }
        if (readiness == Readiness.LATER && next > reported && lossCause == Cause.CAMERA_SKIPPED) {
            writer.idle(); // whether the gap is longer shows with the next frame
            return true;
        }
        if (next > reported) {
            return reportLoss();
        }
        if (next >= due) {
            waiting.nanos(Math.min(start + next * periodNanos - now, MAX_WAIT_NANOS));
            return true;
        }
        if (readiness == Readiness.LATER) {
            writer.idle();
            return true;
        }
        return handOn();
    }

    /** Frames that the camera has exposed by now. */
    private long framesDue(long now) {
        long due = periodNanos == 0 ? next + 1 : (now - start) / periodNanos + 1;
        return frames < 0 ? due : Math.min(due, frames);
    }

    private boolean reportLoss() {
        int count = (int) Math.min(next - reported, Integer.MAX_VALUE);
        switch (writer.gap(count, lossCause, reported)) {
            case CLAIMED -> reported += count;
            case BACK_PRESSURED -> writer.idle();
            case CLOSED -> {
                return false;
            }
        }
        return true;
    }

    private boolean handOn() throws Exception {
        switch (writer.tryClaim()) {
            case CLAIMED -> fillClaimed(writer.draft(), writer.clock());
            case BACK_PRESSURED -> writer.idle();
            case CLOSED -> {
                return false;
            }
        }
        return true;
    }

    private void fillClaimed(FrameDraft draft, RunClock clock) throws Exception {
        boolean filled = false;
        try {
            long received = clock.nanoTime();
            draft.cameraNumber(next)
                    .exposedNanos((next + 1) * periodNanos)
                    .coreNanos(periodNanos == 0 ? received : start + next * periodNanos)
                    .receivedNanos(received);
            subject.fill(next, draft);
            filled = true;
        } finally {
            if (filled) {
                writer.commit();
            } else {
                writer.abort(Cause.SOURCE_ABORTED);
            }
        }
        next++;
        reported = next;
    }
}
