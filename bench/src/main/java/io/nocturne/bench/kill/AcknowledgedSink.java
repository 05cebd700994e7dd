package io.nocturne.bench.kill;

import io.nocturne.bench.ForwardingSink;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Tells of every frame that another sink, whose deliveries settle later, calls delivered. */
final class AcknowledgedSink extends ForwardingSink {
    private final LongConsumer told;

    /** @param told the frame's index, on the thread on which it settles */
    AcknowledgedSink(FrameSink sink, LongConsumer told) {
        super(sink);
        this.told = told;
    }

    @Override
    public void open(SinkContext context) throws Exception {
        super.open(new Listening(context, told));
    }

    private record Listening(SinkContext context, LongConsumer told) implements SinkContext {
        @Override
        public void settled(long index, long coreNanos, long committedNanos, Delivery delivery) {
            context.settled(index, coreNanos, committedNanos, delivery);
            if (delivery == Delivery.DELIVERED) {
                told.accept(index);
            }
        }

        @Override
        public String runId() {
            return context.runId();
        }

        @Override
        public StreamSpec stream() {
            return context.stream();
        }

        @Override
        public int epoch() {
            return context.epoch();
        }

        @Override
        public FrameSpec spec() {
            return context.spec();
        }

        @Override
        public Optional<RestorerSpec> restorer() {
            return context.restorer();
        }

        @Override
        public RunClock clock() {
            return context.clock();
        }
    }
}
