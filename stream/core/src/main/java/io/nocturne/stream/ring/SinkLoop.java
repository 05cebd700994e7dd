package io.nocturne.stream.ring;

import io.nocturne.stream.accounting.Accounts;
import io.nocturne.stream.accounting.SinkTally;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSink.Delivery;
import io.nocturne.stream.spi.RunClock;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One sink's thread on the restored ring. A sink that throws loses that frame and is offered the next. */
final class SinkLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SinkLoop.class);

    private final RestoredRing ring;
    private final RingCursor cursor;
    private final ByteBuffer[] planes;
    private final SlotView view;
    private final FrameSink sink;
    private final SinkTally tally;
    private final RunClock clock;
    private final RunState run;
    private final long drainMillis;
    private final LatencyRecorder.Stage delivered;
    private final LatencyRecorder.Stage endToEnd;
    private boolean failing;
    private volatile boolean finished;

    SinkLoop(
            RestoredRing ring,
            FrameSink sink,
            Accounts accounts,
            RunClock clock,
            RunState run,
            long drainMillis,
            LatencyRecorder latency) {
        this.ring = ring;
        this.cursor = ring.cursor(new Waiter());
        this.planes = ring.planeViews();
        this.view = new SlotView(ring.product());
        this.sink = sink;
        this.tally = accounts.sink(sink.name());
        this.clock = clock;
        this.run = run;
        this.drainMillis = drainMillis;
        // Part 0 is this thread's; settle() comes from the sink's own thread and has part 1.
        this.delivered = latency.stage(sink.name(), 0);
        this.endToEnd = latency.stage("end-to-end:" + sink.name(), 0);
    }

    RingCursor cursor() {
        return cursor;
    }

    SinkTally tally() {
        return tally;
    }

    FrameSink sink() {
        return sink;
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
            boolean end = false;
            try {
                switch (header.state) {
                    case GAP -> sink.onGap(header.index, header.count, header.cause);
                    case END -> {
                        end = true;
                        sink.onEnd(header.cause, clock.nanoTime() + drainMillis * 1_000_000);
                    }
                    default -> frame(header, outcome.plane);
                }
            } catch (Exception | Error e) {
                failed(header, e);
            }
            cursor.stepAndRelease();
            if (end) {
                finished = true;
                return;
            }
        }
    }

    private void frame(FrameHeader header, int plane) {
        Delivery delivery = Delivery.LOST;
        try {
            delivery = sink.onFrame(view.point(header, plane < 0 ? null : planes[plane]));
            failing &= delivery == Delivery.SKIPPED; // what was passed over says nothing of the sink
        } catch (Exception | Error e) {
            failed(header, e);
        }
        tally.offered(delivery);
        if (delivery == Delivery.DELIVERED && view.hasPixels()) {
            long now = clock.nanoTime();
            delivered.record(header.committedNanos, now);
            endToEnd.record(header.coreNanos, now);
        }
    }

    private void failed(FrameHeader header, Throwable e) {
        if (!failing) {
            failing = true;
            LOG.error("Sink {} failed at frame {}", sink.name(), header.index, e);
            run.tell("sink " + sink.name() + " failed at frame " + header.index + ": " + RawLoop.reason(e));
        }
    }

    /** Frame entries published but never looked at; after the loop was given up. */
    long unreached() {
        long frames = 0;
        for (long s = cursor.released() + 1; s <= ring.published(); s++) {
            switch (ring.get(s).header.state) {
                case RESTORED, RAW_ONLY, FAILED -> frames++;
                default -> {
                    // Gaps and the end are no frames.
                }
            }
        }
        return frames;
    }
}
