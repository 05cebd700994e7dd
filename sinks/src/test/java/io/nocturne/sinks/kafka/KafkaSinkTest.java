package io.nocturne.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.sinks.kafka.FrameRecord.Kind;
import io.nocturne.sinks.kafka.embedded.EmbeddedBroker;
import io.nocturne.stream.fakes.PatternFrames;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink.Delivery;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.stack.RunFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sink against a real broker, started once, in a folder whose path has spaces. */
class KafkaSinkTest {
    private static final FrameSpec SPEC = new FrameSpec(64, 48, PixelType.UINT16);

    @TempDir
    static Path shared;

    private static Path brokerFolder;
    private static EmbeddedBroker broker;

    @TempDir
    Path spillFolder;

    @BeforeAll
    static void startBroker() throws IOException {
        brokerFolder = shared.resolve("a folder with spaces").resolve("broker");
        broker = EmbeddedBroker.start(brokerFolder);
    }

    @AfterAll
    static void stopBroker() throws IOException {
        broker.close();
    }

    private interface Action {
        void run() throws Exception;
    }

    /** Stops the broker while something is done; the tests that follow find it again, whatever becomes of this one. */
    private static void withoutBroker(Action action) throws Exception {
        int port = broker.port();
        broker.close();
        try {
            action.run();
        } finally {
            broker = EmbeddedBroker.start(brokerFolder, port);
        }
    }

    private KafkaSettings settings(String topic) {
        return KafkaSettings.of(broker.bootstrapServers(), topic, spillFolder).withSpill(1 << 30, 0);
    }

