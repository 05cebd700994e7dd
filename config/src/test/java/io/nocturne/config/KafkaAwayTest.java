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
                kafka:
                  bootstrap: 127.0.0.1:%d
                  client: { delivery.timeout.ms: "800", request.timeout.ms: "600" }
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

        RunReport stillAway = new RunCompletion(run, RunWatcher.SILENT).run();
        assertThat(stillAway.complete()).isFalse();
        assertThat(stillAway.problems()).anyMatch(problem -> problem.contains("No Kafka broker answered"));

        try (EmbeddedBroker back = EmbeddedBroker.start(log, broker.port())) {
            RunReport sent = new RunCompletion(run, RunWatcher.SILENT).run();
            assertThat(sent.problems()).isEmpty();
            assertThat(sent.advice()).anyMatch(note -> note.contains("now in topic 'nocturne'"));
            assertThat(indices(back)).isSorted().doesNotHaveDuplicates().hasSize(FRAMES + 2);
        }
    }

    private static List<Long> indices(EmbeddedBroker broker) throws Exception {
        List<Long> indices = new ArrayList<>();
        try (FrameConsumer consumer = new FrameConsumer(broker.bootstrapServers(), "nocturne", Map.of())) {
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            FrameRecord.Kind last = FrameRecord.Kind.START;
            while (last != FrameRecord.Kind.END && System.nanoTime() < deadline) {
                for (FrameRecord record : consumer.poll(Duration.ofMillis(200))) {
                    indices.add(record.index());
                    last = record.kind();
                }
            }
        }
        return indices;
    }
}
