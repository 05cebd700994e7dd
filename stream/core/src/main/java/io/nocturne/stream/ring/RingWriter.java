package io.nocturne.stream.ring;

import io.nocturne.stream.accounting.Accounts;
import io.nocturne.stream.ledger.LedgerPage;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** The source's door into the raw ring. Source thread only, but for {@link #close}. */
final class RingWriter implements FrameWriter, FrameDraft {
    private static final long IDLE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final int OPEN = 0;
    private static final int CLAIMING = 1;
    private static final int CLOSED = 2;

    private final RawRing ring;
    private final StreamSpec stream;
    private final Accounts accounts;
    private final RunState run;
    private final RunClock clock;
    private final PipelineSettings.RawFailure onRawFailure;
    private final LongConsumer witness;
    private final LedgerPage notes;
    private final int epoch;
    /** Guards the single-producer rule when a hung source has to be shut out. */
    private final AtomicInteger door = new AtomicInteger(OPEN);

    private Slot slot;
    private long sequence;
    private long nextIndex;
    /** When the first entry was claimed. */
    private long firstNanos;

    private boolean backPressured;

    /**
     * @param witness told each index right after its commit, or null
     * @param notes the source thread's page of the ledger
     */
    RingWriter(
            RawRing ring,
            StreamSpec stream,
            Accounts accounts,
            RunState run,
            RunClock clock,
            PipelineSettings.RawFailure onRawFailure,
            LongConsumer witness,
            LedgerPage notes,
            int epoch) {
        this.ring = ring;
        this.stream = stream;
        this.accounts = accounts;
        this.run = run;
        this.clock = clock;
        this.onRawFailure = onRawFailure;
        this.witness = witness;
        this.notes = notes;
        this.epoch = epoch;
    }

    /** A turn to the next epoch waits until the time point is whole, so that the next one begins at its first frame. */
    private boolean ended() {
        if (run.turnAsked() && nextIndex % stream.framesPerTimePoint() == 0) {
            run.requestStop(Cause.MODEL_CHANGED);
        }
        return run.stopRequested();
    }

    @Override
    public Claim tryClaim() {
        if (ended() || !door.compareAndSet(OPEN, CLAIMING)) {
            if (door.get() == CLAIMING) {
                throw new IllegalStateException("Commit or abort the claimed frame before claiming another");
            }
            return Claim.CLOSED;
        }
        if (!ring.hasRoom()) {
            door.set(OPEN);
            backPressured = true;
            return Claim.BACK_PRESSURED;
        }
        begin(FrameState.RAW, Cause.NONE, nextIndex, 1);
        slot.header.placeByIndex(stream);
        return Claim.CLAIMED;
    }

    @Override
    public FrameDraft draft() {
        assert door.get() != OPEN : "claim first";
        return this;
    }

    @Override
    public void commit() {
        FrameHeader header = slot.header;
        header.committedNanos = clock.nanoTime();
        if (header.receivedNanos == 0) {
            header.receivedNanos = header.committedNanos;
        }
        if (header.coreNanos == 0) {
            header.coreNanos = header.receivedNanos;
        }
        backPressured = false;
        long index = nextIndex;
        if (publish(1)) {
            accounts.acquired();
            if (witness != null) {
                witness.accept(index);
            }
        }
    }

    @Override
    public void abort(Cause gapCause) {
        requireGap(gapCause);
        slot.header.state = FrameState.GAP;
        slot.header.cause = gapCause;
        if (publish(1)) {
            accounts.count(gapCause, 1);
        }
    }

    @Override
    public Claim gap(int count, Cause gapCause, long firstCameraNumber) {
        requireGap(gapCause);
        if (count < 1) {
            throw new IllegalArgumentException("A gap has at least one frame, not " + count);
        }
        if (!door.compareAndSet(OPEN, CLAIMING)) {
            return Claim.CLOSED;
        }
        if (!ring.hasRoom()) {
            door.set(OPEN);
            backPressured = true;
            return Claim.BACK_PRESSURED;
        }
        begin(FrameState.GAP, gapCause, nextIndex, count);
        slot.header.cameraNumber = firstCameraNumber;
        slot.header.placeByIndex(stream);
        slot.header.committedNanos = clock.nanoTime();
        if (publish(count)) {
            accounts.count(gapCause, count);
            boolean ours = gapCause == Cause.RING_FULL || gapCause == Cause.CAMERA_OVERWROTE;
            if (ours && backPressured && onRawFailure == PipelineSettings.RawFailure.STOP) {
                run.tell(tooFast(count));
                run.requestStop(Cause.RAW_SINK_FAILED);
            }
        }
        return Claim.CLAIMED;
    }

