package io.nocturne.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.sinks.kafka.FrameRecord.Kind;
import io.nocturne.sinks.kafka.embedded.EmbeddedBroker;
import io.nocturne.sinks.kafka.embedded.FaultyLink;
import io.nocturne.stream.fakes.PatternFrames;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink.Delivery;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sink and a real broker with a network between them that fails. */
class KafkaFaultsTest {
    private static final FrameSpec SPEC = new FrameSpec(64, 48, PixelType.UINT16);
    private static final Map<String, String> IMPATIENT =
            Map.of("delivery.timeout.ms", "2500", "request.timeout.ms", "2000");

    @TempDir
    static Path shared;

    private static FaultyLink link;
    private static EmbeddedBroker broker;

    @TempDir
    Path spillFolder;

    @BeforeAll
    static void startBroker() throws IOException {
        link = new FaultyLink();
        broker = EmbeddedBroker.start(shared.resolve("broker"), 0, link.port());
        link.leadTo(broker.port());
    }

    @AfterAll
    static void stopBroker() throws IOException {
        link.close();
        broker.close();
    }

    private interface Fault {
        void begins() throws Exception;
    }

    /** Frames before, during and after the fault; more than the in-flight budget holds. */
    private void survives(String topic, Fault fault) throws Exception {
        FakeContext context = new FakeContext("run-" + topic, SPEC);
        FakeFrames frame = new FakeFrames(SPEC);
        KafkaSettings settings = KafkaSettings.of("127.0.0.1:" + link.port(), topic, spillFolder)
                .withSpill(1 << 30, 0)
                .withInFlightBytes(100_000)
                .withClient(IMPATIENT);
        int frames = 0;
        long sinkRepeats;
        try (KafkaSink sink = new KafkaSink(settings)) {
            sink.open(context);
            while (frames < 60) {
                assertThat(sink.onFrame(frame.restored(frames++))).isEqualTo(Delivery.PENDING);
            }
            fault.begins();
            while (frames < 160) {
                assertThat(sink.onFrame(frame.restored(frames++))).isEqualTo(Delivery.PENDING);
            }
            awaitBacklog(sink);
            link.heal();
            while (frames < 200) {
                assertThat(sink.onFrame(frame.restored(frames++))).isEqualTo(Delivery.PENDING);
            }
            sink.onEnd(Cause.COMPLETED, System.nanoTime() + TimeUnit.SECONDS.toNanos(30));
            assertThat(sink.counts().lost()).isZero();
            sinkRepeats = sink.counts().repeats();
        }
        assertThat(context.settled()).hasSize(200).doesNotContainValue(Delivery.LOST);
        assertCompleteAndInOrder(topic, sinkRepeats);
    }

    private static void awaitBacklog(KafkaSink sink) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (sink.counts().backlog() == 0) {
            assertThat(System.nanoTime()).as("waited for the spill").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void assertCompleteAndInOrder(String topic, long sinkRepeats) throws IOException {
        List<FrameRecord> records = new ArrayList<>();
        try (FrameConsumer consumer = new FrameConsumer(broker.bootstrapServers(), topic, Map.of())) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (records.isEmpty() || records.get(records.size() - 1).kind() != Kind.END) {
                assertThat(System.nanoTime())
                        .as("read %d records", records.size())
                        .isLessThan(deadline);
                records.addAll(consumer.poll(Duration.ofMillis(200)));
            }
            assertThat(consumer.unreadable()).isZero();
            assertThat(consumer.repeats())
                    .as("no more repeats than the sink counted")
                    .isBetween(0L, sinkRepeats);
        }
        assertThat(records).hasSize(202);
        for (int i = 0; i < 200; i++) {
            assertThat(records.get(i + 1).index()).isEqualTo(i);
            assertThat(PatternFrames.mismatch(
                            records.get(i + 1).frame().orElseThrow().pixels(), i))
                    .isEqualTo(-1);
        }
    }

    @Test
    void everyFrameComesThroughOnceTheNetworkThatWasCutIsBack() throws Exception {
        survives("cut", link::cut);
    }

    @Test
    void everyFrameComesThroughALinkThatStaysOpenButCarriesNothing() throws Exception {
        survives("silent", link::goSilent);
    }

    @Test
    void everyFrameComesThroughALinkTooSlowForThem() throws Exception {
        survives("slow", () -> link.throttle(200_000));
    }

    @Test
    void everyFrameComesThroughALateLink() throws Exception {
        survives("late", () -> link.delay(100));
    }
}
