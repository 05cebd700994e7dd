package io.nocturne.bench.rejected;

import io.nocturne.bench.BenchFrame;
import io.nocturne.bench.handover.HandOver;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Three {@link ArrayBlockingQueue}s of frame buffers: free, to be restored, and done in any order; a resequencer puts
 * them back in capture order. Why it was rejected stands in the package's notes.
 */
public final class QueueHandOver implements HandOver {
    /** How often an idle thread looks whether another one failed. */
    private static final long LOOK_MILLIS = 50;

    @Override
    public String name() {
        return "queues and resequencer";
    }

    @Override
    public void run(FrameSource source, StreamSpec stream, Restorer restorer, FrameSink sink, int workers, int slots)
            throws Exception {
        new Run(stream, workers, slots).run(source, restorer, sink);
    }

    private static final class Run {
        private final BlockingQueue<BenchFrame> free;
        private final BlockingQueue<BenchFrame> toRestore;
        private final BlockingQueue<BenchFrame> done;
        private final BenchFrame[] early;
        private final BenchFrame last;
        private final int workers;
        private final Crew crew = new Crew();
        private volatile long total = Long.MAX_VALUE;

        Run(StreamSpec stream, int workers, int slots) {
            this.workers = workers;
            last = new BenchFrame(stream);
            free = new ArrayBlockingQueue<>(slots);
            toRestore = new ArrayBlockingQueue<>(slots + workers);
            done = new ArrayBlockingQueue<>(slots + workers);
            early = new BenchFrame[slots];
            for (int i = 0; i < slots; i++) {
                free.add(new BenchFrame(stream));
            }
        }

        void run(FrameSource source, Restorer restorer, FrameSink sink) throws Exception {
            crew.start("resequencer", () -> resequence(sink));
            for (int i = 0; i < workers; i++) {
                RestoreLane lane = restorer.openLane();
                crew.start("worker-" + i, () -> restore(lane));
            }
            crew.start("source", () -> feed(source));
            crew.join();
        }

        private void feed(FrameSource source) throws Exception {
            PoolWriter writer = new PoolWriter(crew) {
                @Override
                BenchFrame take(long index) {
                    return free.poll();
                }

                @Override
                void give(BenchFrame frame) {
                    toRestore.add(frame); // as many places as frames: never full
                }
            };
            source.run(writer);
            total = writer.nextIndex();
            for (int i = 0; i < workers; i++) {
                toRestore.add(last);
            }
        }

        private void restore(RestoreLane lane) throws Exception {
            double[] norm = new double[RestorerSpec.MAX_NORM];
            try (lane) {
                BenchFrame frame = null;
                while (!crew.failed() && frame != last) {
                    frame = toRestore.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                    if (frame == last) {
                        done.add(last); // wakes the resequencer, should it have had everything
                    } else if (frame != null) {
                        lane.load(frame, norm);
                        lane.compute();
                        frame.restored(lane.emit(frame.product()));
                        done.add(frame);
                    }
                }
            }
        }

        private void resequence(FrameSink sink) throws Exception {
            int mask = early.length - 1;
            long next = 0;
            while (!crew.failed() && next < total) {
                BenchFrame frame = done.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (frame == null || frame == last) {
                    continue;
                }
                early[(int) frame.index() & mask] = frame;
                BenchFrame head;
                while ((head = early[(int) next & mask]) != null) {
                    early[(int) next & mask] = null;
                    sink.onFrame(head);
                    free.add(head);
                    next++;
                }
            }
        }
    }
}
