package io.nocturne.acquisition;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/**
 * A writer on a clock of its own that only waiting moves, so that tests of timing need no luck. Being idle also lets
 * other threads run for a moment. By default there is always room.
 */
public final class FakeWriter implements FrameWriter, FrameDraft, RunClock {
    private static final long IDLE_NANOS = 200_000;

    /** One committed entry. */
    public record Entry(FrameHeader header, ByteBuffer pixels) {
        public boolean isGap() {
            return header.state == FrameState.GAP;
        }
    }

    public final List<Entry> entries = new ArrayList<>();
    public final List<Map<String, Object>> notes = new ArrayList<>();
    public long now = 1_000_000_000L;
    /** Whether there is room, asked with the time. */
    public LongPredicate room = time -> true;
    /** Whether to stop, asked with the number of entries. */
    public LongPredicate stop = count -> false;

    public boolean closed;
    private final StreamSpec stream;
    private final ByteBuffer plane;
    private FrameHeader draft;
    private long nextIndex;

    public FakeWriter(StreamSpec stream) {
        this.stream = stream;
        plane = ByteBuffer.allocateDirect(stream.frame().bytes()).order(ByteOrder.nativeOrder());
    }

    /** Waiting for a source under test: moves the clock. */
    public void sleep(long nanos) {
        assert nanos > 0 : "a wait of " + nanos + " ns";
        now += nanos;
    }

    public long frames() {
        return entries.stream().filter(entry -> !entry.isGap()).count();
    }

    public long lost() {
        return entries.stream()
                .filter(Entry::isGap)
                .mapToLong(entry -> entry.header().count)
                .sum();
    }

    @Override
    public Claim tryClaim() {
        if (draft != null) {
            throw new IllegalStateException("claimed twice");
        }
        if (closed) {
            return Claim.CLOSED;
        }
        if (!room.test(now)) {
            return Claim.BACK_PRESSURED;
        }
        draft = new FrameHeader();
        draft.reset(FrameState.RAW, Cause.NONE, nextIndex, 1);
        draft.placeByIndex(stream);
        return Claim.CLAIMED;
    }

    @Override
    public FrameDraft draft() {
        return this;
    }

    @Override
    public void commit() {
        draft.committedNanos = now;
        ByteBuffer pixels = ByteBuffer.allocate(plane.capacity()).order(ByteOrder.nativeOrder());
        pixels.put(plane.clear()).rewind();
        publish(new Entry(draft, pixels));
    }

    @Override
    public void abort(Cause gapCause) {
        draft.state = FrameState.GAP;
        draft.cause = gapCause;
        publish(new Entry(draft, null));
    }

    private void publish(Entry entry) {
        entries.add(entry);
        nextIndex += entry.header().count;
        draft = null;
    }

    @Override
    public Claim gap(int count, Cause gapCause, long firstCameraNumber) {
        if (closed) {
            return Claim.CLOSED;
        }
        if (!room.test(now)) {
            return Claim.BACK_PRESSURED;
        }
        FrameHeader gap = new FrameHeader();
        gap.reset(FrameState.GAP, gapCause, nextIndex, count);
        gap.cameraNumber = firstCameraNumber;
        publish(new Entry(gap, null));
        return Claim.CLAIMED;
    }

    @Override
    public long nextIndex() {
        return nextIndex;
    }

    @Override
    public boolean stopRequested() {
        return stop.test(entries.size());
    }

    @Override
    public void idle() {
        now += IDLE_NANOS;
        LockSupport.parkNanos(10_000);
    }

    @Override
    public RunClock clock() {
        return this;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long epochNanos(long nanoTime) {
        return nanoTime;
    }

    @Override
    public long index() {
        return draft.index;
    }

    @Override
    public ByteBuffer pixels() {
        return plane.clear();
    }

    @Override
    public FrameDraft cameraNumber(long number) {
        draft.cameraNumber = number;
        return this;
    }

    @Override
    public FrameDraft at(long timePoint, int position, int zSlice, int channel) {
        draft.timePoint = timePoint;
        draft.position = position;
        draft.zSlice = zSlice;
        draft.channel = channel;
        return this;
    }

    @Override
    public FrameDraft exposureNanos(long nanos) {
        draft.exposureNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft exposedNanos(long nanos) {
        draft.exposedNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft coreNanos(long nanos) {
        draft.coreNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft receivedNanos(long nanos) {
        draft.receivedNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft lightDose(double dose) {
        draft.lightDose = dose;
        return this;
    }

    @Override
    public void note(Map<String, Object> members) {
        notes.add(members);
    }

    @Override
    public FrameDraft norm(double[] values, int count) {
        System.arraycopy(values, 0, draft.norm, 0, count);
        draft.normCount = count;
        draft.normPreset = true;
        return this;
    }

    @Override
    public FrameDraft alreadyRestored(boolean value) {
        draft.alreadyRestored = value;
        return this;
    }
}
