package io.nocturne.bench.camera;

import io.nocturne.acquisition.mm.CameraSettings;
import io.nocturne.acquisition.mm.CoreLoader;
import io.nocturne.acquisition.mm.CoreSetup;
import io.nocturne.acquisition.mm.FakeCore;
import io.nocturne.acquisition.mm.MicroManagerSource;
import io.nocturne.acquisition.mm.PortOpener;
import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.RestorerChoice;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.bench.load.ObservedRun;
import io.nocturne.bench.load.Steady;
import io.nocturne.sinks.NullSink;
import io.nocturne.sinks.RawStackSink;
import io.nocturne.stream.accounting.Accounting;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.RunFolder;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Frames out of a Micro-Manager core: from pop to committed slot, and what the drain thread costs. */
@Command(
        name = "camera",
        description =
                "Drains a Micro-Manager core, fake or real, and tells what a frame costs from pop to committed slot.")
public final class CameraCommand extends BenchCommand {
    private static final long MOST_P99_MICROS = 1000;
    /** Whose name has no prefix here. */
    private static final String DRAIN_THREAD = "source";

    @Option(names = "--size", defaultValue = "512", description = "Width and height of a uint16 frame.")
    int size;

    @Option(names = "--exposure", defaultValue = "10", description = "Milliseconds; a frame comes every so often.")
    double exposureMillis;

    @Option(names = "--seconds", defaultValue = "20", description = "Measured time.")
    double seconds;

    @Option(names = "--warm-up", defaultValue = "5", description = "Seconds before it.")
    double warmUpSeconds;

    @Option(names = "--workers", defaultValue = "2")
    int workers;

    @Option(
            names = "--restorer",
            defaultValue = "copy",
            converter = RestorerChoice.Converter.class,
            description = "copy, sleep:MILLIS, or a model such as gaussian.")
    RestorerChoice restorer;

    @Option(
            names = "--mm",
            paramLabel = "DIR",
            description = "A real core with its DemoCamera adapter: folder of MMCoreJ.jar; without it, the fake core.")
    Path home;

    @Option(names = "--disk", description = "Writes raw stacks to the temporary folder instead of checksumming frames.")
    boolean disk;

    @Option(
            names = "--mode",
            defaultValue = "live",
            description =
                    "live: a full buffer of the core becomes a gap; record: it ends the run. ${COMPLETION-CANDIDATES}")
    MicroManagerSource.Mode mode;

    @Option(names = "--idle", description = "Says that the machine is idle, so that the bar of 1 ms applies.")
    boolean idle;

    @Override
    public void run(Findings findings) throws Exception {
        boolean real = home != null;
        try (MicroManagerSource source = source(real);
                ScratchFolder scratch = new ScratchFolder(null);
                RunFolder folder = RunFolder.create(scratch.path().resolve("run"));
                Ledger ledger = disk ? Ledger.open(folder.ledger()) : Ledger.none()) {
            StreamSpec stream = source.open();
            FrameSink raw = disk ? new RawStackSink(folder) : new NullSink("raw-null");
            FramePipeline.Builder builder = FramePipeline.builder(stream)
                    .source(source)
                    .rawSink(raw)
                    .restorer(restorer.open(stream, workers))
                    .sink(new NullSink("null-1"))
                    .ledger(ledger)
                    .settings(PipelineSettings.live(64, workers));
            ObservedRun run = ObservedRun.run(builder, warmUpSeconds, seconds);
            print(findings, run, stream, real);
        }
    }

    private MicroManagerSource source(boolean real) {
        PortOpener opener = real
                ? CoreLoader.opener(Optional.of(home))
                : () -> new FakeCore(
                        FakeCore.Script.camera(size, size, exposureMillis).bufferFrames(256),
                        System::nanoTime,
                        wallOffset());
        CameraSettings camera = CameraSettings.UNCHANGED.withExposureMillis(exposureMillis);
        return new MicroManagerSource(
                MicroManagerSource.Settings.of("cam0", real ? demoCamera() : nothing(), camera, mode, -1), opener);
    }

    /** From the JVM's clock to the one on the wall. */
    private static long wallOffset() {
        ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
        long local = now.toLocalDateTime().toEpochSecond(ZoneOffset.UTC) * 1_000_000_000L + now.getNano();
        return local - System.nanoTime();
    }

