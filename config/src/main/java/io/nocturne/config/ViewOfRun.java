package io.nocturne.config;

import io.nocturne.sinks.view.LiveView;
import io.nocturne.sinks.view.RunControls;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.StreamSpec;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The live view of one run, over all its epochs. The run's thread only, but for the view's own calls. */
final class ViewOfRun implements AutoCloseable {
    /** Stages of one epoch, written by the view's thread. */
    private record Stages(LatencyRecorder.Stage sinceCommit, LatencyRecorder.Stage endToEnd) {}

    private final LiveView view;
    private volatile Stages stages;
    private URI address;

    ViewOfRun(RunConfig.View config, RunClock clock) {
        view = new LiveView(new LiveView.Settings(
                config.bind(), config.port(), config.token(), List.of(), 8, clock, this::painted));
    }

    /** Shows this pipeline from now on, and starts serving the first time. */
    void show(
            FramePipeline pipeline,
            LatencyRecorder latency,
            StreamSpec stream,
            Optional<RestorerSpec> restorer,
            Supplier<String> health,
            RunControls controls) {
        stages = new Stages(latency.stage("view"), latency.stage("end-to-end:view"));
        view.attach(pipeline.openTap(), stream, restorer, health, Optional.of(controls));
        if (address == null) {
            address = view.start();
        }
    }

    /** Where a browser finds it, once something is shown. */
    Optional<URI> address() {
        return Optional.ofNullable(address);
    }

    private void painted(long index, long coreNanos, long committedNanos, long paintedNanos) {
        Stages now = stages;
        now.sinceCommit().record(committedNanos, paintedNanos);
        now.endToEnd().record(coreNanos, paintedNanos);
    }

    @Override
    public void close() {
        view.close();
    }
}
