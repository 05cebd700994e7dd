package io.nocturne.bench.load;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.Findings;
import io.nocturne.bench.RestorerChoice;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.sinks.NullSink;
import io.nocturne.sinks.RawStackSink;
import io.nocturne.sinks.RestoredStackSink;
import io.nocturne.stream.accounting.Accounting;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.RunFolder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The pipeline under an open-loop load: frame {@code k} is due at {@code k / rate}, whether or not anyone is ready, and
 * latency counts from then.
 *
 * <p>With null sinks there are three: one in the place of the raw disk and two on the restored ring. Each reads and
 * checksums every pixel.
 */
public final class PipelineLoad {
    /** Raw slots are as many as hold half a second, but no more than this. */
    private static final long RING_BYTES = 512L << 20;

    private static final double RING_SECONDS = 0.5;
    /** Where frames go. */
    public enum Sinks {
        NULL,
        DISK
    }

    /**
     * A load.
     *
     * @param framesPerSecond the camera's rate
     * @param seconds measured, after the warm-up
     * @param warmUpSeconds run before, counted for losses but not for latency
     * @param workers threads that restore
     * @param backlog loaded frames that may wait for a worker
     * @param jitter longest delay of a frame by the camera's driver, in frame periods, 0 to 1
     * @param seed of the jitter
     */
    public record Settings(
            FrameSpec frame,
            double framesPerSecond,
            double seconds,
            double warmUpSeconds,
            int workers,
            int backlog,
            RestorerChoice restorer,
            Sinks sinks,
            double jitter,
            long seed) {
        /** The same at another rate. */
        public Settings at(double rate) {
            return new Settings(frame, rate, seconds, warmUpSeconds, workers, backlog, restorer, sinks, jitter, seed);
        }

        int rawSlots() {
            long wanted = (long) Math.min(framesPerSecond * RING_SECONDS, RING_BYTES / (double) frame.bytes());
            return Integer.highestOneBit((int) Math.max(8, wanted));
        }
    }

    /** What a load came to: whether every frame came through restored, and the run behind it. */
    public record Result(boolean sustained, ObservedRun run, Map<String, Histogram> lastSink) {}

    private final Settings settings;

    public PipelineLoad(Settings settings) {
        this.settings = settings;
    }

    /** Runs it and prints what came of it. */
    public Result run(Findings findings) throws Exception {
        FrameSource source = source();
        StreamSpec stream = source.open();
        PipelineSettings pipeline = pipelineSettings();
        findings.line("");
        findings.line(String.format(
                Locale.ROOT,
                "%s at %s frames/s for %.0f s after %.0f s of warm-up; restorer: %s; %d workers, backlog %d; %s sinks; "
                        + "%d raw slots",
                settings.frame(),
                rate(settings.framesPerSecond()),
                settings.seconds(),
                settings.warmUpSeconds(),
                settings.restorer(),
                settings.workers(),
                settings.backlog(),
                settings.sinks().name().toLowerCase(Locale.ROOT),
                pipeline.rawSlots()));
        try (ScratchFolder scratch = new ScratchFolder(null);
                RunFolder folder = RunFolder.create(scratch.path().resolve("run"));
                Ledger ledger = settings.sinks() == Sinks.DISK ? Ledger.open(folder.ledger()) : Ledger.none()) {
            Restorer restorer = settings.restorer().open(stream, settings.workers());
            List<FrameSink> sinks = sinks(folder);
            LastArrival arrivals = new LastArrival(
                    sinks.size(),
                    2 * (pipeline.rawSlots() + pipeline.outcomeSlots()),
                    Math.round(settings.warmUpSeconds() * settings.framesPerSecond()));
            List<LastArrival.Gate> gates =
                    sinks.stream().map(sink -> arrivals.gate()).toList();
            FramePipeline.Builder builder = FramePipeline.builder(stream)
                    .source(source)
                    .rawSink(new TimedSink(sinks.get(0), gates.get(0)))
                    .restorer(restorer)
                    .ledger(ledger)
                    .settings(pipeline);
            for (int i = 1; i < sinks.size(); i++) {
                builder.sink(new TimedSink(sinks.get(i), gates.get(i)));
            }
            ObservedRun run = ObservedRun.run(builder, settings.warmUpSeconds(), settings.seconds());
            return print(run, lastSink(gates), findings);
        } finally {
            source.close();
        }
    }

    private FrameSource source() {
        PatternSource pattern = new PatternSource(
                new PatternSource.Settings("cam0", settings.frame(), settings.framesPerSecond(), -1, 0));
        long delay = (long) (settings.jitter() * 1e9 / settings.framesPerSecond());
        return delay == 0 ? pattern : new JitteredSource(pattern, delay, settings.seed());
    }

    private PipelineSettings pipelineSettings() {
        int planes = PipelineSettings.planesFor(settings.workers()) + settings.backlog();
        return PipelineSettings.live(settings.rawSlots(), settings.workers())
                .withBacklog(settings.backlog())
                .withProductPlanes(planes);
    }

    private List<FrameSink> sinks(RunFolder folder) {
        return switch (settings.sinks()) {
            case NULL -> List.of(new NullSink("raw-null"), new NullSink("null-1"), new NullSink("null-2"));
            case DISK -> List.of(new RawStackSink(folder), new RestoredStackSink(folder));
        };
    }

    private static Map<String, Histogram> lastSink(List<LastArrival.Gate> gates) {
        Histogram sinceCommit = gates.get(0).sinceCommit().copy();
        Histogram sinceDue = gates.get(0).sinceDue().copy();
        for (LastArrival.Gate gate : gates.subList(1, gates.size())) {
            sinceCommit.add(gate.sinceCommit());
            sinceDue.add(gate.sinceDue());
        }
        Map<String, Histogram> both = new TreeMap<>();
        both.put("commit to last sink", sinceCommit);
        both.put("due time to last sink", sinceDue);
        return both;
    }

    private Result print(ObservedRun run, Map<String, Histogram> lastSink, Findings findings) {
        PipelineReport report = run.report();
        Accounting counts = report.accounting();
        Steady steady =
                run.steady().orElseThrow(() -> new IllegalStateException("The run ended early: " + report.problems()));
        double rate = steady.frames() / steady.seconds();
        findings.line(String.format(
                Locale.ROOT,
                "  camera %d frames, lost %d; acquired %d = restored %d + raw-only %d + failed %d; measured %.1f frames/s",
                counts.camera(),
                counts.lostBefore(),
                counts.acquired(),
                counts.restored(),
                counts.rawOnly(),
                counts.failed(),
                rate));
        counts.byCause().forEach((cause, n) -> findings.line("  " + n + " frames: " + cause));
        report.problems().forEach(problem -> findings.line("  problem: " + problem));
        Map<String, Histogram> latency = new TreeMap<>(steady.latency());
        latency.putAll(lastSink);
        Steady.printLatency(latency, findings);
        steady.printThreads(findings);
        boolean sustained = counts.restored() == counts.camera() && report.complete();
        findings.bar(
                sustained,
                String.format(
                        Locale.ROOT,
                        "sustained without loss: %s (%s at %s frames/s; every frame restored and delivered to each sink)",
                        sustained ? "yes" : "no",
                        settings.frame(),
                        rate(settings.framesPerSecond())));
        return new Result(sustained, run, lastSink);
    }

    private static String rate(double framesPerSecond) {
        return framesPerSecond == Math.rint(framesPerSecond)
                ? Long.toString((long) framesPerSecond)
                : String.format(Locale.ROOT, "%.2f", framesPerSecond);
    }
}
