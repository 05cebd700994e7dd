package io.nocturne.bench.camera;

import io.nocturne.acquisition.mm.plugin.StudioLoop;
import io.nocturne.acquisition.mm.studio.StudioSource;
import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.RestorerChoice;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The plugin's wire on the loopback address, with a companion that stands still in the middle. */
@Command(
        name = "studio",
        description =
                "Frames from the plugin to a companion and restored ones back; the companion stands still meanwhile.")
public final class StudioCommand extends BenchCommand {
    private static final long MOST_WAIT_NANOS = 5_000_000;
    private static final long MOST_HELD = 3;

    @Option(names = "--size", defaultValue = "512", description = "Width and height of a uint16 frame.")
    int size;

    @Option(names = "--fps", defaultValue = "30", description = "Frames per second.")
    double framesPerSecond;

    @Option(names = "--seconds", defaultValue = "20")
    double seconds;

    @Option(
            names = "--pause",
            defaultValue = "5",
            description = "Seconds in the middle that the companion stands still.")
    double pauseSeconds;

    @Option(
            names = "--restorer",
            defaultValue = "copy",
            converter = RestorerChoice.Converter.class,
            description = "copy, sleep:MILLIS, or a model such as gaussian.")
    RestorerChoice restorer;

    private volatile boolean paused;
    /** Heap in use after a collection: of both sides, since they share this process. */
    private long heapBeforePause;

    private long heapAfterPause;
    private long heapAtEnd;

    @Override
    public void run(Findings findings) throws Exception {
        try (ScratchFolder scratch = new ScratchFolder(null);
                StudioLoop loop = new StudioLoop(size)) {
            Path file = scratch.path().resolve("studio.properties");
            CompletableFuture<PipelineReport> companion = CompletableFuture.supplyAsync(() -> companion(file));
            while (!Files.exists(file)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            loop.connect(file);
            long held = play(loop);
            heapAtEnd = heapInUse();
            loop.end();
            print(findings, loop, held, companion.get(1, TimeUnit.MINUTES));
        }
    }

    private PipelineReport companion(Path file) {
        try (StudioSource source = new StudioSource("studio", file, Duration.ofMinutes(1), List.of())) {
            StreamSpec stream = source.open();
            return FramePipeline.builder(stream)
                    .source(pausing(source, stream))
                    .restorer(restorer.open(stream, 1))
                    .sink(source.returning())
                    .settings(PipelineSettings.live(16, 1))
                    .build()
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("The companion failed", e);
        }
    }

    /** That source, with a ring that has no room while the companion is to stand still. */
    private FrameSource pausing(StudioSource source, StreamSpec stream) {
        return new FrameSource() {
            @Override
            public StreamSpec open() throws SourceException {
                return stream;
            }

            @Override
            public SourceEnd run(FrameWriter writer) throws Exception {
                return source.run(full(writer));
            }

            @Override
            public void close() {}
        };
    }

    private FrameWriter full(FrameWriter writer) {
        return (FrameWriter) Proxy.newProxyInstance(
                FrameWriter.class.getClassLoader(), new Class<?>[] {FrameWriter.class}, (proxy, method, arguments) -> {
                    if (paused && method.getName().equals("tryClaim")) {
                        return FrameWriter.Claim.BACK_PRESSURED;
                    }
                    try {
                        return method.invoke(writer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Makes frames at the rate; returns how many were held at the end of the pause. */
    private long play(StudioLoop loop) {
        long frames = (long) (seconds * framesPerSecond);
        long from = (long) ((seconds - pauseSeconds) / 2 * framesPerSecond);
        long to = from + (long) (pauseSeconds * framesPerSecond);
        long start = System.nanoTime();
        long held = 0;
        for (long i = 0; i < frames; i++) {
            long due = start + (long) (i * 1e9 / framesPerSecond);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            if (i == from) {
                heapBeforePause = heapInUse();
            }
            if (i == to && pauseSeconds > 0) {
                held = loop.framesHeld();
                heapAfterPause = heapInUse();
            }
            paused = i >= from && i < to;
            loop.frame();
        }
        return held;
    }

    /** Collects first; not while a frame is being handed over, whose time would count the collection. */
    private static long heapInUse() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private void printHeap(Findings findings) {
        double frame = 2.0 * size * size;
        double inPause = pauseSeconds > 0 ? (heapAfterPause - heapBeforePause) / frame : 0;
        double inAll = (heapAtEnd - heapBeforePause) / frame;
        findings.bar(
                Math.max(inPause, inAll) < MOST_HELD,
                String.format(
                        Locale.ROOT,
                        "heap of both sides grew by fewer than %d frames: by %.2f during the pause, by %.2f until the end"
                                + " (%.1f, %.1f, %.1f MB)",
                        MOST_HELD,
                        inPause,
                        inAll,
                        heapBeforePause / 1e6,
                        heapAfterPause / 1e6,
                        heapAtEnd / 1e6));
    }

    private void print(Findings findings, StudioLoop loop, long held, PipelineReport report) {
        Histogram offer = loop.offerNanos();
        Histogram round = loop.roundTripMicros();
        findings.line(String.format(
                Locale.ROOT,
                "%dx%d uint16 at %.3g frames/s for %.0f s, companion still for %.0f s; restorer %s",
                size,
                size,
                framesPerSecond,
                seconds,
                pauseSeconds,
                restorer));
        findings.line(String.format(
                Locale.ROOT,
                "  made %d, replaced by newer ones %d, sent %d; companion: camera %d = acquired %d + skipped %d; back %d",
                loop.made(),
                loop.replaced(),
                loop.sent(),
                report.accounting().camera(),
                report.accounting().acquired(),
                report.accounting().lostBefore(),
                loop.returned()));
        findings.line(String.format(
                Locale.ROOT,
                "  round trip: p50 %.1f ms, p99 %.1f ms, max %.1f ms",
                round.getValueAtPercentile(50) / 1e3,
                round.getValueAtPercentile(99) / 1e3,
                round.getMaxValue() / 1e3));
        findings.bar(
                offer.getMaxValue() < MOST_WAIT_NANOS,
                String.format(
                        Locale.ROOT,
                        "Studio's thread never waited 5 ms (p99 %.3f ms, max %.3f ms)",
                        offer.getValueAtPercentile(99) / 1e6,
                        offer.getMaxValue() / 1e6));
        printHeap(findings);
        findings.bar(held <= MOST_HELD, "frames held while the companion stood still: " + held);
        findings.bar(report.accounting().mismatches(false).isEmpty(), "the companion accounts for every frame");
    }
}
