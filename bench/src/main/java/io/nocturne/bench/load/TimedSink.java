package io.nocturne.bench.load;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.SinkContext;
import java.io.IOException;

/** Tells a {@link LastArrival} when the sink within is done with a frame. */
final class TimedSink implements FrameSink {
    private final FrameSink sink;
    private final LastArrival.Gate gate;

    TimedSink(FrameSink sink, LastArrival.Gate gate) {
        this.sink = sink;
        this.gate = gate;
    }

    @Override
    public String name() {
        return sink.name();
    }

    @Override
    public void open(SinkContext context) throws Exception {
        sink.open(context);
    }

    @Override
    public Delivery onFrame(FrameView frame) throws Exception {
        Delivery delivery = sink.onFrame(frame);
        gate.arrived(
                frame.index(),
                frame.count(),
                frame.hasPixels(),
                frame.committedNanos(),
                frame.coreNanos(),
                System.nanoTime());
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
