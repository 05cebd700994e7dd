package io.nocturne.stream.fakes;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.FrameWriter.Claim;
import io.nocturne.stream.spi.StreamSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A source of pattern frames: a number of frames at a rate, or as fast as there is room, with gaps where scripted. At a
 * rate, frames that find no room are lost as RING_FULL once {@code bufferFrames} are overdue, as with a camera.
 */
public final class ScriptedSource implements FrameSource {
    private final StreamSpec stream;
    private final long frames;
    private final int bufferFrames;
    private final Map<Long, Integer> gaps = new LinkedHashMap<>();
    private Throwable failure;
    private long failAt = -1;

    /** Frames at the stream's frame period, or as fast as there is room if that is 0. */
    public ScriptedSource(StreamSpec stream, long frames, int bufferFrames) {
        this.stream = stream;
        this.frames = frames;
        this.bufferFrames = bufferFrames;
    }

    /** Before the frame with that index, so many are missing. */
    public ScriptedSource gapAt(long index, int count) {
        gaps.put(index, count);
        return this;
    }

    public ScriptedSource failAt(long index, RuntimeException e) {
        failAt = index;
        failure = e;
        return this;
    }

    @Override
    public StreamSpec open() {
        return stream;
    }

    @Override
    public SourceEnd run(FrameWriter writer) {
        long start = writer.clock().nanoTime();
        long period = stream.framePeriodNanos();
        for (long k = 0; k < frames && !writer.stopRequested(); k++) {
            if (writer.nextIndex() == failAt && failure instanceof RuntimeException e) {
                throw e;
            }
            Integer missing = gaps.remove(writer.nextIndex());
            if (missing != null && !gap(writer, missing, Cause.CAMERA_SKIPPED)) {
                return SourceEnd.FINISHED;
            }
            long due = start + k * period;
            if (period > 0) {
                sleepUntil(writer, due);
            }
            Claim claim = writer.tryClaim();
            while (claim == Claim.BACK_PRESSURED) {
                if (period > 0 && writer.clock().nanoTime() - due > bufferFrames * period) {
                    break;
                }
                writer.idle();
                claim = writer.tryClaim();
            }
            if (claim == Claim.CLOSED) {
                return SourceEnd.FINISHED;
            }
            if (claim == Claim.BACK_PRESSURED) {
                if (!gap(writer, 1, Cause.RING_FULL)) {
                    return SourceEnd.FINISHED;
                }
                continue;
            }
            PatternFrames.fill(writer.draft().pixels(), writer.draft().index());
            writer.draft().cameraNumber(writer.nextIndex());
            if (period > 0) {
                writer.draft().coreNanos(due);
            }
            writer.commit();
        }
        return SourceEnd.FINISHED;
    }

    private static boolean gap(FrameWriter writer, int count, Cause cause) {
        Claim claim = writer.gap(count, cause, writer.nextIndex());
        while (claim == Claim.BACK_PRESSURED && !writer.stopRequested()) {
            writer.idle();
            claim = writer.gap(count, cause, writer.nextIndex());
        }
        return claim == Claim.CLAIMED;
    }

    private static void sleepUntil(FrameWriter writer, long due) {
        long left;
        while ((left = due - writer.clock().nanoTime()) > 0 && !writer.stopRequested()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(50)));
        }
    }

    @Override
    public void close() {}
}
