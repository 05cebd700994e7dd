package io.nocturne.config;

import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.util.Optional;

/** Sizes of a pipeline, from the configuration, the stream and the model's window. */
final class Sizing {
    /** Slots of a ring whose source has no rate. */
    private static final int UNPACED_SLOTS = 16;

    private static final int OUTCOME_SLOTS = 4096;
    /** Nobody waits for a frame of a recording; a restoration that hangs must still end some time. */
    private static final long OFFLINE_MAX_RUN_MILLIS = 600_000;

    /** A pause of the machine that live restoring rides out without leaving frames raw. */
    private static final long PAUSE_NANOS = 150_000_000;

    private static final int MOST_BACKLOG = 8;

    private Sizing() {}

    /** Settings of the run's own pipeline. */
    static PipelineSettings of(RunConfig config, StreamSpec stream, Optional<RestorerSpec> restorer) {
        return sized(config, stream, restorer, config.restore().everyFrame());
    }

    /** Settings of a pass that completes the run: every frame, however long it takes. */
    static PipelineSettings completing(RunConfig config, StreamSpec stream, Optional<RestorerSpec> restorer) {
        return sized(config, stream, restorer, true);
    }

    private static PipelineSettings sized(
            RunConfig config, StreamSpec stream, Optional<RestorerSpec> restorer, boolean lossless) {
        RunConfig.Restore restore = config.restore();
        int workers = restorer.isEmpty() ? 0 : workers(restore);
        int wanted = lossless
                ? UNPACED_SLOTS
                : config.rings().raw().framesAt(Sources.periodNanos(config.source(), stream), UNPACED_SLOTS);
        int forWindows = restorer.map(r -> 2 * span(r.window(), stream)).orElse(0);
        int backlog = restore.backlog().orElse(lossless ? 1 : backlog(config, stream, restorer));
        int planes = config.rings().products().orElse(PipelineSettings.planesFor(workers) + backlog);
        return new PipelineSettings(
                PipelineSettings.powerOfTwoFrom(Math.max(wanted, forWindows)),
                OUTCOME_SLOTS,
                Math.max(workers + 2, planes),
                workers,
                backlog,
                lossless,
                lossless
                        ? Math.max(OFFLINE_MAX_RUN_MILLIS, restore.maxRun().millis())
                        : restore.maxRun().millis(),
                restore.failuresBeforeOff(),
                config.run().drain().millis(),
                config.disk().onRawFailure());
    }

    /** Products that fall due while another program has the cores for a moment. */
    private static int backlog(RunConfig config, StreamSpec stream, Optional<RestorerSpec> restorer) {
        boolean stacks =
                restorer.filter(r -> r.window().axis() == WindowSpec.Axis.STACK).isPresent();
        long period = Sources.periodNanos(config.source(), stream) * (stacks ? stream.zSlices() : 1);
        return period <= 0 ? 1 : (int) Math.max(1, Math.min(MOST_BACKLOG, PAUSE_NANOS / period));
    }

    /** Half of the cores restore side by side; the other half helps inside the models and serves camera and disks. */
    static int workers(RunConfig.Restore restore) {
        return restore.workers().orElse(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    /** Raw frames from the oldest to the newest that one product needs. */
    private static int span(WindowSpec window, StreamSpec stream) {
        return switch (window.axis()) {
            case NONE -> 1;
            case TIME -> (window.before() + window.after() + 1) * stream.framesPerTimePoint();
            case Z, STACK -> stream.zSlices() * stream.channels().size();
        };
    }
}
