package io.nocturne.bench.load;

import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs a pipeline while a thread beside it takes a snapshot after the warm-up and another one before the end.
 *
 * @param report how the pipeline ended
 * @param steady what happened between the snapshots; empty if the run ended before the second
 */
public record ObservedRun(PipelineReport report, Optional<Steady> steady) {
    /** Something to be done at both ends of the steady time, on the observing thread. */
    public interface Watch {
        /** Does nothing. */
        Watch NONE = new Watch() {};

        default void begin() {}

        default void end() {}
    }

    /**
     * Runs it until it has been observed, then stops it. The source must go on until then.
     *
     * @param builder complete but for witness and latency recorder
     */
    public static ObservedRun run(FramePipeline.Builder builder, double warmUpSeconds, double seconds)
            throws Exception {
        return run(builder, warmUpSeconds, seconds, Watch.NONE);
    }

    /** The same, with something more to watch during the steady time. */
    public static ObservedRun run(FramePipeline.Builder builder, double warmUpSeconds, double seconds, Watch watch)
            throws Exception {
        Observer observer = new Observer(warmUpSeconds, seconds, watch);
        FramePipeline pipeline =
                builder.latency(observer.latency).witness(observer::committed).build();
        observer.stop = pipeline::requestStop;
        Thread thread = new Thread(observer, "bench-observer");
        thread.setDaemon(true);
        thread.start();
        try {
            PipelineReport report = pipeline.run();
            thread.interrupt();
            thread.join();
            return new ObservedRun(report, observer.steady());
        } finally {
            thread.interrupt();
            observer.latency.close();
        }
    }

    private static final class Observer implements Runnable {
        private final LatencyRecorder latency = new LatencyRecorder(null);
        private final double warmUpSeconds;
        private final double seconds;
        private final Watch watch;
        /** Set before the thread starts. */
        private Runnable stop = () -> {};

        private final CountDownLatch first = new CountDownLatch(1);
        private volatile long committed;
        private volatile Snapshot from;
        private volatile Snapshot to;

        Observer(double warmUpSeconds, double seconds, Watch watch) {
            this.warmUpSeconds = warmUpSeconds;
            this.seconds = seconds;
            this.watch = watch;
        }

        /** Source thread, at each commit. */
        void committed(long index) {
            committed = index + 1;
            if (index == 0) {
                first.countDown();
            }
        }

        @Override
        public void run() {
            try {
                first.await();
                TimeUnit.NANOSECONDS.sleep((long) (warmUpSeconds * 1e9));
                watch.begin();
                from = Snapshot.take(committed, latency);
                TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
                to = Snapshot.take(committed, latency);
                watch.end();
                stop.run();
            } catch (InterruptedException e) {
                // The pipeline ended first: there is no steady state to tell of.
                Thread.currentThread().interrupt();
            }
        }

        Optional<Steady> steady() {
            return from == null || to == null ? Optional.empty() : Optional.of(Steady.between(from, to));
        }
    }
}