    private String tooFast(int lost) {
        double seconds = Math.max(1, clock.nanoTime() - firstNanos) / 1e9;
        long stored = accounts.snapshot().rawStored();
        return "raw frames came faster than they could be stored: " + lost + " were lost at frame " + slot.header.index
                + ". In " + String.format(Locale.ROOT, "%.1f", seconds) + " s " + nextIndex + " came, "
                + pace(nextIndex / seconds) + ", and " + stored + " were stored, " + pace(stored / seconds)
                + ". Use a faster disk, a smaller region, binning or fewer frames per second; a longer ring for a short"
                + " burst; or set onRawFailure: gap";
    }

    private String pace(double framesPerSecond) {
        return String.format(
                Locale.ROOT,
                "%.1f a second (%.0f MB/s)",
                framesPerSecond,
                framesPerSecond * stream.frame().bytes() / 1e6);
    }

    private void begin(FrameState state, Cause cause, long index, int count) {
        if (nextIndex == 0) {
            firstNanos = clock.nanoTime();
        }
        sequence = ring.claim();
        slot = ring.get(sequence);
        slot.beginWrite();
        slot.header.reset(state, cause, index, count);
    }

    private boolean publish(int count) {
        slot.endWrite(sequence);
        if (!door.compareAndSet(CLAIMING, OPEN)) {
            // Shut out while filling: the slot left as a gap already.
            return false;
        }
        nextIndex += count;
        ring.publish(sequence);
        return true;
    }

    private static void requireGap(Cause cause) {
        if (cause.kind() != Cause.Kind.GAP) {
            throw new IllegalArgumentException(cause + " is not a cause of a gap");
        }
    }

    /**
     * Shuts the door and publishes the END entry. Pipeline thread, once, after the source returned or when it doesn't.
     *
     * @param cause why the stream ends
     * @return false if the ring has no room for the END yet: call again
     */
    boolean close(Cause cause) {
        if (door.getAndSet(CLOSED) == CLAIMING) {
            slot.header.state = FrameState.GAP;
            slot.header.cause = Cause.SOURCE_ABORTED;
            accounts.count(Cause.SOURCE_ABORTED, 1);
            nextIndex++;
            ring.publish(sequence);
        }
        if (!ring.hasRoom()) {
            return false;
        }
        begin(FrameState.END, cause, nextIndex, 0);
        slot.header.committedNanos = clock.nanoTime();
        slot.endWrite(sequence);
        ring.publish(sequence);
        return true;
    }

    @Override
    public void note(Map<String, Object> members) {
        try {
            notes.note("event", stream.name(), epoch, members);
        } catch (IOException e) {
            run.tell("the source's note " + members + " could not be written: " + RawLoop.reason(e));
        }
    }

    @Override
    public long nextIndex() {
        return nextIndex;
    }

    @Override
    public boolean stopRequested() {
        return ended();
    }

    @Override
    public void idle() {
        LockSupport.parkNanos(this, IDLE_NANOS);
    }

    @Override
    public RunClock clock() {
        return clock;
    }

    @Override
    public long index() {
        return slot.header.index;
    }

    @Override
    public ByteBuffer pixels() {
        return slot.plane.clear();
    }

    @Override
    public FrameDraft cameraNumber(long number) {
        slot.header.cameraNumber = number;
        return this;
    }

    @Override
    public FrameDraft at(long timePoint, int position, int zSlice, int channel) {
        if (timePoint < 0
                || position < 0
                || position >= stream.positions()
                || zSlice < 0
                || zSlice >= stream.zSlices()
                || channel < 0
                || channel >= stream.channels().size()) {
            throw new IllegalArgumentException("t " + timePoint + ", position " + position + ", z " + zSlice
                    + ", channel " + channel + " lies outside the stream's " + stream.positions() + " positions, "
                    + stream.zSlices() + " z-slices and " + stream.channels().size() + " channels");
        }
        slot.header.timePoint = timePoint;
        slot.header.position = position;
        slot.header.zSlice = zSlice;
        slot.header.channel = channel;
        return this;
    }

    @Override
    public FrameDraft exposureNanos(long nanos) {
        slot.header.exposureNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft exposedNanos(long nanos) {
        slot.header.exposedNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft coreNanos(long nanos) {
        slot.header.coreNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft receivedNanos(long nanos) {
        slot.header.receivedNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft lightDose(double dose) {
        slot.header.lightDose = dose;
        return this;
    }

    @Override
    public FrameDraft norm(double[] values, int count) {
        if (count > RestorerSpec.MAX_NORM) {
            throw new IllegalArgumentException(count + " normalisation values; at most " + RestorerSpec.MAX_NORM);
        }
        System.arraycopy(values, 0, slot.header.norm, 0, count);
        slot.header.normCount = count;
        slot.header.normPreset = true;
        return this;
    }

    @Override
    public FrameDraft alreadyRestored(boolean value) {
        slot.header.alreadyRestored = value;
        return this;
    }
}
