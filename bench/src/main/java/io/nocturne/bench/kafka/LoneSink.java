package io.nocturne.bench.kafka;

import io.nocturne.stream.spi.FrameSink.Delivery;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** What a sink knows of a run that has no pipeline; counts what it says was delivered. */
final class LoneSink implements SinkContext {
    private final String runId = UUID.randomUUID().toString();
    private final StreamSpec stream;
    private final RunClock clock = RunClock.system();
    private final AtomicLong delivered = new AtomicLong();

    LoneSink(StreamSpec stream) {
        this.stream = stream;
    }

    long delivered() {
        return delivered.get();
    }

    @Override
    public String runId() {
        return runId;
    }

    @Override
    public StreamSpec stream() {
        return stream;
    }

    @Override
    public int epoch() {
        return 0;
    }

    @Override
    public FrameSpec spec() {
        return stream.frame();
    }

    @Override
    public Optional<RestorerSpec> restorer() {
        return Optional.of(
                new RestorerSpec("none", "none", stream.frame(), stream.frame(), WindowSpec.SINGLE, List.of()));
    }

    @Override
    public RunClock clock() {
        return clock;
    }

    @Override
    public void settled(long index, long coreNanos, long committedNanos, Delivery delivery) {
        if (delivery == Delivery.DELIVERED) {
            delivered.incrementAndGet();
        }
    }
}
