package io.nocturne.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.config.report.RunReport;
import io.nocturne.config.report.RunReport.SinkFrames;
import io.nocturne.config.yaml.ConfigReader;
import io.nocturne.sinks.kafka.FrameConsumer;
import io.nocturne.sinks.kafka.FrameRecord;
import io.nocturne.sinks.kafka.embedded.EmbeddedBroker;
import io.nocturne.stream.ring.LiveCounters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose broker goes away and isn't back by the end. */
class KafkaAwayTest {
    private static final int FRAMES = 60;
    private static final long FIRST_LOST = 20;
    private static final int LOST = 7;

    @TempDir
    Path folder;

    /** Stops the broker once a few frames have come. */
    private record Stopping(EmbeddedBroker broker, List<CompletableFuture<Void>> stopped) implements RunWatcher {
        @Override
        public void flowing(String pass, long frames, Supplier<LiveCounters> live) {
            if (stopped.isEmpty()) {
                stopped.add(CompletableFuture.runAsync(() -> {
                    while (live.get().accounting().acquired() < 10) {
                        Thread.onSpinWait();
                    }
                    try {
                        broker.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
            }
        }
    }

    private RunConfig config(int port, Path run) throws Exception {
        return ConfigReader.parse(
                """
                run: { drain: 1 s }
                source: { pattern: { width: 64, height: 48, rate: 50 fps, frames: %d } }
                restore: { model: gaussian, backfill: never }
                disk: { layout: files }
                kafka:
                  bootstrap: 127.0.0.1:%d
                  client: { delivery.timeout.ms: "10000", request.timeout.ms: "8000" }
                view: { enabled: false }
                """
                        .formatted(FRAMES, port),
                "test",
                folder,
                RunConfig.class,
                Map.of("run.folder", run.toString()));
    }

    private static SinkFrames kafka(RunReport report) {
        return report.passes().get(0).frames().sinks().stream()
                .filter(sink -> sink.sink().equals("kafka"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatTheBrokerCouldNotTakeIsCountedPendingAndSentByACompletion() throws Exception {
        Path run = folder.resolve("run");
        Path log = folder.resolve("broker");
        EmbeddedBroker broker = EmbeddedBroker.start(log);
        List<CompletableFuture<Void>> stopped = new ArrayList<>();

        RunReport live = new PipelineAssembler(config(broker.port(), run), new Stopping(broker, stopped)).run();
        stopped.get(0).join();

        assertThat(live.complete())
                .as("a run with pending frames is not complete")
                .isFalse();
        SinkFrames offered = kafka(live);
        assertThat(offered.pending()).isPositive();
        assertThat(offered.offered()).isEqualTo(offered.delivered() + offered.pending());
        assertThat(live.advice()).anyMatch(note -> note.contains("nocturne restore --in RUN"));

        int missing = loseProducts(run);
        RunReport stillAway = new RunCompletion(run, RunWatcher.SILENT).run();
        assertThat(stillAway.complete()).isFalse();
        assertThat(stillAway.problems()).anyMatch(problem -> problem.contains("No Kafka broker answered"));
        assertThat(stillAway.passes().get(0).frames().restored())
                .as("frames are completed on disk though no broker answers")
                .isEqualTo(missing);
        assertThat(kafka(stillAway).pending()).isEqualTo(missing);

        try (EmbeddedBroker back = EmbeddedBroker.start(log, broker.port())) {
            RunReport sent = new RunCompletion(run, RunWatcher.SILENT).run();
            assertThat(sent.problems()).isEmpty();
            assertThat(sent.advice()).anyMatch(note -> note.contains("now in topic 'nocturne'"));
            List<FrameRecord> records = records(back, 2);
            assertThat(indices(records, 0))
                    .as("frames as they came")
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .hasSize(FRAMES + 2);
            assertThat(indices(records, 1))
                    .as("frames that were completed while the broker was away, in an order of their own")
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .hasSize(missing + 2)
                    .contains(FIRST_LOST, FIRST_LOST + LOST - 1);

            assertThat(loseProducts(run)).isEqualTo(LOST);
            RunReport again = new RunCompletion(run, RunWatcher.SILENT).run();
            assertThat(again.complete()).isTrue();
            assertThat(kafka(again).delivered()).isEqualTo(LOST);
            List<FrameRecord> more = records(back, 3);
            assertThat(indices(more, 3))
                    .as("a pass that had nothing to restore counts, and publishes nothing")
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .hasSize(LOST + 2);
            assertThat(more)
                    .filteredOn(record -> record.pass() > 0 && record.index() == FIRST_LOST)
                    .extracting(record -> record.header("crc32c").orElseThrow())
                    .as("the same product each time")
                    .hasSize(2)
                    .containsOnly(
                            more.get(more.size() - LOST - 1).header("crc32c").orElseThrow());
        }
    }

    /**
     * Takes a few products away, as a disk does that is full for a while.
     *
     * @return how many are missing then, with those that were never made
     */
    private static int loseProducts(Path run) throws IOException {
        int missing = 0;
        for (long t = 0; t < FRAMES; t++) {
            Path product = run.resolve("pattern-0/restored.ome.zarr/0/c/" + t + "/0/0/0/0");
            if (t >= FIRST_LOST && t < FIRST_LOST + LOST) {
                Files.deleteIfExists(product);
            }
            missing += Files.exists(product) ? 0 : 1;
        }
        return missing;
    }

    private static List<Long> indices(List<FrameRecord> records, int pass) {
        return records.stream()
                .filter(record -> record.pass() == pass)
                .map(FrameRecord::index)
                .toList();
    }

    /** All records up to the end of so many passes. */
    private static List<FrameRecord> records(EmbeddedBroker broker, int passes) throws Exception {
        List<FrameRecord> records = new ArrayList<>();
        try (FrameConsumer consumer = new FrameConsumer(broker.bootstrapServers(), "nocturne", Map.of())) {
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            int ended = 0;
            while (ended < passes && System.nanoTime() < deadline) {
                for (FrameRecord record : consumer.poll(Duration.ofMillis(200))) {
                    records.add(record);
                    ended += record.kind() == FrameRecord.Kind.END ? 1 : 0;
                }
            }
        }
        return records;
    }
}
