package io.nocturne.stream.ring;

import io.nocturne.stream.accounting.Accounts;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.ledger.LedgerPage;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.RunClock;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and ledgers every outcome as it is released, in capture order, and shows the newest product to the taps. */
final class OutcomeLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeLoop.class);

    private final RestoredRing ring;
    private final RingCursor cursor;
    private final SlotView view;
    private final Accounts accounts;
    private final LedgerPage ledger;
    private final String stream;
    private final int epoch;
    private final RunState run;
    private final RunClock clock;
    private final LatencyRecorder.Stage release;
    private boolean warned;
    private volatile boolean finished;

    OutcomeLoop(
            RestoredRing ring,
            Accounts accounts,
            LedgerPage ledger,
            String stream,
            int epoch,
            RunState run,
            RunClock clock,
            LatencyRecorder latency) {
        this.ring = ring;
        this.cursor = ring.cursor(new Waiter());
        this.view = new SlotView(ring.product());
        this.accounts = accounts;
        this.ledger = ledger;
        this.stream = stream;
        this.epoch = epoch;
        this.run = run;
        this.clock = clock;
        this.release = latency.stage("release");
    }

    RingCursor cursor() {
        return cursor;
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
            Outcome outcome = ring.get(cursor.next());
            FrameHeader header = outcome.header;
            boolean end = header.state == FrameState.END;
            if (!end) {
                record(header, outcome.plane);
            }
            cursor.stepAndRelease();
            if (end) {
                finished = true;
                return;
            }
        }
    }

    private void record(FrameHeader header, int plane) {
        switch (header.state) {
            case RESTORED -> {
                accounts.restored(header.clippedPixels);
                release.record(header.restoreEndNanos, clock.nanoTime());
                ring.showNewest(plane);
            }
            case RAW_ONLY, FAILED -> accounts.count(header.cause, header.count);
            default -> {
                // Gaps are counted by the source.
            }
        }
        try {
            if (header.state == FrameState.GAP) {
                ledger.gap(header.index, header.count, header.cause, stream, epoch);
            } else {
                ledger.outcome(view.point(header, null), stream, epoch);
            }
        } catch (IOException e) {
            if (!warned) {
                warned = true;
                LOG.error("The ledger can't be written from frame {} on", header.index, e);
                run.tell("the ledger could not be written from frame " + header.index + " on: " + RawLoop.reason(e));
                run.requestStop(Cause.RAW_SINK_FAILED);
            }
        }
    }
}