    private static long soon() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    }

    private static List<FrameRecord> read(String topic, BooleanSupplier stop, List<FrameRecord> into)
            throws IOException {
        try (FrameConsumer consumer = new FrameConsumer(broker.bootstrapServers(), topic, Map.of())) {
            long deadline = soon();
            while (!stop.getAsBoolean()) {
                assertThat(System.nanoTime())
                        .as("read %d records of %s", into.size(), topic)
                        .isLessThan(deadline);
                into.addAll(consumer.poll(Duration.ofMillis(200)));
            }
            assertThat(consumer.unreadable()).isZero();
        }
        return into;
    }

    /** All records up to the end of the epoch. */
    private static List<FrameRecord> readToEnd(String topic) throws IOException {
        List<FrameRecord> records = new ArrayList<>();
        return read(topic, () -> !records.isEmpty() && last(records).kind() == Kind.END, records);
    }

    private static FrameRecord last(List<FrameRecord> records) {
        return records.get(records.size() - 1);
    }

    @Test
    void everyEntryBecomesARecordInOrder() throws Exception {
        FakeContext context = new FakeContext("run-a", SPEC);
        FakeFrames frame = new FakeFrames(SPEC);
        try (KafkaSink sink = new KafkaSink(settings("order"))) {
            sink.open(context);
            for (int i = 0; i < 50; i++) {
                assertThat(sink.onFrame(frame.restored(i))).isEqualTo(Delivery.PENDING);
            }
            assertThat(sink.onFrame(frame.without(FrameState.RAW_ONLY, Cause.NO_FREE_WORKER, 50, 3)))
                    .isEqualTo(Delivery.PENDING);
            assertThat(sink.lastCrc32c()).isEqualTo(-1);
            sink.onGap(53, 7, Cause.CAMERA_SKIPPED);
            sink.onFrame(frame.without(FrameState.FAILED, Cause.RESTORER_THREW, 60, 1));
            sink.onFrame(frame.restored(61));
            sink.onEnd(Cause.COMPLETED, soon());
        }
        assertThat(context.settled()).hasSize(53).doesNotContainValue(Delivery.LOST);
        assertThat(spillFolder).as("nothing was spilled").isEmptyDirectory();

        List<FrameRecord> records = readToEnd("order");
        List<String> told = new ArrayList<>();
        for (FrameRecord record : records) {
            told.add(record.kind() + " " + record.index() + " " + record.count() + " " + record.cause());
        }
        List<String> expected = new ArrayList<>(List.of("START -1 0 NONE"));
        for (int i = 0; i < 50; i++) {
            expected.add("RESTORED " + i + " 1 NONE");
        }
        expected.addAll(List.of(
                "RAW_ONLY 50 3 NO_FREE_WORKER",
                "GAP 53 7 CAMERA_SKIPPED",
                "FAILED 60 1 RESTORER_THREW",
                "RESTORED 61 1 NONE",
                "END 62 0 COMPLETED"));
        assertThat(told).isEqualTo(expected);
        for (FrameRecord record : records) {
            assertThat(record.frame().isPresent()).isEqualTo(record.kind() == Kind.RESTORED);
            if (record.frame().isPresent()) {
                Ad00Frame read = record.frame().get();
                assertThat(read.spec()).isEqualTo(SPEC);
                assertThat(read.number(FrameCodec.INDEX)).hasValue(record.index());
                assertThat(PatternFrames.mismatch(read.pixels(), record.index()))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void headersAreAsDocumented() throws Exception {
        FakeContext context = new FakeContext("run-h", SPEC);
        FakeFrames frame = new FakeFrames(SPEC).restored(9);
        frame.header.channel = 1;
        frame.header.zSlice = 2;
        frame.header.position = 3;
        frame.header.exposureNanos = 40_000_000;
        frame.header.exposedNanos = 77;
        frame.header.clippedPixels = 5;
        long crc;
        try (KafkaSink sink = new KafkaSink(settings("headers").withPass(2))) {
            sink.open(context);
            sink.onFrame(frame);
            crc = sink.lastCrc32c();
            sink.onEnd(Cause.STOP_REQUESTED, soon());
        }
        List<FrameRecord> records = readToEnd("headers");

        FrameRecord start = records.get(0);
        assertThat(textOf(start))
                .containsEntry("format", "nocturne/1")
                .containsEntry("schema", "none")
                .containsEntry("run", "run-h")
                .containsEntry("stream", "cam0")
                .containsEntry("epoch", "0")
                .containsEntry("pass", "2")
                .containsEntry("index", "-1")
                .containsEntry("state", "START")
                .containsEntry("model", "gaussian")
                .containsEntry("model-identity", "sha256:0123")
                .containsEntry("width", "64")
                .containsEntry("height", "48")
                .containsEntry("depth", "1")
                .containsEntry("pixel-type", "uint16")
                .containsEntry("significant-bits", "8")
                .containsEntry("pixel-size-um", "0.065")
                .containsEntry("z-step-um", "NaN")
                .containsEntry("frame-period-ns", "50000000")
                .containsEntry("total-frames", "-1");
        assertThat(start.headerValues("channel-name")).containsExactly("DAPI", "GFP, dim");

        FrameRecord restored = records.get(1);
        long core = context.clock().epochNanos(frame.coreNanos());
        assertThat(restored.timestampMillis()).isEqualTo(core / 1_000_000);
        assertThat(restored.frame().orElseThrow().captureEpochNanos()).isEqualTo(core);
        assertThat(textOf(restored))
                .containsEntry("format", "nocturne/1")
                .containsEntry("schema", "ad00")
                .containsEntry("index", "9")
                .containsEntry("count", "1")
                .containsEntry("state", "RESTORED")
                .containsEntry("cause", "NONE")
                .containsEntry("model", "gaussian")
                .containsEntry("norm.lo", "100.25")
                .containsEntry("norm.hi", "4009.5")
                .containsEntry("camera-number", "1009")
                .containsEntry("channel", "1")
                .containsEntry("z", "2")
                .containsEntry("position", "3")
                .containsEntry("time", "9")
                .containsEntry("exposure-ns", "40000000")
                .containsEntry("exposed-camera-ns", "77")
                .containsEntry("core-ns", Long.toString(core))
                .containsEntry("received-ns", Long.toString(core + 1))
                .containsEntry("committed-ns", Long.toString(core + 2))
                .containsEntry("intake-ns", Long.toString(core + 3))
                .containsEntry("restore-start-ns", Long.toString(core + 4))
                .containsEntry("restore-end-ns", Long.toString(core + 5))
                .containsEntry("clipped", "5")
                .containsEntry("crc32c", String.format(Locale.ROOT, "%08x", crc));
        assertThat(textOf(last(records))).containsEntry("state", "END").containsEntry("cause", "STOP_REQUESTED");
    }

    private FrameRecord oneFrame(String topic, KafkaContent content, RunFolder run) throws Exception {
        FakeContext context = new FakeContext("run-c", SPEC);
        try (KafkaSink sink = new KafkaSink(settings(topic).withContent(content, run))) {
            sink.open(context);
            sink.onFrame(new FakeFrames(SPEC).restored(5));
            sink.onEnd(Cause.COMPLETED, soon());
        }
        return readToEnd(topic).get(1);
    }

    @Test
    void aRecordHoldsAClaimAPreviewOrARawFrameWhereThatIsAskedFor() throws Exception {
        ByteBuffer pixels = ByteBuffer.allocate(SPEC.bytes()).order(ByteOrder.nativeOrder());
        PatternFrames.fill(pixels, 5);
        CRC32C crc = new CRC32C();
        crc.update(pixels.clear());
        try (RunFolder run = RunFolder.create(shared.resolve("run"))) {
            FrameRecord claim = oneFrame("claims", KafkaContent.CLAIM_CHECK, run);
            assertThat(claim.kind()).isEqualTo(Kind.RESTORED);
            assertThat(claim.frame()).isEmpty();
            assertThat(claim.header("claim"))
                    .hasValue(run.restoredZarr("cam0", 0).toUri().toString());
            assertThat(claim.header("crc32c")).hasValue(String.format(Locale.ROOT, "%08x", crc.getValue()));

            FrameRecord preview = oneFrame("previews", KafkaContent.PREVIEW, run);
            assertThat(preview.frame().orElseThrow().spec()).isEqualTo(new FrameSpec(64, 48, PixelType.UINT8));
            assertThat(preview.header("preview-bin")).hasValue("1");
            double low = Double.parseDouble(preview.header("preview-low").orElseThrow());
            double high = Double.parseDouble(preview.header("preview-high").orElseThrow());
            int shown = preview.frame().orElseThrow().pixels().get(100) & 0xFF;
            assertThat(low + shown * (high - low) / 255)
                    .isCloseTo(pixels.getShort(200) & 0xFFFF, within((high - low) / 510 + 1e-9));

            FrameRecord raw = oneFrame("raws", KafkaContent.RAW, run);
            assertThat(raw.kind()).isEqualTo(Kind.RAW);
            assertThat(raw.header("norm.lo")).hasValue("100.25");
            assertThat(PatternFrames.mismatch(raw.frame().orElseThrow().pixels(), 5))
                    .isEqualTo(-1);
        }
    }

    private static Map<String, String> textOf(FrameRecord record) {
        Map<String, String> text = new java.util.HashMap<>();
        record.headers()
                .forEach(header ->
                        text.put(header.key(), record.header(header.key()).orElseThrow()));
        return text;
    }

    private static void createTopic(String name, Map<String, String> configs) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(configs)))
                    .all()
                    .get();
        }
    }

    @Test
    void aTopicWhoseLimitIsTooSmallIsRefusedAtOpen() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(
                            List.of(new NewTopic("small", 1, (short) 1).configs(Map.of("max.message.bytes", "5000"))))
                    .all()
                    .get();
        }
        assertThatThrownBy(() -> open(settings("small"), SPEC))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("topic 'small'")
                .hasMessageContaining("5000")
                .hasMessageContaining("max.message.bytes=" + (SPEC.bytes() + 9216));
    }

    @Test
    void framesAboveKafkasDefaultLimitsPassThroughATopicMadeForThem() throws Exception {
        FrameSpec large = new FrameSpec(1024, 1100, PixelType.FLOAT32);
        FakeContext context = new FakeContext("run-l", large);
        FakeFrames frame = new FakeFrames(large);
        try (KafkaSink sink = new KafkaSink(settings("large"))) {
            sink.open(context);
            for (int i = 0; i < 4; i++) {
                sink.onFrame(frame.restored(i));
            }
            sink.onEnd(Cause.COMPLETED, soon());
        }
        List<FrameRecord> records = readToEnd("large");
        assertThat(records).hasSize(6);
        assertThat(records.get(4).frame().orElseThrow().spec()).isEqualTo(large);
    }

    @Test
    void limitsAndNamesOfTheClientAreCheckedBeforeAnythingStarts() {
        refuses(Map.of("max.request.size", "4096"), "'max.request.size' is 4096 bytes", "needs 15360");
        refuses(Map.of("buffer.memory", "2048"), "'buffer.memory' is 2048 bytes");
        refuses(Map.of("ssl.truststore.locaton", "x"), "did you mean 'ssl.truststore.location'?");
        refuses(Map.of("acks", "1"), "'acks' can't be changed", "in-sync");
        refuses(Map.of("compression.type", "zip"), "compression.type");
        refuses(Map.of("security.protocol", "SSL"), "No Kafka broker answered", "TLS");
        assertThatThrownBy(() -> open(settings("client").withInFlightBytes(1000), SPEC))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("inFlightBytes is 1000");
        assertThatThrownBy(() -> open(settings("absent").withTopicCreation(false, 1, 0), SPEC))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("topic 'absent' does not exist");
    }

    private void refuses(Map<String, String> client, String... parts) {
        KafkaSettings settings = settings("client").withClient(client).withOpenTimeout(Duration.ofMillis(1500));
        assertThatThrownBy(() -> open(settings, SPEC))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContainingAll(parts);
    }

    private static void open(KafkaSettings settings, FrameSpec spec) throws Exception {
        try (KafkaSink sink = new KafkaSink(settings)) {
            sink.open(new FakeContext("run", spec));
        }
    }

    @Test
    void aBrokerThatDoesNotAnswerStopsTheRunBeforeItStarts() {
        KafkaSettings settings =
                KafkaSettings.of("127.0.0.1:1", "nobody", spillFolder).withOpenTimeout(Duration.ofMillis(800));
        assertThatThrownBy(() -> open(settings, SPEC))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("800 ms");
    }

    @Test
    void framesAreCompleteAndInOrderAfterTheBrokerWasAway() throws Exception {
        FakeContext context = new FakeContext("run-r", SPEC);
        FakeFrames frame = new FakeFrames(SPEC);
        Map<String, String> impatient = Map.of("delivery.timeout.ms", "600", "request.timeout.ms", "500");
        // Room for a few frames, so that the spill begins at once.
        KafkaSettings settings = settings("restart").withInFlightBytes(100_000).withClient(impatient);
        Path spill = spillFolder.resolve("restart").resolve("cam0-0-0");
        try (KafkaSink sink = new KafkaSink(settings)) {
            sink.open(context);
            for (int i = 0; i < 100; i++) {
                assertThat(sink.onFrame(frame.restored(i))).isEqualTo(Delivery.PENDING);
            }
            withoutBroker(() -> {
                for (int i = 100; i < 200; i++) {
                    // Sends nothing and gives up nothing, and comes back at once: there is no broker to wait for.
                    assertThat(sink.onFrame(frame.restored(i))).isEqualTo(Delivery.PENDING);
                }
                assertThat(Spill.segmentFiles(spill)).isNotEmpty();
                assertThat(context.settled().size()).isLessThan(200);
                awaitState(sink, "SPILLING");
            });
            for (int i = 200; i < 300; i++) {
                assertThat(sink.onFrame(frame.restored(i))).isEqualTo(Delivery.PENDING);
            }
            sink.onEnd(Cause.COMPLETED, soon());
            assertThat(sink.counts().lost()).isZero();
        }
        assertThat(context.settled()).hasSize(300).doesNotContainValue(Delivery.LOST);
        assertThat(spill).as("all replayed").doesNotExist();

        List<FrameRecord> records = readToEnd("restart");
        assertThat(records).hasSize(302);
        for (int i = 0; i < 300; i++) {
            FrameRecord record = records.get(i + 1);
            assertThat(record.index()).isEqualTo(i);
            assertThat(PatternFrames.mismatch(record.frame().orElseThrow().pixels(), i))
                    .isEqualTo(-1);
        }
    }

    private static void awaitState(KafkaSink sink, String state) {
        long deadline = soon();
        while (!sink.counts().state().equals(state)) {
            assertThat(System.nanoTime()).as("waited for %s", state).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void whatIsPendingAtCloseIsSentLater() throws Exception {
        FakeContext context = new FakeContext("run-p", SPEC);
        FakeFrames frame = new FakeFrames(SPEC);
        KafkaSettings settings = settings("later").withInFlightBytes(100_000);
        try (KafkaSink sink = new KafkaSink(settings)) {
            sink.open(context);
            for (int i = 0; i < 10; i++) {
                sink.onFrame(frame.restored(i));
            }
            awaitSettled(context, 9);
            withoutBroker(() -> {
                for (int i = 10; i < 40; i++) {
                    assertThat(sink.onFrame(frame.restored(i))).isEqualTo(Delivery.PENDING);
                }
                // Until a deadline that has passed already.
                sink.onEnd(Cause.STOP_REQUESTED, System.nanoTime());
            });
        }
        int settledLive = context.settled().size();
        assertThat(settledLive).as("pending frames stay unsettled").isBetween(10, 40);
        assertThat(context.settled()).doesNotContainValue(Delivery.LOST);

        List<Long> delivered = new ArrayList<>();
        SpillReplay.Result result = SpillReplay.run(
                settings,
                (stream, epoch, pass, index) -> {
                    synchronized (delivered) {
                        delivered.add(index);
                    }
                },
                () -> false);
        assertThat(result.left()).isZero();
        assertThat(result.lost()).isZero();
        assertThat(result.damage()).isEmpty();
        assertThat(delivered).isSorted().hasSizeGreaterThanOrEqualTo(40 - settledLive);
        assertThat(spillFolder.resolve("later").resolve("cam0-0-0")).doesNotExist();
        List<FrameRecord> records = readToEnd("later");
        assertThat(records).hasSize(42);
        for (int i = 0; i < 42; i++) {
            assertThat(records.get(i).index()).isEqualTo(i - 1);
        }
    }

    @Test
    void aTopicThatRefusesTheFirstRecordStopsTheRunBeforeItStarts() throws Exception {
        createTopic("clock", Map.of("message.timestamp.after.max.ms", "1000"));
        FakeContext ahead = new FakeContext("run", SPEC, Duration.ofDays(30).toNanos());
        try (KafkaSink sink = new KafkaSink(settings("clock"))) {
            assertThatThrownBy(() -> sink.open(ahead))
                    .isInstanceOf(KafkaSetupException.class)
                    .hasMessageContaining("topic 'clock'")
                    .hasMessageContaining("does not take our records")
                    .hasMessageContaining("imestamp");
        }
        assertThat(spillFolder.resolve("clock").resolve("cam0-0-0")).doesNotExist();
    }

    @Test
    void aReaderOfATopicThatDoesNotExistIsToldSo() {
        assertThatThrownBy(() -> new FrameConsumer(broker.bootstrapServers(), "no-such-topic", Map.of()))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("no-such-topic");
    }

    @Test
    void aPortInUseIsNamed() {
        assertThatThrownBy(() -> EmbeddedBroker.start(shared.resolve("second"), broker.port()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Port " + broker.port());
        assertThatThrownBy(() -> EmbeddedBroker.start(shared.resolve("a,b"))).hasMessageContaining("comma");
    }

    @Test
    void sendingAllocatesNothingOfAFramesSize() throws Exception {
        FakeContext context = new FakeContext("run-m", new FrameSpec(512, 512, PixelType.UINT16));
        FakeFrames frame = new FakeFrames(context.spec());
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        try (KafkaSink sink = new KafkaSink(settings("allocation"))) {
            sink.open(context);
            for (int i = 0; i < 40; i++) {
                sink.onFrame(frame.restored(i));
                awaitSettled(context, i);
            }
            long producer = producerThread(threads);
            long ownBefore = threads.getCurrentThreadAllocatedBytes();
            long producerBefore = threads.getThreadAllocatedBytes(producer);
            for (int i = 40; i < 80; i++) {
                sink.onFrame(frame.restored(i));
                awaitSettled(context, i);
            }
            // A frame is 512 KiB; what is allowed is headers and the client's own bookkeeping.
            assertThat((threads.getCurrentThreadAllocatedBytes() - ownBefore) / 40)
                    .as("bytes per frame on the sink's thread")
                    .isLessThan(32_768);
            assertThat((threads.getThreadAllocatedBytes(producer) - producerBefore) / 40)
                    .as("bytes per frame on the producer's thread")
                    .isLessThan(65_536);
            sink.onEnd(Cause.COMPLETED, soon());
        }
    }

    private static void awaitSettled(FakeContext context, long index) {
        long deadline = soon();
        while (!context.settled().containsKey(index)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited for frame " + index);
            }
            Thread.onSpinWait();
        }
    }

    private static long producerThread(com.sun.management.ThreadMXBean threads) {
        for (var info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && info.getThreadName().contains("network-thread | nocturne-cam0")) {
                return info.getThreadId();
            }
        }
        throw new AssertionError("no producer thread");
    }
}
