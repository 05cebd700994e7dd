package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.stack.RunFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a stream's frames to a Kafka topic: one record per ring entry, in order, at least once. What the broker can't take
 * now waits in a bounded spill on disk and is sent before anything newer. Records are described in this package.
 *
 * <p>{@link #onFrame} answers PENDING and never waits for the broker; a frame settles on the producer's own thread, once
 * all in-sync replicas have it, and that may be before {@code onFrame} has returned. LOST means that the spill is full or
 * can't be written, or that Kafka refuses the record for good. What is pending at {@link #close} lies in the spill, for
 * {@link SpillReplay}.
 *
 * <p>Steady state allocates nothing of a frame's size: values are encoded into arrays used again, as many as the in-flight
 * budget holds frames. What a record does allocate, whatever its size, is its headers and the client's bookkeeping: 6 KiB
 * on the sink's thread and 16 KiB on the producer's, measured one frame at a time.
 */
public final class KafkaSink implements FrameSink {
    private static final Logger log = LoggerFactory.getLogger(KafkaSink.class);
    private static final byte[] NO_PIXELS = new byte[0];

    private final Settings settings;

    private SinkContext context;
    private byte[] key;
    /** Null for claim checks. */
    private FrameCodec codec;

    private PreviewPlane preview;
    private Header claim;
    private FrameHeaders headers;
    private RecordPool pool;
    private Outbox outbox;
    private long nextIndex;
    private final CRC32C crc = new CRC32C();
    private long lastCrc32c = -1;

    /** What a frame's record holds. */
    public enum Content {
        /** The product's pixels. */
        FRAMES,
        /** A camera frame's pixels, with the normalisation values to apply: for workers. */
        RAW,
        /** Where in the run's restored stack the frame lies, and its checksum. */
        CLAIM_CHECK,
        /** The frame binned to at most {@value #PREVIEW_SIDE} pixels a side, in 8 bits. */
        PREVIEW;

        private static final int PREVIEW_SIDE = 512;

        /** Geometry of the pixels in a record; empty without any. */
        Optional<FrameSpec> valueSpec(FrameSpec frame) {
            return switch (this) {
                case FRAMES, RAW -> Optional.of(frame);
                case PREVIEW -> Optional.of(PreviewPlane.specOf(frame, PREVIEW_SIDE));
                case CLAIM_CHECK -> Optional.empty();
            };
        }
    }

    /**
     * How to reach Kafka, and what may be used up for it.
     *
     * @param name of the sink, for ledger and reports
     * @param bootstrapServers {@code host:port}, comma-separated
     * @param topic where records go
     * @param spillFolder the run's folder for what Kafka can't take; a sub-folder per topic, stream, epoch and pass is made
     * @param inFlightBytes records under way at once; more go to the spill
     * @param spillBytes the most that the spill may hold
     * @param spillReserveBytes disk space that the spill leaves to others
     * @param patient for offline runs: a frame waits for room in flight as long as Kafka answers, instead of going to the
     *     spill; live, never
     * @param createTopic whether to create the topic if there is none
     * @param partitions of a created topic
     * @param replicationFactor of a created topic, 0 for the broker's default
     * @param openTimeout how long to wait for the broker at the start
     * @param startsAway whether a sink may open though no broker takes its records: all go to the spill then, until one does
     * @param pass 0 live; each later completion of the same run has the next number, and its own order
     * @param client settings of the Kafka client, passed through: TLS, SASL, compression, timeouts
     * @param content what a frame's record holds
     * @param claims the run whose stacks claim checks refer to
     */
    public record Settings(
            String name,
            String bootstrapServers,
            String topic,
            Path spillFolder,
            long inFlightBytes,
            long spillBytes,
            long spillReserveBytes,
            boolean patient,
            boolean createTopic,
            int partitions,
            int replicationFactor,
            Duration openTimeout,
            boolean startsAway,
            int pass,
            Map<String, String> client,
            Content content,
            Optional<RunFolder> claims) {
        public static final long DEFAULT_IN_FLIGHT_BYTES = 64L << 20;
        public static final Duration DEFAULT_OPEN_TIMEOUT = Duration.ofSeconds(10);
        public static final long DEFAULT_SPILL_BYTES = 8L << 30;
        public static final long DEFAULT_SPILL_RESERVE_BYTES = 2L << 30;

        public Settings {
            Objects.requireNonNull(bootstrapServers, "bootstrapServers");
            Objects.requireNonNull(spillFolder, "spillFolder");
            Objects.requireNonNull(openTimeout, "openTimeout");
            client = Map.copyOf(client);
            if (content == Content.CLAIM_CHECK && claims.isEmpty()) {
                throw new IllegalArgumentException("Claim checks need a run to refer to");
            }
            if (!topic.matches("[A-Za-z0-9._-]{1,249}") || topic.matches("\\.{1,2}")) {
                throw new IllegalArgumentException(
                        "Kafka topic '" + topic + "' must be 1 to 249 letters, digits, dots, dashes or underscores");
            }
            if (inFlightBytes < 1 || spillBytes < 0 || spillReserveBytes < 0 || partitions < 1) {
                throw new IllegalArgumentException("inFlightBytes and partitions are at least 1, spillBytes and"
                        + " spillReserveBytes at least 0");
            }
            if (replicationFactor < 0 || replicationFactor > Short.MAX_VALUE || pass < 0) {
                throw new IllegalArgumentException("replicationFactor and pass are at least 0");
            }
        }

        /** With defaults for all else: 64 MiB in flight, 8 GiB of spill that leaves 2 GiB, topic created if absent. */
        public static Settings of(String bootstrapServers, String topic, Path spillFolder) {
            return new Settings(
                    "kafka",
                    bootstrapServers,
                    topic,
                    spillFolder,
                    DEFAULT_IN_FLIGHT_BYTES,
                    DEFAULT_SPILL_BYTES,
                    DEFAULT_SPILL_RESERVE_BYTES,
                    false,
                    true,
                    1,
                    0,
                    DEFAULT_OPEN_TIMEOUT,
                    false,
                    0,
                    Map.of(),
                    Content.FRAMES,
                    Optional.empty());
        }

        public Settings withName(String newName) {
            return changed(draft -> draft.name = newName);
        }

        public Settings withInFlightBytes(long bytes) {
            return changed(draft -> draft.inFlightBytes = bytes);
        }

        public Settings withSpill(long bytes, long reserveBytes) {
            return changed(draft -> {
                draft.spillBytes = bytes;
                draft.spillReserveBytes = reserveBytes;
            });
        }

        public Settings withPatience(boolean newPatient) {
            return changed(draft -> draft.patient = newPatient);
        }

        public Settings withTopicCreation(boolean create, int newPartitions, int newReplicationFactor) {
            return changed(draft -> {
                draft.createTopic = create;
                draft.partitions = newPartitions;
                draft.replicationFactor = newReplicationFactor;
            });
        }

        public Settings withOpenTimeout(Duration timeout) {
            return changed(draft -> draft.openTimeout = timeout);
        }

        public Settings withStartAway(boolean allowed) {
            return changed(draft -> draft.startsAway = allowed);
        }

        public Settings withPass(int newPass) {
            return changed(draft -> draft.pass = newPass);
        }

        public Settings withClient(Map<String, String> newClient) {
            return changed(draft -> draft.client = newClient);
        }

        /**
         * Publishes something else than the frames themselves.
         *
         * @param run where the frames of {@link Content#CLAIM_CHECK} lie
         */
        public Settings withContent(Content newContent, RunFolder run) {
            return changed(draft -> {
                draft.content = newContent;
                draft.claims = Optional.of(run);
            });
        }

        private Settings changed(Consumer<Draft> change) {
            Draft draft = new Draft(this);
            change.accept(draft);
            return draft.settings();
        }

        /** Settings that are being changed. */
        private static final class Draft {
            private String name;
            private String bootstrapServers;
            private String topic;
            private Path spillFolder;
            private long inFlightBytes;
            private long spillBytes;
            private long spillReserveBytes;
            private boolean patient;
            private boolean createTopic;
            private int partitions;
            private int replicationFactor;
            private Duration openTimeout;
            private boolean startsAway;
            private int pass;
            private Map<String, String> client;
            private Content content;
            private Optional<RunFolder> claims;

            Draft(Settings from) {
                name = from.name;
                bootstrapServers = from.bootstrapServers;
                topic = from.topic;
                spillFolder = from.spillFolder;
                inFlightBytes = from.inFlightBytes;
                spillBytes = from.spillBytes;
                spillReserveBytes = from.spillReserveBytes;
                patient = from.patient;
                createTopic = from.createTopic;
                partitions = from.partitions;
                replicationFactor = from.replicationFactor;
                openTimeout = from.openTimeout;
                startsAway = from.startsAway;
                pass = from.pass;
                client = from.client;
                content = from.content;
                claims = from.claims;
            }

            Settings settings() {
                return new Settings(
                        name,
                        bootstrapServers,
                        topic,
                        spillFolder,
                        inFlightBytes,
                        spillBytes,
                        spillReserveBytes,
                        patient,
                        createTopic,
                        partitions,
                        replicationFactor,
                        openTimeout,
                        startsAway,
                        pass,
                        client,
                        content,
                        claims);
            }
        }

        /** Heap that sending frames of that geometry may take, at most: our values and the producer's buffers. */
        public long heapBytes(FrameSpec spec) {
            return 2 * inFlightBytes + 4L * recordBytes(spec);
        }

        private int recordBytes(FrameSpec spec) {
            return content.valueSpec(spec).map(FrameSpec::bytes).orElse(0)
                    + FrameCodec.OVERHEAD_BYTES
                    + ClientSettings.HEADER_ROOM_BYTES;
        }
    }

    public KafkaSink(Settings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return settings.name();
    }

    /**
     * Asks the broker whether it takes frames of this size, creates the topic where it may, and connects.
     *
     * @throws KafkaSetupException if a setting is unknown, a limit too small or no broker answers: names it. A sink that
     *     may start without its broker throws none of these but for settings
     */
    @Override
    public void open(SinkContext sinkContext) throws IOException, InterruptedException {
        context = sinkContext;
        String stream = context.stream().name();
        int recordBytes = recordBytes(context.spec());
        ClientSettings client = new ClientSettings(settings.bootstrapServers(), settings.client());
        Map<String, Object> producer = client.producer("nocturne-" + stream, recordBytes, settings.inFlightBytes());
        Outbox.Connector connector =
                new ProducerConnector(settings.bootstrapServers(), settings.topic(), producer, settings.openTimeout());
        Producer<byte[], byte[]> connected = firstConnection(client, recordBytes, connector);
        key = stream.getBytes(StandardCharsets.UTF_8);
        FrameSpec frame = context.spec();
        Content content = settings.content();
        preview = content == Content.PREVIEW ? new PreviewPlane(frame, Content.PREVIEW_SIDE) : null;
        codec = content == Content.CLAIM_CHECK
                ? null
                : new FrameCodec(stream, preview == null ? frame : preview.spec());
        headers = new FrameHeaders(context, settings.pass(), content);
        pool = codec == null
                ? new RecordPool(0, () -> NO_PIXELS)
                : new RecordPool(codec.recordBytes(), codec::newRecord);
        settings.claims()
                .ifPresent(run -> claim = FrameHeaders.header(
                        "claim", run.restored(stream, context.epoch()).toUri().toString()));
        outbox = new Outbox(
                settings.topic(),
                connected,
                connector,
                new Spill(
                        spillFolder(settings, stream, context.epoch()),
                        settings.spillBytes(),
                        settings.spillReserveBytes()),
                List.of(),
                pool,
                settings.inFlightBytes(),
                settings.patient(),
                (receipt, delivery) -> {
                    if (receipt.frame()) {
                        context.settled(receipt.index(), receipt.coreNanos(), receipt.committedNanos(), delivery);
                    }
                });
        outbox.offer(withoutPixels(FrameRecord.START_INDEX, context.clock().nanoTime(), headers.ofStart()));
        if (connected != null) {
            requireStartTaken();
        }
    }

    /** A producer that has heard from the broker; null if there is none and that may be so. */
    private Producer<byte[], byte[]> firstConnection(ClientSettings client, int recordBytes, Outbox.Connector connector)
            throws IOException, InterruptedException {
        try {
            checkTopic(settings, client, recordBytes);
            return connector.connect(() -> false);
        } catch (KafkaSetupException e) {
            if (!settings.startsAway()) {
                throw e;
            }
            log.warn("Records for topic {} go to the spill for now: {}", settings.topic(), e.getMessage());
            return null;
        }
    }

    /** The first record is also the proof that this topic takes ours: rights, clocks and limits included. */
    private void requireStartTaken() throws KafkaSetupException, InterruptedException {
        long deadline = System.nanoTime() + settings.openTimeout().toNanos();
        boolean settled = outbox.awaitSettled(() -> outbox.trouble() != null || System.nanoTime() - deadline >= 0);
        if (!settled || outbox.trouble() != null) {
            String trouble = outbox.trouble();
            outbox.discard();
            throw new KafkaSetupException("Kafka topic '" + settings.topic() + "' at " + settings.bootstrapServers()
                    + " does not take our records: "
                    + (trouble == null
                            ? "no acknowledgement within "
                                    + settings.openTimeout().toMillis() + " ms"
                            : trouble));
        }
    }

    static void checkTopic(Settings settings, ClientSettings client, int recordBytes)
            throws KafkaSetupException, InterruptedException {
        try (Admin admin = Admin.create(client.admin(settings.openTimeout().toMillis()))) {
            new TopicCheck(admin, settings, recordBytes).run();
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaSetupException("The Kafka client refuses its settings: " + cause.getMessage(), e);
        }
    }

    private int recordBytes(FrameSpec spec) throws KafkaSetupException {
        if (spec.bytes() > Integer.MAX_VALUE - (1 << 20)) {
            throw new KafkaSetupException(
                    "A frame of " + spec + " does not fit one Kafka record, which has less than 2 GiB");
        }
        int bytes = settings.recordBytes(spec);
        if (bytes > settings.inFlightBytes()) {
            throw new KafkaSetupException("inFlightBytes is " + settings.inFlightBytes() + ", but one record of a "
                    + spec + " frame needs " + bytes + ": raise it to a few times that");
        }
        return bytes;
    }

    /** Where a stream's records wait: {@code FOLDER/TOPIC/STREAM-EPOCH-PASS}. */
    static Path spillFolder(Settings settings, String stream, int epoch) {
        return settings.spillFolder().resolve(settings.topic()).resolve(stream + "-" + epoch + "-" + settings.pass());
    }

    @Override
    public Delivery onFrame(FrameView frame) {
        nextIndex = frame.index() + frame.count();
        long captured = context.clock().epochNanos(capturedNanos(frame));
        byte[] value = NO_PIXELS;
        lastCrc32c = -1;
        if (frame.hasPixels() && codec == null) {
            crc.reset();
            crc.update(frame.pixels());
            lastCrc32c = crc.getValue();
        } else if (frame.hasPixels()) {
            value = pool.take();
            ByteBuffer pixels = preview == null ? frame.pixels() : preview.of(frame.pixels());
            codec.encode(frame, pixels, context.epoch(), captured, value);
            lastCrc32c = codec.lastCrc32c();
        }
        List<Header> recordHeaders = headers.of(frame, lastCrc32c);
        if (frame.hasPixels()) {
            describe(recordHeaders);
        }
        Receipt receipt = new Receipt(frame.index(), true, frame.coreNanos(), frame.committedNanos());
        boolean taken = outbox.offer(new Outgoing(receipt, key, captured / 1_000_000, recordHeaders, value));
        return taken ? Delivery.PENDING : Delivery.LOST;
    }

    /** What a reader needs to make sense of a value that isn't the frame itself. */
    private void describe(List<Header> recordHeaders) {
        if (preview != null) {
            recordHeaders.add(FrameHeaders.header("preview-bin", preview.bin()));
            recordHeaders.add(FrameHeaders.header("preview-low", Double.toString(preview.low())));
            recordHeaders.add(FrameHeaders.header("preview-high", Double.toString(preview.high())));
        } else if (codec == null) {
            recordHeaders.add(claim);
        }
    }

    /** The earliest stamp that a frame has. */
    private long capturedNanos(FrameView frame) {
        if (frame.coreNanos() != 0) {
            return frame.coreNanos();
        }
        if (frame.receivedNanos() != 0) {
            return frame.receivedNanos();
        }
        return frame.committedNanos() != 0
                ? frame.committedNanos()
                : context.clock().nanoTime();
    }

    @Override
    public void onGap(long firstIndex, int count, Cause cause) {
        nextIndex = firstIndex + count;
        outbox.offer(withoutPixels(firstIndex, context.clock().nanoTime(), headers.ofGap(firstIndex, count, cause)));
    }

    /** Sends the end and waits, until the deadline, for all that is under way. */
    @Override
    public void onEnd(Cause cause, long deadlineNanos) throws InterruptedException {
        outbox.offer(withoutPixels(nextIndex, context.clock().nanoTime(), headers.ofEnd(nextIndex, cause)));
        outbox.awaitSettled(() -> context.clock().nanoTime() - deadlineNanos >= 0);
    }

    private Outgoing withoutPixels(long index, long nanos, List<Header> recordHeaders) {
        long millis = context.clock().epochNanos(nanos) / 1_000_000;
        return new Outgoing(new Receipt(index, false, 0, 0), key, millis, recordHeaders, NO_PIXELS);
    }

    /** A moment's figures, in records; any thread, once open. */
    public KafkaCounts counts() {
        return outbox.counts();
    }

    @Override
    public long lastCrc32c() {
        return lastCrc32c;
    }

    @Override
    public void close() throws IOException {
        if (outbox != null) {
            outbox.close();
        }
    }
}
