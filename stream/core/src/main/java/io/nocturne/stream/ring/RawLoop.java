package io.nocturne.stream.ring;

import io.nocturne.stream.accounting.Accounts;
import io.nocturne.stream.accounting.SinkTally;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.ledger.LedgerPage;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSink.Delivery;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.RunClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The raw disk's thread: every camera frame goes to the recorder, then into the ledger. It waits for nothing but its
 * own disk. When the recorder fails, the rest of the ring is counted as not stored, by cause, and never blocks.
 */
final class RawLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(RawLoop.class);

    private final RawRing ring;
    private final RingCursor cursor;
    private final SlotView[] views;
    private final int mask;
    private final FrameSink sink;
    private final SinkTally tally;
    private final Accounts accounts;
    private final LedgerPage ledger;
    private final String stream;
    private final int epoch;
    private final RunClock clock;
    private final RunState run;
    private final PipelineSettings settings;
    private final LatencyRecorder.Stage camera;
    private final LatencyRecorder.Stage commit;
    private final LatencyRecorder.Stage stored;
    private boolean failed;
    private boolean warned;
    private volatile boolean finished;

    RawLoop(
            RawRing ring,
            FrameSink sink,
            Accounts accounts,
            LedgerPage ledger,
            String stream,
            int epoch,
            RunClock clock,
            RunState run,
            PipelineSettings settings,
            LatencyRecorder latency) {
        this.ring = ring;
        this.cursor = ring.cursor(new Waiter());
        this.views = ring.views();
        this.mask = ring.slots() - 1;
        this.sink = sink;
        this.tally = accounts.sink(sink.name());
        this.accounts = accounts;
        this.ledger = ledger;
        this.stream = stream;
        this.epoch = epoch;
        this.clock = clock;
        this.run = run;
        this.settings = settings;
        this.camera = latency.stage("camera");
        this.commit = latency.stage("commit");
        this.stored = latency.stage(sink.name());
    }

    RingCursor cursor() {
        return cursor;
    }

    SinkTally tally() {
        return tally;
    }

    boolean finished() {
        return finished;
    }

    @Override
    public void run() {
        while (!run.aborted()) {
            if (!cursor.ready()) {
                cursor.await();
                continue;
            }
            FrameHeader header = ring.get(cursor.next()).header;
            switch (header.state) {
                case RAW -> frame(views[(int) cursor.next() & mask]);
                case GAP -> gap(header);
                default -> {
                    end(header);
                    cursor.stepAndRelease();
                    finished = true;
                    return;
                }
            }
            cursor.stepAndRelease();
        }
    }

    private void frame(SlotView view) {
        camera.record(view.coreNanos(), view.receivedNanos());
        commit.record(view.receivedNanos(), view.committedNanos());
        if (failed) {
            notStored();
            return;
        }
        try {
            Delivery delivery = sink.onFrame(view);
            long now = clock.nanoTime();
            stored.record(view.committedNanos(), now);
            ledger.raw(view, stream, epoch, now, clock.epochNanos(view.coreNanos()), delivery, sink.lastCrc32c());
            if (delivery == Delivery.DELIVERED) {
                tally.offered(delivery);
                accounts.rawStored();
            } else {
                notStored();
            }
        } catch (Exception | Error e) {
            notStored();
            fail(view.index(), e);
        }
    }

    private void notStored() {
        tally.offered(Delivery.LOST);
        accounts.count(Cause.RAW_DISK_FAILED, 1);
    }

    private void fail(long index, Throwable e) {
        if (!warned) {
            warned = true;
            LOG.error("Raw frame {} could not be stored", index, e);
            run.tell("raw frame " + index + " could not be stored: " + reason(e));
        }
        if (settings.onRawFailure() == PipelineSettings.RawFailure.STOP) {
            failed = true;
            run.requestStop(Cause.RAW_SINK_FAILED);
        }
    }

    static String reason(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private void gap(FrameHeader header) {
        try {
            sink.onGap(header.index, header.count, header.cause);
        } catch (Exception | Error e) {
            fail(header.index, e);
        }
    }

    private void end(FrameHeader header) {
        try {
            sink.onEnd(header.cause, clock.nanoTime() + settings.drainMillis() * 1_000_000);
        } catch (Exception | Error e) {
            fail(header.index, e);
        }
    }

    /** Frames published but never looked at; after the loop was given up. */
    long unreached() {
        long frames = 0;
        for (long s = cursor.released() + 1; s <= ring.published(); s++) {
            if (ring.get(s).header.state == FrameState.RAW) {
                frames++;
            }
        }
        return frames;
    }
}
