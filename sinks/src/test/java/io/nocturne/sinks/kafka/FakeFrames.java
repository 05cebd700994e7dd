package io.nocturne.sinks.kafka;

import io.nocturne.stream.fakes.PatternFrames;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.HeaderView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One slot's view, filled by hand; pixels are derived from the frame's index. */
final class FakeFrames extends HeaderView {
    final FrameHeader header;
    private static final long CLOCK_ZERO = System.nanoTime();

    private final ByteBuffer slot;
    private final ByteBuffer readOnly;

    FakeFrames(FrameSpec spec) {
        this(spec, new FrameHeader());
    }

    private FakeFrames(FrameSpec spec, FrameHeader header) {
        super(spec, header);
        this.header = header;
        slot = ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
        readOnly = slot.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /** The view of a restored frame. */
    FakeFrames restored(long index) {
        header.reset(FrameState.RESTORED, Cause.NONE, index, 1);
        PatternFrames.fill(slot, index);
        slot.clear();
        stamp(index);
        return this;
    }

    /** The slot's own bytes. */
    ByteBuffer slot() {
        return slot;
    }

    /** The view of frames without pixels. */
    FakeFrames without(FrameState state, Cause cause, long index, int count) {
        header.reset(state, cause, index, count);
        stamp(index);
        return this;
    }

    private void stamp(long index) {
        header.cameraNumber = index + 1000;
        header.timePoint = index;
        header.coreNanos = CLOCK_ZERO + index * 1000L;
        header.receivedNanos = header.coreNanos + 1;
        header.committedNanos = header.coreNanos + 2;
        header.intakeNanos = header.coreNanos + 3;
        header.restoreStartNanos = header.coreNanos + 4;
        header.restoreEndNanos = header.coreNanos + 5;
        header.normCount = 2;
        header.norm[0] = 100.25;
        header.norm[1] = 4000.5 + index;
    }

    @Override
    public ByteBuffer pixels() {
        if (!hasPixels()) {
            throw new IllegalStateException("no pixels");
        }
        return readOnly.rewind();
    }
}
