package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.stack.RunFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

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
public record KafkaSettings(
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
        KafkaContent content,
        Optional<RunFolder> claims) {
    public static final long DEFAULT_IN_FLIGHT_BYTES = 64L << 20;
    public static final Duration DEFAULT_OPEN_TIMEOUT = Duration.ofSeconds(10);
    public static final long DEFAULT_SPILL_BYTES = 8L << 30;
    public static final long DEFAULT_SPILL_RESERVE_BYTES = 2L << 30;

    public KafkaSettings {
        Objects.requireNonNull(bootstrapServers, "bootstrapServers");
        Objects.requireNonNull(spillFolder, "spillFolder");
        Objects.requireNonNull(openTimeout, "openTimeout");
        client = Map.copyOf(client);
        if (content == KafkaContent.CLAIM_CHECK && claims.isEmpty()) {
            throw new IllegalArgumentException("Claim checks need a run to refer to");
        }
        if (!topic.matches("[A-Za-z0-9._-]{1,249}") || topic.matches("\\.{1,2}")) {
            throw new IllegalArgumentException(
                    "Kafka topic '" + topic + "' must be 1 to 249 letters, digits, dots, dashes or underscores");
        }
        if (inFlightBytes < 1 || spillBytes < 0 || spillReserveBytes < 0 || partitions < 1) {
            throw new IllegalArgumentException(
                    "inFlightBytes and partitions are at least 1, spillBytes and" + " spillReserveBytes at least 0");
        }
        if (replicationFactor < 0 || replicationFactor > Short.MAX_VALUE || pass < 0) {
            throw new IllegalArgumentException("replicationFactor and pass are at least 0");
        }
    }

    /** With defaults for all else: 64 MiB in flight, 8 GiB of spill that leaves 2 GiB, topic created if absent. */
    public static KafkaSettings of(String bootstrapServers, String topic, Path spillFolder) {
        return new KafkaSettings(
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
                KafkaContent.FRAMES,
                Optional.empty());
    }

    public KafkaSettings withName(String newName) {
        return changed(draft -> draft.name = newName);
    }

    public KafkaSettings withInFlightBytes(long bytes) {
        return changed(draft -> draft.inFlightBytes = bytes);
    }

    public KafkaSettings withSpill(long bytes, long reserveBytes) {
        return changed(draft -> {
            draft.spillBytes = bytes;
            draft.spillReserveBytes = reserveBytes;
        });
    }

    public KafkaSettings withPatience(boolean newPatient) {
        return changed(draft -> draft.patient = newPatient);
    }

    public KafkaSettings withTopicCreation(boolean create, int newPartitions, int newReplicationFactor) {
        return changed(draft -> {
            draft.createTopic = create;
            draft.partitions = newPartitions;
            draft.replicationFactor = newReplicationFactor;
        });
    }

    public KafkaSettings withOpenTimeout(Duration timeout) {
        return changed(draft -> draft.openTimeout = timeout);
    }

    public KafkaSettings withStartAway(boolean allowed) {
        return changed(draft -> draft.startsAway = allowed);
    }

    public KafkaSettings withPass(int newPass) {
        return changed(draft -> draft.pass = newPass);
    }

    public KafkaSettings withClient(Map<String, String> newClient) {
        return changed(draft -> draft.client = newClient);
    }

    /**
     * Publishes something else than the frames themselves.
     *
     * @param run where the frames of {@link KafkaContent#CLAIM_CHECK} lie
     */
    public KafkaSettings withContent(KafkaContent newContent, RunFolder run) {
        return changed(draft -> {
            draft.content = newContent;
            draft.claims = Optional.of(run);
        });
    }

    private KafkaSettings changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.settings();
    }

    /** KafkaSettings that are being changed. */
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
        private KafkaContent content;
        private Optional<RunFolder> claims;

        Draft(KafkaSettings from) {
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

        KafkaSettings settings() {
            return new KafkaSettings(
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

    /** Bytes of the value of a record of such a frame. */
    public int valueBytes(FrameSpec spec) {
        return content.valueSpec(spec).map(FrameSpec::bytes).orElse(0) + FrameCodec.OVERHEAD_BYTES;
    }

    /** Bytes of a record of such a frame at most, its headers included. */
    int recordBytes(FrameSpec spec) {
        return valueBytes(spec) + ClientSettings.HEADER_ROOM_BYTES;
    }

    /**
     * What the producer of such frames is set to, by Kafka's names.
     *
     * @throws KafkaSetupException if the client's own settings are in the way
     */
    public Map<String, Object> producer(String clientId, FrameSpec spec) throws KafkaSetupException {
        return new ClientSettings(bootstrapServers, client).producer(clientId, recordBytes(spec), inFlightBytes);
    }
}
