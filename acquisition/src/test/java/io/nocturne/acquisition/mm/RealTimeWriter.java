package io.nocturne.acquisition.mm;

import io.nocturne.acquisition.FakeWriter;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.RunClock;
import java.util.Map;

/** A writer that keeps what it is given, on the real clock. */
record RealTimeWriter(FakeWriter writer) implements FrameWriter {
    @Override
    public Claim tryClaim() {
        return writer.tryClaim();
    }

    @Override
    public FrameDraft draft() {
        return writer.draft();
    }

    @Override
    public void commit() {
        writer.commit();
    }

    @Override
    public void abort(Cause gapCause) {
        writer.abort(gapCause);
    }

    @Override
    public Claim gap(int count, Cause gapCause, long firstCameraNumber) {
        return writer.gap(count, gapCause, firstCameraNumber);
    }

    @Override
    public void note(Map<String, Object> members) {
        writer.note(members);
    }

    @Override
    public long nextIndex() {
        return writer.nextIndex();
    }

    @Override
    public boolean stopRequested() {
        return writer.stopRequested();
    }

    @Override
    public void idle() {
        writer.idle();
    }

    @Override
    public RunClock clock() {
        return RunClock.system();
    }
}
