package io.nocturne.bench.overload;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.CopyRestorer;
import io.nocturne.bench.Findings;
import io.nocturne.bench.IntactSink;
import io.nocturne.bench.ServiceTime;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.time.Duration;
import java.util.Locale;

/** A camera at twice the rate that the workers can restore, with the settings a live run has by default. */
final class Overload {
    private static final double TIMES_CAPACITY = 2;
    private static final double MOST_SERVICE_TIMES = 3;
    private static final int LONGEST_RAW_ONLY = 3;
    private static final int RAW_SLOTS = 64;

    private Overload() {}

    /** Runs it and prints its bars. */
    static void run(FrameSpec frame, Duration service, int workers, double seconds, Findings findings)
            throws Exception {
        ServiceTime time = ServiceTime.of(service);
        double capacity = time.framesPerSecond(workers);
        double rate = TIMES_CAPACITY * capacity;
        long frames = Math.round(rate * seconds);
        PatternSource source = new PatternSource(new PatternSource.Settings("cam0", frame, rate, frames, 0));
        StreamSpec stream = source.open();
        IntactSink raw = new IntactSink("raw-check");
        OutcomeSink outcomes = new OutcomeSink();
        findings.line("");
        findings.line(String.format(
                Locale.ROOT,
                "%s at %.1f frames/s for %.0f s; %d workers of %d ms: capacity %.1f frames/s",
                frame,
                rate,
                seconds,
                workers,
                service.toMillis(),
                capacity));
        PipelineReport report = FramePipeline.builder(stream)
                .source(source)
                .rawSink(raw)
                .restorer(new CopyRestorer(frame, time))
                .sink(outcomes)
                .settings(PipelineSettings.live(RAW_SLOTS, workers))
                .build()
                .run();
        RawOnlyRuns runs = outcomes.runs();
        findings.line(String.format(
                Locale.ROOT,
                "  restored %d, raw-only %d; end to end p50 %.1f ms, p99 %.1f ms, max %.1f ms",
                runs.restored(),
                runs.rawOnly(),
                millis(outcomes.endToEnd().getValueAtPercentile(50)),
                millis(outcomes.endToEnd().getValueAtPercentile(99)),
                millis(outcomes.endToEnd().getMaxValue())));
        findings.line("  raw-only by cause: " + report.accounting().byCause());
        double p99 = millis(outcomes.endToEnd().getValueAtPercentile(99));
        findings.bar(
                runs.restored() > 0 && p99 <= MOST_SERVICE_TIMES * service.toMillis(),
                String.format(
                        Locale.ROOT,
                        "end-to-end p99 is %.2f service times (at most %.0f)",
                        p99 / service.toMillis(),
                        MOST_SERVICE_TIMES));
        findings.bar(
                runs.longest() <= LONGEST_RAW_ONLY,
                "longest run of raw-only frames is " + runs.longest() + " (at most " + LONGEST_RAW_ONLY + ")");
        findings.bar(
                raw.sawExactly(frames),
                "raw complete: " + raw.frames() + " of " + frames + " frames, each once, in order, " + raw.wrongPixels()
                        + " damaged");
        findings.bar(
                report.complete() && outcomes.wrongPixels() == 0,
                "every frame accounted for, " + outcomes.wrongPixels() + " products damaged"
                        + (report.complete() ? "" : "; " + report.problems()));
    }

    private static double millis(long micros) {
        return micros / 1e3;
    }
}
