package io.nocturne.bench;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.SinkContext;
import java.io.IOException;

/** Another sink, watched. */
public abstract class ForwardingSink implements FrameSink {
    private final FrameSink sink;

    protected ForwardingSink(FrameSink sink) {
        this.sink = sink;
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
        return sink.onFrame(frame);
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
