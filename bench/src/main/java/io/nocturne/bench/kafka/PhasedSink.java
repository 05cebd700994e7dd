package io.nocturne.bench.kafka;

import io.nocturne.bench.ForwardingSink;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.SinkContext;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Notes when another sink was done with each frame, in the histogram of the moment. {@link #during} is for any thread. */
final class PhasedSink extends ForwardingSink {
    private SinkContext context;
    private volatile Histogram micros = new Histogram(3);

    PhasedSink(FrameSink sink) {
        super(sink);
    }

    /** From the next frame on, microseconds since the commit go there; it is the caller's again with the next call. */
    void during(Histogram newMicros) {
        micros = newMicros;
    }

    @Override
    public void open(SinkContext opening) throws Exception {
        context = opening;
        super.open(opening);
    }

    @Override
    public Delivery onFrame(FrameView frame) throws Exception {
        long committed = frame.committedNanos();
        Delivery delivery = super.onFrame(frame);
        long late = context.clock().nanoTime() - committed;
        micros.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(late)));
        return delivery;
    }
}