    private static CoreSetup nothing() {
        return new CoreSetup(Optional.empty(), List.of(), List.of(), Optional.empty());
    }

    private CoreSetup demoCamera() {
        String side = Integer.toString(size);
        return new CoreSetup(
                Optional.empty(),
                List.of(new CoreSetup.Device("Camera", "DemoCamera", "DCam")),
                List.of(
                        new CoreSetup.Property("Camera", "PixelType", "16bit"),
                        new CoreSetup.Property("Camera", "BitDepth", "16"),
                        new CoreSetup.Property("Camera", "OnCameraCCDXSize", side),
                        new CoreSetup.Property("Camera", "OnCameraCCDYSize", side),
                        new CoreSetup.Property("Camera", "FastImage", "1")),
                Optional.of("Camera"));
    }

    private void print(Findings findings, ObservedRun run, StreamSpec stream, boolean real) {
        PipelineReport report = run.report();
        findings.line(String.format(
                Locale.ROOT,
                "%s core, %s every %.3g ms, mode %s; restorer %s on %d workers; raw to %s",
                real ? "real" : "fake",
                stream.frame(),
                exposureMillis,
                mode.name().toLowerCase(Locale.ROOT),
                restorer,
                workers,
                disk ? "disk" : "a checksum"));
        run.steady()
                .ifPresentOrElse(
                        steady -> printSteady(findings, steady, stream),
                        () -> findings.line("  The run ended before it could be measured"));
        report.messages().forEach(message -> findings.line("  " + message));
        printAccount(findings, report);
        run.steady().map(steady -> steady.latency().get("commit")).ifPresent(commit -> printCommit(findings, commit));
    }

    private void printSteady(Findings findings, Steady steady, StreamSpec stream) {
        Histogram commit = steady.latency().get("commit");
        long taken = commit == null ? 0 : commit.getTotalCount(); // without those that became a gap
        double rate = taken / steady.seconds();
        findings.line(String.format(
                Locale.ROOT,
                "  %d frames in %.1f s: %.1f a second, %.0f MB/s",
                taken,
                steady.seconds(),
                rate,
                rate * stream.frame().bytes() / 1e6));
        double cores = steady.cores().getOrDefault(DRAIN_THREAD, Double.NaN);
        findings.line(String.format(
                Locale.ROOT,
                "  drain thread: %.1f %% of a core, %.0f us and %.0f bytes of heap a frame, of which %d are its pixels",
                100 * cores,
                1e6 * cores / rate,
                steady.bytesPerFrame().getOrDefault(DRAIN_THREAD, Double.NaN) * steady.frames() / Math.max(1, taken),
                stream.frame().bytes()));
        steady.printThreads(findings);
        Steady.printLatency(steady.latency(), findings);
    }

    private void printAccount(Findings findings, PipelineReport report) {
        Accounting account = report.accounting();
        findings.line(String.format(
                Locale.ROOT,
                "  camera %d frames: acquired %d, lost %d; raw %s %d; restored %d, raw-only %d; causes %s",
                account.camera(),
                account.acquired(),
                account.lostBefore(),
                disk ? "stored" : "checksummed",
                account.rawStored(),
                account.restored(),
                account.rawOnly(),
                account.byCause()));
        findings.bar(account.mismatches(true).isEmpty(), "every frame is accounted for");
        findings.bar(account.lostBefore() == 0, "no frame was lost in the core (" + account.lostBefore() + ")");
        findings.bar(
                report.endCause() == Cause.STOP_REQUESTED,
                "the run went on until it was stopped (its end: "
                        + report.endCause().description() + ")");
    }

    private void printCommit(Findings findings, Histogram commit) {
        long p99 = commit.getValueAtPercentile(99);
        String text = "pop to committed slot: p99 " + p99 + " us, p50 " + commit.getValueAtPercentile(50) + " us";
        if (idle) {
            findings.bar(p99 < MOST_P99_MICROS, text + "; p99 less than " + MOST_P99_MICROS);
        } else {
            findings.line("  " + text + "; a bar only on an idle machine (--idle)");
        }
    }
}
