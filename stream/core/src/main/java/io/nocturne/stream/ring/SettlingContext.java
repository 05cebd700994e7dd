package io.nocturne.stream.ring;

import io.nocturne.stream.accounting.SinkTally;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import java.util.Optional;

/** What a sink is told, and how it reports frames that settle later. */
record SettlingContext(
        String runId,
        StreamSpec stream,
        int epoch,
        FrameSpec spec,
        Optional<RestorerSpec> restorer,
        RunClock clock,
        SinkTally tally,
        LatencyRecorder.Stage delivered,
        LatencyRecorder.Stage endToEnd)
        implements SinkContext {

    @Override
    public void settled(long index, long coreNanos, long committedNanos, FrameSink.Delivery delivery) {
        tally.settled(delivery);
        if (delivery == FrameSink.Delivery.DELIVERED) {
            long now = clock.nanoTime();
            // A sink may settle from two threads of its own, a producer's and a replay's; a stage has one writer.
            synchronized (delivered) {
                delivered.record(committedNanos, now);
                endToEnd.record(coreNanos, now);
            }
        }
    }
}
