package io.nocturne.bench.load;

import io.nocturne.bench.ForwardingSink;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameView;

/** Tells a {@link LastArrival} when the sink within is done with a frame. */
final class TimedSink extends ForwardingSink {
    private final LastArrival.Gate gate;

    TimedSink(FrameSink sink, LastArrival.Gate gate) {
        super(sink);
        this.gate = gate;
    }

    @Override
    public Delivery onFrame(FrameView frame) throws Exception {
        Delivery delivery = super.onFrame(frame);
        gate.arrived(
                frame.index(),
                frame.count(),
                frame.hasPixels(),
                frame.committedNanos(),
                frame.coreNanos(),
                System.nanoTime());
        return delivery;
    }
}
