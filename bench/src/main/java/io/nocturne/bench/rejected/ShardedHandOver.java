package io.nocturne.bench.rejected;

import io.nocturne.bench.BenchFrame;
import io.nocturne.bench.handover.HandOver;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One ring; worker {@code n} of {@code N} takes the sequences {@code n, n + N, n + 2N ...}, and the sink follows the worker
 * that has the next one. Every thread publishes its progress after each frame, and waits as Disruptor's
 * {@code SleepingWaitStrategy(200, 50_000)} does. Why it was rejected stands in the package's notes.
 */
public final class ShardedHandOver implements HandOver {
    private static final int SPINS = 200;
    private static final long PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    @Override
    public String name() {
        return "sequence % N";
    }

    @Override
    public void run(FrameSource source, StreamSpec stream, Restorer restorer, FrameSink sink, int workers, int slots)
            throws Exception {
        new Run(stream, workers, slots).run(source, restorer, sink);
    }

    private static final class Run {
        private final BenchFrame[] ring;
        private final int mask;
        private final AtomicLong published = new AtomicLong(-1);
        private final AtomicLong[] restored;
        private final AtomicLong consumed = new AtomicLong(-1);
        private final AtomicLong total = new AtomicLong(Long.MAX_VALUE);
        private final Crew crew = new Crew();

        Run(StreamSpec stream, int workers, int slots) {
            ring = new BenchFrame[slots];
            mask = slots - 1;
            for (int i = 0; i < slots; i++) {
                ring[i] = new BenchFrame(stream);
            }
            restored = new AtomicLong[workers];
            for (int i = 0; i < workers; i++) {
                restored[i] = new AtomicLong(-1);
            }
        }

        void run(FrameSource source, Restorer restorer, FrameSink sink) throws Exception {
            crew.start("sink", () -> deliver(sink));
            for (int i = 0; i < restored.length; i++) {
                int shard = i;
                RestoreLane lane = restorer.openLane();
                crew.start("worker-" + i, () -> restore(lane, shard));
            }
            crew.start("source", () -> feed(source));
            crew.join();
        }

        private void feed(FrameSource source) throws Exception {
            PoolWriter writer = new PoolWriter(crew) {
                @Override
                BenchFrame take(long index) {
                    return index - consumed.get() <= ring.length ? ring[(int) index & mask] : null;
                }

                @Override
                void give(BenchFrame frame) {
                    published.set(frame.index());
                }
            };
            source.run(writer);
            total.set(writer.nextIndex());
        }

        private void restore(RestoreLane lane, int shard) throws Exception {
            double[] norm = new double[RestorerSpec.MAX_NORM];
            try (lane) {
                for (long s = shard; await(published, s); s += restored.length) {
                    BenchFrame frame = ring[(int) s & mask];
                    lane.load(frame, norm);
                    lane.compute();
                    frame.restored(lane.emit(frame.product()));
                    restored[shard].set(s);
                }
            }
        }

        private void deliver(FrameSink sink) throws Exception {
            for (long s = 0; await(restored[(int) (s % restored.length)], s); s++) {
                sink.onFrame(ring[(int) s & mask]);
                consumed.set(s);
            }
        }

        /** Waits until a cursor has come to a sequence; false if there will be no such sequence. */
        private boolean await(AtomicLong cursor, long sequence) {
            for (int i = 0; cursor.get() < sequence; i++) {
                if (crew.failed() || sequence >= total.get()) {
                    return false;
                }
                if (i < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(this, PARK_NANOS);
                }
            }
            return true;
        }
    }
}
