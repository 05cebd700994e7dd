package io.nocturne.config;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.stream.latency.LatencyRecorder.Percentiles;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.StreamSpec;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * What this machine makes of a model: the median time of one restoration while all workers are busy, taken from a short
 * run of the real pipeline on made-up frames.
 *
 * @param serviceNanos from the start of one restoration to its end
 * @param workers threads that restored at the same time
 */
public record Trial(long serviceNanos, int workers) {
    /** Products per second that the workers can make together. */
    public double perSecond() {
        return workers * 1e9 / serviceNanos;
    }

    /**
     * What a warm-up tells about a slow model, whose workers share the cores that it had to itself.
     *
     * @param nanos for one product on an otherwise idle machine
     */
    static Trial estimated(long nanos, PipelineSettings live) {
        return new Trial(nanos * live.workers(), live.workers());
    }

    /**
     * Tries a model.
     *
     * @param restorer closed at the end; its statistics are spoilt by the made-up frames
     * @throws IllegalStateException if the model made no product: it can't run as configured
     */
    static Trial measure(StreamSpec stream, Restorer restorer, PipelineSettings live, Duration length)
            throws Exception {
        PipelineSettings settings = live.withMaxRunMillis(0);
        FramePipeline pipeline = FramePipeline.builder(stream)
                .settings(settings)
                .source(new BusySource(stream, settings.rawSlots(), length.toNanos()))
                .restorer(restorer)
                .build();
        PipelineReport report = pipeline.run();
        Percentiles restore = report.latency().get("restore");
        if (restore == null || report.accounting().restored() == 0) {
            String why = report.messages().isEmpty()
                    ? ""
                    : ": " + report.messages().get(report.messages().size() - 1);
            throw new IllegalStateException(
                    "The model made no product in a trial of " + length.toSeconds() + " s" + why);
        }
        return new Trial(Math.max(1, restore.p50()) * 1000, settings.workers());
    }

    /** Frames enough to keep every worker busy; only the first round of slots is filled, the rest find it there. */
    private record BusySource(StreamSpec stream, int slots, long lengthNanos) implements FrameSource {
        private static final long PERIOD_NANOS = 1_000_000;

        @Override
        public StreamSpec open() {
            return stream;
        }

        @Override
        public SourceEnd run(FrameWriter writer) {
            long end = writer.clock().nanoTime() + lengthNanos;
            while (!writer.stopRequested() && writer.clock().nanoTime() < end) {
                switch (writer.tryClaim()) {
                    case CLAIMED -> {
                        FrameDraft draft = writer.draft();
                        if (draft.index() < slots) {
                            PatternSource.fill(draft.pixels(), stream.frame().pixelType(), draft.index());
                        }
                        writer.commit();
                        LockSupport.parkNanos(PERIOD_NANOS);
                    }
                    case BACK_PRESSURED -> writer.idle();
                    case CLOSED -> {
                        return SourceEnd.FINISHED;
                    }
                }
            }
            return SourceEnd.FINISHED;
        }

        @Override
        public void close() {}
    }
}
