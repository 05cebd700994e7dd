package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A run as a sink sees it; remembers what has settled. */
record FakeContext(
        String runId, StreamSpec stream, FrameSpec spec, RunClock clock, Map<Long, FrameSink.Delivery> settled)
        implements SinkContext {
    FakeContext(String runId, FrameSpec spec, long aheadNanos) {
        this(
                runId,
                new StreamSpec(
                        "cam0", spec, List.of("DAPI", "GFP, dim"), 1, 1, 0.065, Double.NaN, 8, 50_000_000, 0, -1),
                spec,
                clock(aheadNanos),
                new ConcurrentHashMap<>());
    }

    FakeContext(String runId, FrameSpec spec) {
        this(runId, spec, 0);
    }

    /** A clock that is tied to the wall clock, but for so much that it is ahead. */
    private static RunClock clock(long aheadNanos) {
        RunClock clock = RunClock.system();
        return new RunClock() {
            @Override
            public long nanoTime() {
                return clock.nanoTime();
            }

            @Override
            public long epochNanos(long nanoTime) {
                return clock.epochNanos(nanoTime) + aheadNanos;
            }
        };
    }

    @Override
    public int epoch() {
        return 0;
    }

    @Override
    public Optional<RestorerSpec> restorer() {
        return Optional.of(
                new RestorerSpec("gaussian", "sha256:0123", spec, spec, WindowSpec.SINGLE, List.of("lo", "hi")));
    }

    @Override
    public void settled(long index, long coreNanos, long committedNanos, FrameSink.Delivery delivery) {
        FrameSink.Delivery before = settled.put(index, delivery);
        if (before != null) {
            throw new IllegalStateException("Frame " + index + " settled twice: " + before + ", " + delivery);
        }
    }
}
