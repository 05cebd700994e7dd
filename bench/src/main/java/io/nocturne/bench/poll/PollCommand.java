package io.nocturne.bench.poll;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.Main;
import io.nocturne.bench.PatternSums;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.sinks.RawStackSink;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.stack.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads a recording from other processes while it is made. */
@Command(
        name = "poll",
        description = "Polls a growing recording from other processes: only whole frames, and the newest soon.")
public final class PollCommand extends BenchCommand {
    private static final long MOST_MILLIS = 250;
    private static final FrameSpec FRAME = new FrameSpec(256, 256, PixelType.UINT16);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

    @Option(names = "--polls", defaultValue = "10000", description = "Polls of each reader, at least.")
    long polls;

    @Option(names = "--frames", defaultValue = "200", description = "Frames for each reader to see, at least.")
    long frames;

    @Option(names = "--fps", defaultValue = "20", description = "Frames per second.")
    double framesPerSecond;

    @Option(names = "--interval", description = "Seconds between frames, instead of --fps.")
    Optional<Double> interval = Optional.empty();

    @Option(names = "--pause", defaultValue = "10", description = "Milliseconds between polls.")
    long pauseMillis;

    @Option(
            names = "--warm-up",
            defaultValue = "2",
            description = "Seconds of frames at the start that don't count: a reader loads its codecs with the first.")
    double warmUpSeconds;

    @Option(
            names = "--zarrita",
            description = "A folder with node_modules of zarrita and @zarrita/storage: a second reader, in Node.")
    Optional<Path> zarrita = Optional.empty();

    private final Map<Long, Long> committedMillis = new ConcurrentHashMap<>();
    private final PatternSums sums = new PatternSums(FRAME);

    @Override
    public void run(Findings findings) throws Exception {
        Optional<Zarrita> second = zarrita.map(this::zarritaIn);
        double rate = interval.map(seconds -> 1 / seconds).orElse(framesPerSecond);
        findings.line(String.format(
                Locale.ROOT,
                "%s every %.3f s, at least %d polls with %d ms between them, and %d frames",
                FRAME,
                1 / rate,
                polls,
                pauseMillis,
                frames));
        try (ScratchFolder scratch = new ScratchFolder(null)) {
            PatternSource source = new PatternSource(new PatternSource.Settings("cam0", FRAME, rate, -1, 0));
            List<Sightings> readers = new ArrayList<>();
            try (RunFolder run = RunFolder.create(scratch.path().resolve("run"));
                    Ledger ledger = Ledger.open(run.ledger())) {
                Path stack = run.rawZarr("cam0", 0);
                readers.add(reader("own reader", ownReader(stack)));
                if (second.isPresent()) {
                    ProcessBuilder poller = second.get().poller(scratch.path(), stack, pauseMillis);
                    readers.add(reader("zarrita in Node", poller));
                }
                FramePipeline pipeline = FramePipeline.builder(source.open())
                        .source(source)
                        .rawSink(new RawStackSink(run))
                        .ledger(ledger)
                        .witness(index -> committedMillis.put(index, System.currentTimeMillis()))
                        .settings(PipelineSettings.live(64, 1))
                        .build();
                CompletableFuture<Void> running = CompletableFuture.runAsync(
                        () -> record(pipeline), work -> new Thread(work, "bench-run").start());
                await(readers, running, Math.max(PATIENCE_NANOS, (long) (3e9 / rate)));
                pipeline.requestStop();
                running.get(1, TimeUnit.MINUTES);
            } finally {
                for (Sightings reader : readers) {
                    reader.end();
                }
            }
            int uncounted = (int) Math.max(1, Math.ceil(warmUpSeconds * rate));
            for (Sightings reader : readers) {
                tell(reader, uncounted, findings);
            }
        }
    }

    private static void record(FramePipeline pipeline) {
        try {
            pipeline.run();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    /** Until every reader has polled and seen enough; none may stand still for longer than the patience. */
    private void await(List<Sightings> readers, CompletableFuture<Void> running, long patienceNanos) throws Exception {
        long progress = -1;
        long since = System.nanoTime();
        while (!readers.stream().allMatch(reader -> reader.polls() >= polls && reader.newest() >= frames - 1)) {
            TimeUnit.MILLISECONDS.sleep(20);
            long now = readers.stream().mapToLong(Sightings::newest).min().orElse(0);
            if (now > progress) {
                progress = now;
                since = System.nanoTime();
            }
            boolean gone = readers.stream().anyMatch(reader -> !reader.alive());
            if (running.isDone() || gone || System.nanoTime() - since > patienceNanos) {
                for (Sightings reader : readers) {
                    reader.end();
                }
                throw new IllegalStateException("Nothing new is seen any more; "
                        + readers.stream()
                                .map(reader -> reader.name() + ": " + reader.errors())
                                .toList());
            }
        }
    }

    private Sightings reader(String name, ProcessBuilder command) throws IOException {
        Process process = command.redirectErrorStream(true).start();
        return new Sightings(name, process, index -> committedMillis.getOrDefault(index, 0L), sums::sha1);
    }

    private Zarrita zarritaIn(Path folder) {
        try {
            return new Zarrita(folder);
        } catch (IllegalArgumentException e) {
            throw badOption("--zarrita: " + e.getMessage());
        }
    }

    private ProcessBuilder ownReader(Path stack) {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                PollReader.NAME,
                stack.toString(),
                Long.toString(pauseMillis));
    }

    private void tell(Sightings reader, int uncounted, Findings findings) {
        long[] late = reader.lateMillis(uncounted);
        Arrays.sort(late);
        findings.line("");
        findings.line(reader.name() + ": errors " + reader.errors().size()
                + reader.errors().stream().limit(3).toList());
        findings.bar(
                reader.wrong() == 0 && reader.shrunk() == 0 && reader.frames() > 0,
                String.format(
                        Locale.ROOT,
                        "%s: %d polls read %d frames, %d not whole; %d saw fewer than before",
                        reader.name(),
                        reader.polls(),
                        reader.frames(),
                        reader.wrong(),
                        reader.shrunk()));
        if (late.length == 0) {
            findings.bar(false, reader.name() + " saw no frame after the warm-up");
            return;
        }
        long p99 = late[(int) (0.99 * (late.length - 1))];
        findings.bar(
                p99 <= MOST_MILLIS,
                String.format(
                        Locale.ROOT,
                        "%s: from commit to read p50 %d, p99 %d, max %d ms over %d frames (p99 at most %d; the first %d"
                                + " don't count, the latest of them %d ms)",
                        reader.name(),
                        late[late.length / 2],
                        p99,
                        late[late.length - 1],
                        late.length,
                        MOST_MILLIS,
                        uncounted,
                        Arrays.stream(reader.lateMillis(0))
                                .limit(uncounted)
                                .max()
                                .orElse(0)));
    }
}
