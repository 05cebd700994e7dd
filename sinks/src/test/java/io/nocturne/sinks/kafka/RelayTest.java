package io.nocturne.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.sinks.kafka.FrameRecord.Kind;
import io.nocturne.sinks.kafka.embedded.EmbeddedBroker;
import io.nocturne.stream.fakes.FakeRestorer;
import io.nocturne.stream.fakes.PatternFrames;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import io.nocturne.stream.stack.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers against a real broker; a worker that is killed is one whose thread dies in the middle of a batch. */
class RelayTest {
    private static final FrameSpec SPEC = new FrameSpec(64, 48, PixelType.UINT16);
    private static final Duration TAKE_OVER = Duration.ofSeconds(6);

    @TempDir
    static Path shared;

    private static EmbeddedBroker broker;

    @TempDir
    Path folder;

    private final List<Worker> workers = new ArrayList<>();

    @BeforeAll
    static void startBroker() throws IOException {
        broker = EmbeddedBroker.start(shared.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() throws IOException {
        broker.close();
    }

    @AfterEach
    void stopWorkers() throws InterruptedException {
        for (Worker worker : workers) {
            worker.stop();
        }
    }

    /** What a run tells its sink; frames are normalised for {@link FakeRestorer}. */
    private record Context(String runId, StreamSpec stream, WindowSpec window) implements SinkContext {
        @Override
        public int epoch() {
            return 0;
        }

        @Override
        public FrameSpec spec() {
            return SPEC;
        }

        @Override
        public Optional<RestorerSpec> restorer() {
            return Optional.of(new RestorerSpec("copy", "copy-1", SPEC, SPEC, window, List.of("sum")));
        }

        @Override
        public RunClock clock() {
            return RunClock.system();
        }

        @Override
        public void settled(
                long index, long coreNanos, long committedNanos, io.nocturne.stream.spi.FrameSink.Delivery delivery) {
            assertThat(delivery).isEqualTo(io.nocturne.stream.spi.FrameSink.Delivery.DELIVERED);
        }
    }

    private KafkaSettings raw(String topic) throws IOException {
        return KafkaSettings.of(broker.bootstrapServers(), topic, folder.resolve("spill"))
                .withSpill(1 << 30, 0)
                .withTopicCreation(true, 2, 1)
                .withContent(KafkaContent.RAW, RunFolder.create(folder.resolve("run-" + System.nanoTime())));
    }

    /** Publishes frames 0 to {@code frames - 1} of a stream, with a gap of three after every 50th. */
    private void publish(String topic, String stream, int frames) throws Exception {
        try (KafkaSink sink = new KafkaSink(raw(topic))) {
            sink.open(new Context("run", StreamSpec.movie(stream, SPEC, 0, -1), WindowSpec.SINGLE));
            FakeFrames frame = new FakeFrames(SPEC);
            for (int i = 0; i < frames; i++) {
                if (i % 50 >= 47) {
                    sink.onFrame(frame.without(FrameState.RAW_ONLY, Cause.NO_FREE_WORKER, i, 1));
                } else {
                    sink.onFrame(frame.restored(i));
                }
            }
            sink.onEnd(Cause.COMPLETED, System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
        }
    }

    /** Publishes, as a completion does, the frames that {@link #publish} left raw. */
    private void publishWhatWasLeft(String topic, String stream, int frames) throws Exception {
        try (KafkaSink sink = new KafkaSink(raw(topic).withPass(1))) {
            sink.open(new Context("run", StreamSpec.movie(stream, SPEC, 0, frames), WindowSpec.SINGLE));
            FakeFrames frame = new FakeFrames(SPEC);
            for (int i = 0; i < frames; i++) {
                if (i % 50 >= 47) {
                    sink.onFrame(frame.restored(i));
                }
            }
            sink.onEnd(Cause.COMPLETED, System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
        }
    }

    /** A worker on a thread of its own. */
    private final class Worker {
        final Relay relay;
        final Queue<FakeRestorer> restorers = new ConcurrentLinkedQueue<>();
        final Queue<Throwable> end = new ConcurrentLinkedQueue<>();
        final Thread thread;

        Worker(String rawTopic, String topic, WindowSpec window, FakeRestorer.Work work) {
            relay = new Relay(
                    new Relay.Settings(
                            broker.bootstrapServers(),
                            rawTopic,
                            topic,
                            "group-" + topic,
                            3,
                            TAKE_OVER,
                            Map.of("metadata.max.age.ms", "1000")),
                    stream -> {
                        FakeRestorer restorer = new FakeRestorer(stream.frame(), window).working(work);
                        restorers.add(restorer);
                        return restorer;
                    },
                    new LatencyRecorder(folder.resolve("latency-" + workers.size())),
                    counts -> {});
            thread = new Thread(() -> {
                try {
                    relay.run();
                } catch (Throwable e) {
                    end.add(e);
                }
            });
            thread.start();
            workers.add(this);
        }

        void stop() throws InterruptedException {
            relay.stop();
            thread.join();
        }
    }

    /** What a reader of committed records gets of a topic until that many ENDs, as raw records: repeats would show. */
    private static List<FrameRecord> committed(String topic, int ends) throws Exception {
        List<FrameRecord> records = new ArrayList<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.bootstrapServers(),
                        ConsumerConfig.GROUP_ID_CONFIG,
                        "reader-" + topic,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                        "500",
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            long left = ends;
            while (left > 0) {
                assertThat(System.nanoTime())
                        .as("%d records of %s so far", records.size(), topic)
                        .isLessThan(deadline);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    FrameRecord frame = FrameRecord.of(record);
                    records.add(frame);
                    left -= frame.kind() == Kind.END ? 1 : 0;
                }
            }
        }
        return records;
    }

    private static void assertExactlyOnceInOrder(List<FrameRecord> records, String stream, int frames) {
        List<FrameRecord> own =
                records.stream().filter(r -> r.stream().equals(stream)).toList();
        assertThat(own).hasSize(frames + 2);
        for (int i = -1; i <= frames; i++) {
            FrameRecord record = own.get(i + 1);
            assertThat(record.index()).isEqualTo(i);
            Kind kind = i < 0 ? Kind.START : i == frames ? Kind.END : i % 50 >= 47 ? Kind.RAW_ONLY : Kind.RESTORED;
            assertThat(record.kind()).as("record %d", i).isEqualTo(kind);
            if (kind == Kind.RESTORED) {
                assertThat(PatternFrames.mismatch(record.frame().orElseThrow().pixels(), i))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void aWorkerRestoresWhatARunPublishedRaw() throws Exception {
        publish("raw-1", "cam0", 120);
        Worker worker = new Worker("raw-1", "restored-1", WindowSpec.SINGLE, (index, lane) -> {});

        List<FrameRecord> records = committed("restored-1", 1);

        assertExactlyOnceInOrder(records, "cam0", 120);
        FrameRecord frame = records.get(5);
        assertThat(frame.header("norm.sum")).as("the raw record's own").hasValue("100.25");
        assertThat(frame.header("model")).hasValue("copy");
        assertThat(frame.header("restore-end-ns")).isPresent();
        worker.stop();
        assertThat(worker.end).isEmpty();
        assertThat(worker.relay.counts().restored()).isEqualTo(114);
        assertThat(worker.relay.counts().failed()).isZero();
    }

    @Test
    void framesThatStayedRawAreRestoredWhenALaterPassPublishesThem() throws Exception {
        publish("raw-5", "cam0", 100);
        Worker worker = new Worker("raw-5", "restored-5", WindowSpec.SINGLE, (index, lane) -> {});
        assertExactlyOnceInOrder(committed("restored-5", 1), "cam0", 100);

        publishWhatWasLeft("raw-5", "cam0", 100);

        List<FrameRecord> second = committed("restored-5", 1);
        assertThat(second).extracting(FrameRecord::pass).containsOnly(1);
        assertThat(second).extracting(FrameRecord::index).containsExactly(-1L, 47L, 48L, 49L, 97L, 98L, 99L, 100L);
        List<FrameRecord> frames = second.subList(1, 7);
        assertThat(frames).extracting(FrameRecord::kind).containsOnly(Kind.RESTORED);
        assertThat(frames).allSatisfy(frame -> assertThat(
                        PatternFrames.mismatch(frame.frame().orElseThrow().pixels(), frame.index()))
                .isEqualTo(-1));
        worker.stop();
        assertThat(worker.end).isEmpty();
        assertThat(worker.relay.counts().restored()).isEqualTo(100);
    }

    @Test
    void aFrameThatCannotBeRestoredIsARecordToo() throws Exception {
        publish("raw-2", "cam0", 10);
        new Worker("raw-2", "restored-2", WindowSpec.SINGLE, (index, lane) -> {
            if (index == 4) {
                throw new IOException("no");
            }
        });
        List<FrameRecord> records = committed("restored-2", 1);
        assertThat(records).hasSize(12);
        assertThat(records.get(5).kind()).isEqualTo(Kind.FAILED);
        assertThat(records.get(5).cause()).isEqualTo("RESTORER_THREW");
        assertThat(records.get(6).kind()).isEqualTo(Kind.RESTORED);
    }

    @Test
    void workersThatDieInTheMiddleOfAFrameCostNeitherAFrameNorItsPlaceNorARepeat() throws Exception {
        publish("raw-3", "cam0", 300);
        publish("raw-3", "cam7", 300);
        AtomicInteger deaths = new AtomicInteger();
        FakeRestorer.Work deadly = (index, lane) -> {
            Thread.sleep(2);
            if (index == 40 && deaths.incrementAndGet() == 1) {
                throw new LinkageError("killed");
            }
        };
        WindowSpec window = new WindowSpec(WindowSpec.Axis.TIME, 2, 0);
        Worker first = new Worker("raw-3", "restored-3", window, deadly);
        new Worker("raw-3", "restored-3", window, deadly);

        List<FrameRecord> records = committed("restored-3", 2);

        assertExactlyOnceInOrder(records, "cam0", 300);
        assertExactlyOnceInOrder(records, "cam7", 300);
        for (Worker worker : workers) {
            assertThat(worker.restorers).allSatisfy(restorer -> assertThat(restorer.faults())
                    .as("frames of windows, reread after the take-over")
                    .isEmpty());
        }
        assertThat(workers.stream().filter(worker -> !worker.end.isEmpty()).count())
                .as("one worker died, the other did its work")
                .isEqualTo(1);
        first.stop();
    }

    @Test
    void aWorkerWithAnotherModelThanTheRunsIsRefused() throws Exception {
        publish("raw-4", "cam0", 3);
        Relay relay = new Relay(
                new Relay.Settings(broker.bootstrapServers(), "raw-4", "restored-4", "group-4", 1, TAKE_OVER, Map.of()),
                stream -> new FakeRestorer(stream.frame(), new WindowSpec(WindowSpec.Axis.TIME, 1, 1)),
                new LatencyRecorder(folder.resolve("latency")),
                counts -> {});
        assertThatThrownBy(relay::run).isInstanceOf(KafkaSetupException.class).hasMessageContaining("TIME neighbours");
    }

    @Test
    void aPlaceIsReadAsItWasWritten() {
        Map<FrameSequence, RelayPlace> places = new java.util.LinkedHashMap<>();
        places.put(
                new FrameSequence("run, 1;", "cam0", 2), new RelayPlace(new FrameSequence.Place(1, 77), 5, 70, false));
        places.put(new FrameSequence("b", "cam1", 0), new RelayPlace(new FrameSequence.Place(0, -1), 9, 10, true));
        assertThat(RelayPlace.decode(RelayPlace.encode(places))).isEqualTo(places);
        assertThat(RelayPlace.decode("")).isEmpty();
    }
}
