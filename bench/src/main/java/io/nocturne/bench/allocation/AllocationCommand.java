package io.nocturne.bench.allocation;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.RestorerChoice;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.bench.load.ObservedRun;
import io.nocturne.bench.load.Steady;
import io.nocturne.sinks.RawStackSink;
import io.nocturne.sinks.RestoredStackSink;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.RunFolder;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Heap bytes per frame of every pipeline thread, with real sinks and a real model. */
@Command(
        name = "allocation",
        description = "Measures what each pipeline thread allocates per frame, writing real stacks with a real model.")
public final class AllocationCommand extends BenchCommand {
    private static final double MOST_BYTES_PER_FRAME = 4096;

    @Option(names = "--size", defaultValue = "512", description = "Width and height of a uint16 frame.")
    int size;

    @Option(names = "--fps", defaultValue = "50", description = "Frames per second.")
    double framesPerSecond;

    @Option(names = "--seconds", defaultValue = "20", description = "Measured time.")
    double seconds;

    @Option(names = "--warm-up", defaultValue = "15", description = "Seconds before it.")
    double warmUpSeconds;

    @Option(names = "--workers", defaultValue = "1")
    int workers;

    @Option(
            names = "--restorer",
            defaultValue = "gaussian",
            converter = RestorerChoice.Converter.class,
            description = "copy, sleep:MILLIS, or a model such as gaussian.")
    RestorerChoice restorer;

    @Option(names = "--out", description = "Where the stacks go; deleted afterwards. The temporary folder by default.")
    Path out;

    @Override
    public void run(Findings findings) throws Exception {
        FrameSpec frame = new FrameSpec(size, size, PixelType.UINT16);
        PatternSource source = new PatternSource(new PatternSource.Settings("cam0", frame, framesPerSecond, -1, 0));
        StreamSpec stream = source.open();
        try (LargeAllocations watch = new LargeAllocations(frame.bytes() / 2); // a frame in any type, or most of one
                ScratchFolder scratch = new ScratchFolder(out);
                RunFolder folder = RunFolder.create(scratch.path().resolve("run"));
                Ledger ledger = Ledger.open(folder.ledger())) {
            FramePipeline.Builder builder = FramePipeline.builder(stream)
                    .source(source)
                    .rawSink(new RawStackSink(folder))
                    .restorer(restorer.open(stream, workers))
                    .sink(new RestoredStackSink(folder))
                    .ledger(ledger)
                    .settings(PipelineSettings.live(64, workers));
            ObservedRun run = ObservedRun.run(builder, warmUpSeconds, seconds, watch);
            print(run, frame, watch, findings);
        }
    }

    private void print(ObservedRun run, FrameSpec frame, LargeAllocations watch, Findings findings) throws Exception {
        Steady steady = run.steady()
                .orElseThrow(() -> new IllegalStateException(
                        "The run ended early: " + run.report().problems()));
        findings.line(String.format(
                Locale.ROOT,
                "%d frames of %s in %.1f s after %.0f s of warm-up; restorer: %s; raw and restored OME-Zarr, ledger; "
                        + "%d restored, %d raw-only in all",
                steady.frames(),
                frame,
                steady.seconds(),
                warmUpSeconds,
                restorer,
                run.report().accounting().restored(),
                run.report().accounting().rawOnly()));
        steady.printThreads(findings);
        Map<String, AtomicLong> large = watch.seen();
        large.forEach((what, n) -> findings.line("  " + n + " times " + what));
        findings.line("  " + regionNote(frame));
        findings.bar(
                steady.mostBytesPerFrame() < MOST_BYTES_PER_FRAME,
                String.format(
                        Locale.ROOT,
                        "every thread allocates less than %.0f bytes per frame (most: %.0f)",
                        MOST_BYTES_PER_FRAME,
                        steady.mostBytesPerFrame()));
        findings.bar(large.isEmpty(), "no heap object of half a frame or more was seen");
        findings.bar(
                steady.directBytesGrown() < frame.bytes(),
                "direct memory does not grow (" + steady.directBytesGrown() + " bytes)");
    }

    private static String regionNote(FrameSpec frame) {
        HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            if (Boolean.parseBoolean(vm.getVMOption("UseG1GC").getValue())) {
                long always = Long.parseLong(vm.getVMOption("G1HeapRegionSize").getValue()) / 2;
                return "heap objects above " + always + " bytes are always seen; a frame has " + frame.bytes()
                        + (always < frame.bytes() ? "" : ": start java with -XX:G1HeapRegionSize=1m to see every one");
            }
        } catch (IllegalArgumentException e) {
            // this JVM has no such option
        }
        return "with this collector, large heap objects are seen when they do not fit a thread's allocation buffer";
    }
}
