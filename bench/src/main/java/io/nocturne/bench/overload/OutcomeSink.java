package io.nocturne.bench.overload;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SinkContext;
import org.HdrHistogram.Histogram;

/**
 * Keeps what became of every frame: end-to-end latency of products, from the time their frame was due, and runs of frames
 * without one. Checks every product's pixels. Sink thread; read after the run.
 */
final class OutcomeSink implements FrameSink {
    private static final long MOST_MICROS = 3_600_000_000L;

    private final RawOnlyRuns runs = new RawOnlyRuns();
    private final Histogram endToEnd = new Histogram(1, MOST_MICROS, 3);
    private RunClock clock;
    private long wrongPixels;

    @Override
    public String name() {
        return "outcomes-check";
    }

    @Override
    public void open(SinkContext context) {
        clock = context.clock();
    }

    @Override
    public Delivery onFrame(FrameView frame) {
        runs.add(frame.state(), frame.count());
        if (frame.state() != FrameState.RESTORED) {
            return Delivery.SKIPPED;
        }
        if (PatternSource.mismatch(frame, frame.index()) >= 0) {
            wrongPixels++;
        }
        long micros = (clock.nanoTime() - frame.coreNanos()) / 1000;
        endToEnd.recordValue(Math.max(0, Math.min(MOST_MICROS, micros)));
        return Delivery.DELIVERED;
    }

    @Override
    public void close() {}

    RawOnlyRuns runs() {
        return runs;
    }

    /** Microseconds. */
    Histogram endToEnd() {
        return endToEnd;
    }

    long wrongPixels() {
        return wrongPixels;
    }
}
