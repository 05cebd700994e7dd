package io.nocturne.bench.kafka;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.SinkContext;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Notes when another sink was done with each frame, in the histogram of the moment. {@link #during} is for any thread. */
final class PhasedSink implements FrameSink {
    private final FrameSink sink;
    private SinkContext context;
    private volatile Histogram micros = new Histogram(3);

    PhasedSink(FrameSink sink) {
        this.sink = sink;
    }

    /** From the next frame on, microseconds since the commit go there; it is the caller's again with the next call. */
    void during(Histogram newMicros) {
        micros = newMicros;
    }

    @Override
    public String name() {
        return sink.name();
    }

    @Override
    public void open(SinkContext opening) throws Exception {
        context = opening;
        sink.open(opening);
    }

    @Override
    public Delivery onFrame(FrameView frame) throws Exception {
        long committed = frame.committedNanos();
        Delivery delivery = sink.onFrame(frame);
        long late = context.clock().nanoTime() - committed;
        micros.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(late)));
        return delivery;
    }

    @Override
    public void onGap(long firstIndex, int count, Cause cause) throws Exception {
        sink.onGap(firstIndex, count, cause);
    }

    @Override
    public void onEnd(Cause cause, long deadlineNanos) throws Exception {
        sink.onEnd(cause, deadlineNanos);
    }

    @Override
    public long lastCrc32c() {
        return sink.lastCrc32c();
    }

    @Override
    public void close() throws IOException {
        sink.close();
    }
}
