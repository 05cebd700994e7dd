package io.nocturne.sinks;

import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.SinkContext;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/** Reads and checksums every pixel and keeps nothing: for tests, for measuring the pipeline alone, and for dry runs. */
public final class NullSink implements FrameSink {
    private final String name;
    private final CRC32C crc = new CRC32C();
    private long lastCrc32c = -1;
    private final AtomicLong frames = new AtomicLong();

    public NullSink(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public Delivery onFrame(FrameView frame) {
        if (!frame.hasPixels()) {
            return Delivery.SKIPPED;
        }
        crc.reset();
        crc.update(frame.pixels());
        lastCrc32c = crc.getValue();
        frames.lazySet(frames.get() + 1);
        return Delivery.DELIVERED;
    }

    /** Frames with pixels so far. Any thread. */
    public long frames() {
        return frames.get();
    }

    @Override
    public long lastCrc32c() {
        return lastCrc32c;
    }

    @Override
    public void close() {}
}
