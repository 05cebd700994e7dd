package io.nocturne.bench.workers;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.config.PipelineAssembler;
import io.nocturne.config.RunConfig;
import io.nocturne.config.RunWatcher;
import io.nocturne.config.report.RunReport;
import io.nocturne.config.yaml.ConfigReader;
import io.nocturne.sinks.kafka.FrameConsumer;
import io.nocturne.sinks.kafka.FrameRecord;
import io.nocturne.sinks.kafka.embedded.EmbeddedBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Two runs publish raw frames, two workers restore them, and workers are killed again and again. */
@Command(
        name = "workers",
        description =
                "Kills 'nocturne worker' processes at random moments, as kill -9 does, starts others, and reads what"
                        + " was committed: complete, in order, exactly once.")
public final class WorkersCommand extends BenchCommand {
    private static final int STREAMS = 2;
    private static final String RAW = "raw";
    private static final String RESTORED = "restored";

    @Option(names = "--kills", defaultValue = "20", description = "Workers to kill.")
    int kills;

    @Option(names = "--fps", defaultValue = "20", description = "Frames per second of each of two streams.")
    int framesPerSecond;

    @Option(names = "--size", defaultValue = "256", description = "Width and height of a uint16 frame.")
    int size;

    @Option(names = "--model", defaultValue = "gaussian", description = "Name of a model.")
    String model;

    @Option(names = "--seed", defaultValue = "1", description = "Of the moments.")
    long seed;

    /** What came of one stream. */
    private record Outcome(int records, long frames, long restored, long missing, boolean ended) {}

    @Override
    public void run(Findings findings) throws Exception {
        double seconds = kills * 6.0 + 10;
        long frames = (long) (seconds * framesPerSecond);
        findings.line(String.format(
                Locale.ROOT,
                "%d streams of %d frames of %dx%d uint16 at %d frames/s, model %s, two workers, %d kills",
                STREAMS,
                frames,
                size,
                size,
                framesPerSecond,
                model,
                kills));
        try (ScratchFolder scratch = new ScratchFolder(null);
                EmbeddedBroker broker = EmbeddedBroker.start(scratch.path().resolve("broker"))) {
            List<CompletableFuture<RunReport>> runs = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                RunConfig config = config(scratch.path(), "cam" + i, broker.bootstrapServers(), frames);
                runs.add(CompletableFuture.supplyAsync(() -> run(config), thread -> new Thread(thread).start()));
            }
            List<Process> workers = new ArrayList<>();
            Map<String, Outcome> outcomes;
            long repeats;
            try {
                workers.add(worker(scratch.path(), broker, 0));
                workers.add(worker(scratch.path(), broker, 1));
                killSome(workers, scratch.path(), broker);
                for (CompletableFuture<RunReport> run : runs) {
                    RunReport report = run.join();
                    findings.line(report.run() + (report.complete() ? " is complete" : ": " + report.problems()));
                }
                try (FrameConsumer consumer = new FrameConsumer(broker.bootstrapServers(), RESTORED, Map.of())) {
                    outcomes = read(consumer);
                    repeats = consumer.repeats();
                }
            } finally {
                for (Process worker : workers) {
                    worker.destroyForcibly().waitFor();
                }
            }
            print(outcomes, repeats, frames, findings);
        }
    }

    private static RunReport run(RunConfig config) {
        try {
            return new PipelineAssembler(config, RunWatcher.SILENT).run();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private RunConfig config(Path folder, String stream, String brokers, long frames) throws Exception {
        return ConfigReader.parse(
                """
                source: { simulated: { name: %s, width: %d, height: %d, rate: %d fps, frames: %d } }
                restore: { model: %s, elsewhere: true, backlog: 8 }
                kafka: { bootstrap: "%s", topic: %s, partitions: 4 }
                view: { enabled: false }
                """
                        .formatted(stream, size, size, framesPerSecond, frames, model, brokers, RAW),
                "bench",
                folder,
                RunConfig.class,
                Map.of("run.folder", folder.resolve("run-" + stream).toString()));
    }

    private void killSome(List<Process> workers, Path folder, EmbeddedBroker broker) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < kills; i++) {
            TimeUnit.MILLISECONDS.sleep(3000 + random.nextInt(6000));
            int victim = random.nextInt(workers.size());
            if (!workers.get(victim).isAlive()) {
                throw new IllegalStateException("A worker ended by itself: " + tail(folder, victim));
            }
            workers.get(victim).destroyForcibly().waitFor();
            workers.set(victim, worker(folder, broker, victim));
        }
    }

    private Process worker(Path folder, EmbeddedBroker broker, int number) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.nocturne.config.Main",
                "worker",
                "--brokers",
                broker.bootstrapServers(),
                "--raw",
                RAW,
                "--topic",
                RESTORED,
                "--model",
                model,
                "--take-over",
                "6 s",
                "--client",
                "metadata.max.age.ms=1000",
                "--latency",
                folder.resolve("latency-" + number).toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(log(folder, number).toFile()))
                .start();
    }

    private static Path log(Path folder, int worker) {
        return folder.resolve("worker-" + worker + ".log");
    }

    private static String tail(Path folder, int worker) throws IOException {
        String text = Files.readString(log(folder, worker), StandardCharsets.UTF_8);
        return text.substring(Math.max(0, text.length() - 2000));
    }

    /** Reads what is committed until both streams have ended, or nothing has come for a minute. */
    private static Map<String, Outcome> read(FrameConsumer consumer) {
        Map<String, Outcome> outcomes = new HashMap<>();
        Map<String, Long> next = new HashMap<>();
        long idle = System.nanoTime();
        while (System.nanoTime() - idle < TimeUnit.MINUTES.toNanos(1)
                && outcomes.values().stream().filter(Outcome::ended).count() < STREAMS) {
            for (FrameRecord record : consumer.poll(Duration.ofMillis(500))) {
                idle = System.nanoTime();
                if (record.pass() > 0) {
                    continue; // what stayed raw, restored after its run
                }
                Outcome before = outcomes.getOrDefault(record.stream(), new Outcome(0, 0, 0, 0, false));
                long due = next.getOrDefault(record.stream(), FrameRecord.START_INDEX);
                next.put(record.stream(), record.index() < 0 ? 0 : record.index() + record.count());
                outcomes.put(
                        record.stream(),
                        new Outcome(
                                before.records() + 1,
                                before.frames() + record.count(),
                                before.restored() + (record.kind() == FrameRecord.Kind.RESTORED ? 1 : 0),
                                before.missing() + record.index() - due,
                                record.kind() == FrameRecord.Kind.END));
            }
        }
        return outcomes;
    }

    private static void print(Map<String, Outcome> outcomes, long repeats, long frames, Findings findings) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("stream", "records", "frames told of", "restored", "missing", "ended"));
        boolean complete = outcomes.size() == STREAMS;
        for (Map.Entry<String, Outcome> entry : outcomes.entrySet()) {
            Outcome o = entry.getValue();
            rows.add(List.of(
                    entry.getKey(),
                    Integer.toString(o.records()),
                    Long.toString(o.frames()),
                    Long.toString(o.restored()),
                    Long.toString(o.missing()),
                    Boolean.toString(o.ended())));
            complete &= o.ended() && o.missing() == 0 && o.frames() == frames;
        }
        findings.table(rows);
        findings.bar(complete, "every frame of both streams is committed, in capture order");
        findings.bar(repeats == 0, repeats + " records committed twice or out of order");
    }
}
