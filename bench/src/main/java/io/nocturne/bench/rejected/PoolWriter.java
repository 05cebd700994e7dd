package io.nocturne.bench.rejected;

import io.nocturne.bench.BenchFrame;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.RunClock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A source's door into a hand-over whose frames come from a pool. Source thread only. */
abstract class PoolWriter implements FrameWriter {
    private static final long IDLE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final Crew crew;
    private final RunClock clock = RunClock.system();
    private BenchFrame claimed;
    private long next;

    PoolWriter(Crew crew) {
        this.crew = crew;
    }

    /** A frame that nobody needs any more, or null. */
    abstract BenchFrame take(long index);

    /** Hands a filled frame on. */
    abstract void give(BenchFrame frame);

    @Override
    public Claim tryClaim() {
        if (crew.failed()) {
            return Claim.CLOSED;
        }
        BenchFrame frame = take(next);
        if (frame == null) {
            return Claim.BACK_PRESSURED;
        }
        claimed = frame.draft(next);
        return Claim.CLAIMED;
    }

    @Override
    public FrameDraft draft() {
        return claimed;
    }

    @Override
    public void commit() {
        next++;
        give(claimed.commit(clock.nanoTime()));
    }

    @Override
    public void abort(Cause gapCause) {
        throw new IllegalStateException("The source gave frame " + next + " up: " + gapCause);
    }

    @Override
    public Claim gap(int count, Cause gapCause, long firstCameraNumber) {
        throw new IllegalStateException("The comparison is lossless, yet " + count + " frames are missing");
    }

    @Override
    public long nextIndex() {
        return next;
    }

    @Override
    public boolean stopRequested() {
        return crew.failed();
    }

    @Override
    public void idle() {
        LockSupport.parkNanos(this, IDLE_NANOS);
    }

    @Override
    public RunClock clock() {
        return clock;
    }
}
