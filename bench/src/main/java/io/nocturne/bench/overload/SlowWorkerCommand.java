package io.nocturne.bench.overload;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.CopyRestorer;
import io.nocturne.bench.Findings;
import io.nocturne.bench.IntactSink;
import io.nocturne.bench.ServiceTime;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Several workers, one of them slower. */
@Command(
        name = "slow-worker",
        description =
                "Runs four workers, one five times slower, on a lossless source, and compares with the sum of rates.")
public final class SlowWorkerCommand extends BenchCommand {
    private static final double LEAST_SHARE = 0.7;

    @Option(names = "--service", defaultValue = "20", description = "Milliseconds that a restoration takes.")
    long serviceMillis;

    @Option(names = "--workers", defaultValue = "4")
    int workers;

    @Option(names = "--slower", defaultValue = "5", description = "How many times slower one of them is.")
    int slower;

    @Option(names = "--seconds", defaultValue = "20", description = "Length of the run, ideally.")
    double seconds;

    @Option(names = "--size", defaultValue = "512", description = "Width and height of a uint16 frame.")
    int size;

    @Override
    public void run(Findings findings) throws Exception {
        FrameSpec frame = new FrameSpec(size, size, PixelType.UINT16);
        ServiceTime service = ServiceTime.withOneSlow(Duration.ofMillis(serviceMillis), slower);
        double sum = service.framesPerSecond(workers);
        long frames = Math.max(1, Math.round(sum * seconds));
        IntactSink sink = new IntactSink("restored-check");
        PatternSource source = new PatternSource(PatternSource.Settings.unpaced("cam0", frame, frames));
        PipelineReport report = FramePipeline.builder(source.open())
                .source(source)
                .restorer(new CopyRestorer(frame, service))
                .sink(sink)
                .settings(PipelineSettings.offline(64, workers))
                .build()
                .run();
        double rate = frames / sink.seconds();
        findings.line(String.format(
                Locale.ROOT,
                "%d frames of %s; %d workers of %d ms, one of them %d times slower",
                frames,
                frame,
                workers,
                serviceMillis,
                slower));
        findings.bar(
                rate >= LEAST_SHARE * sum,
                String.format(
                        Locale.ROOT,
                        "throughput %.1f frames/s is %.2f of the sum of the workers' rates, %.1f (at least %.1f)",
                        rate,
                        rate / sum,
                        sum,
                        LEAST_SHARE));
        findings.bar(
                report.complete() && sink.sawExactly(frames),
                "every frame restored, once, in order, " + sink.wrongPixels() + " damaged");
    }
}
