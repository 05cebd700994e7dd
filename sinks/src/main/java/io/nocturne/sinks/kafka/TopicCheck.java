package io.nocturne.sinks.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the cluster, before a run starts, whether a topic takes one frame's record; creates the topic where it may. */
final class TopicCheck {
    private static final Logger log = LoggerFactory.getLogger(TopicCheck.class);
    private static final String TOPIC_LIMIT = "max.message.bytes";
    private static final String REQUEST_LIMIT = "socket.request.max.bytes";
    private static final long MEBIBYTE = 1L << 20;

    private final Admin admin;
    private final KafkaSettings settings;
    private final int recordBytes;

    TopicCheck(Admin admin, KafkaSettings settings, int recordBytes) {
        this.admin = admin;
        this.settings = settings;
        this.recordBytes = recordBytes;
    }

    /**
     * Returns if records of that size will be taken.
     *
     * @throws KafkaSetupException naming the limit that is too small, or why the broker can't be asked
     */
    void run() throws KafkaSetupException, InterruptedException {
        try {
            checkBroker();
            if (exists()) {
                checkTopic();
            } else {
                create();
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof TimeoutException) {
                throw new KafkaSetupException(
                        "No Kafka broker answered at " + settings.bootstrapServers() + " within "
                                + settings.openTimeout().toMillis()
                                + " ms: start it, correct 'bootstrapServers' or, where it wants TLS or SASL, add the"
                                + " client's security settings",
                        cause);
            }
            throw new KafkaSetupException(
                    "Kafka at " + settings.bootstrapServers() + " can't be asked about topic '" + settings.topic()
                            + "': " + cause.getMessage(),
                    cause);
        }
    }

    private boolean exists() throws ExecutionException, InterruptedException {
        try {
            admin.describeTopics(List.of(settings.topic())).allTopicNames().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    private void create() throws KafkaSetupException, ExecutionException, InterruptedException {
        if (!settings.createTopic()) {
            throw new KafkaSetupException("Kafka topic '" + settings.topic() + "' does not exist at "
                    + settings.bootstrapServers() + ": create it with " + TOPIC_LIMIT + "=" + recordBytes
                    + " or more, or allow its creation");
        }
        long limit = (recordBytes + MEBIBYTE) / MEBIBYTE * MEBIBYTE;
        NewTopic topic = new NewTopic(
                        settings.topic(), Optional.of(settings.partitions()), replicas(settings.replicationFactor()))
                .configs(Map.of(TOPIC_LIMIT, Long.toString(limit)));
        try {
            admin.createTopics(List.of(topic)).all().get();
            log.info("Created Kafka topic '{}' with {}={}", settings.topic(), TOPIC_LIMIT, limit);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
            checkTopic();
        }
    }

    private static Optional<Short> replicas(int factor) {
        return factor == 0 ? Optional.empty() : Optional.of((short) factor);
    }

    private void checkTopic() throws KafkaSetupException, ExecutionException, InterruptedException {
        Optional<Long> limit = limit(new ConfigResource(ConfigResource.Type.TOPIC, settings.topic()), TOPIC_LIMIT);
        if (limit.isPresent() && limit.get() < recordBytes) {
            throw new KafkaSetupException("Kafka topic '" + settings.topic() + "' takes records up to " + limit.get()
                    + " bytes (" + TOPIC_LIMIT + "), but one frame's record needs " + recordBytes
                    + ": raise it with kafka-configs --alter --entity-type topics --entity-name " + settings.topic()
                    + " --add-config " + TOPIC_LIMIT + "=" + recordBytes + ", or choose another topic");
        }
    }

    private void checkBroker() throws KafkaSetupException, ExecutionException, InterruptedException {
        for (Node node : admin.describeCluster().nodes().get()) {
            Optional<Long> limit =
                    limit(new ConfigResource(ConfigResource.Type.BROKER, node.idString()), REQUEST_LIMIT);
            if (limit.isPresent() && limit.get() < recordBytes) {
                throw new KafkaSetupException("Kafka broker " + node.idString() + " at " + node.host() + ":"
                        + node.port() + " takes requests up to " + limit.get() + " bytes (" + REQUEST_LIMIT
                        + "), but one frame's record needs " + recordBytes + ": raise it in the broker's settings");
            }
        }
    }

    /** A limit as the cluster tells it; empty where we may not ask. */
    private Optional<Long> limit(ConfigResource resource, String name) throws ExecutionException, InterruptedException {
        try {
            Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            ConfigEntry entry = config.get(name);
            return entry == null || entry.value() == null ? Optional.empty() : Optional.of(Long.valueOf(entry.value()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                log.warn("Not allowed to read {} of {}: a frame too large for it will be lost", name, resource);
                return Optional.empty();
            }
            throw e;
        }
    }
}
