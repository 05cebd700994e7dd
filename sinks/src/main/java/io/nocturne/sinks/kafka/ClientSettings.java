package io.nocturne.sinks.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * From the user's Kafka client settings to those of our producer, admin client and consumer. Anything the client knows is
 * passed on, TLS and SASL included, but for what delivery in order rests on. Values may be secrets: no message shows one
 * other than a number.
 */
final class ClientSettings {
    /** Room for headers, framing and small records beside one frame. */
    static final int HEADER_ROOM_BYTES = 8 << 10;

    private static final long MEBIBYTE = 1L << 20;

    /** A worker learns only from the frames how large its records will be. */
    private static final int MOST_RECORD_BYTES = 512 << 20;

    /** Settings that are ours, and why. */
    private static final Map<String, String> OURS = Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "it is given as 'bootstrapServers'",
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, "keys are stream names",
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, "values are ad00 records",
            ProducerConfig.ACKS_CONFIG, "a frame counts as delivered once all in-sync replicas have it (acks=all)",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "order through retries needs it",
            ProducerConfig.MAX_BLOCK_MS_CONFIG, "a sink must never wait in send",
            ProducerConfig.TRANSACTIONAL_ID_CONFIG, "this sink delivers at least once, without transactions",
            ProducerConfig.PARTITIONER_CLASS_CONFIG, "a stream's records must stay in one partition",
            ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG, "a stream's records must stay in one partition",
            ProducerConfig.INTERCEPTOR_CLASSES_CONFIG, "values are used again after sending");

    private final String bootstrapServers;
    private final Map<String, String> user;

    ClientSettings(String bootstrapServers, Map<String, String> user) throws KafkaSetupException {
        this.bootstrapServers = bootstrapServers;
        this.user = new TreeMap<>(user);
        Set<String> known = new TreeSet<>(ProducerConfig.configNames());
        known.addAll(AdminClientConfig.configNames());
        known.addAll(ConsumerConfig.configNames());
        for (String name : this.user.keySet()) {
            if (OURS.containsKey(name)) {
                throw new KafkaSetupException(
                        "Kafka client setting '" + name + "' can't be changed: " + OURS.get(name) + ". Remove it");
            }
            if (!known.contains(name)) {
                throw new KafkaSetupException(
                        "Unknown Kafka client setting '" + name + "'; did you mean '" + nearest(name, known) + "'?");
            }
        }
    }

    /** The known name with the fewest letters to change. */
    private static String nearest(String name, Set<String> known) {
        String best = "";
        int fewest = Integer.MAX_VALUE;
        for (String candidate : known) {
            int changes = distance(name, candidate);
            if (changes < fewest) {
                fewest = changes;
                best = candidate;
            }
        }
        return best;
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    /**
     * The producer's settings.
     *
     * @param clientId name in the broker's logs
     * @param recordBytes largest record, its headers included
     * @param inFlightBytes budget of records under way
     */
    Map<String, Object> producer(String clientId, int recordBytes, long inFlightBytes) throws KafkaSetupException {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 15_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, 24L * 3600 * 1000);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, (int) Math.max(MEBIBYTE, recordBytes));
        // A batch that holds one record lets the producer use its buffers again instead of allocating each.
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, recordBytes);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, inFlightBytes + 2L * recordBytes + MEBIBYTE);
        settings.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        passOn(ProducerConfig.configNames(), settings);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0L);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        atLeast(settings, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, recordBytes);
        atLeast(settings, ProducerConfig.BUFFER_MEMORY_CONFIG, recordBytes);
        try {
            new ProducerConfig(settings);
        } catch (ConfigException e) {
            throw new KafkaSetupException("The Kafka client refuses its settings: " + e.getMessage(), e);
        }
        return settings;
    }

    Map<String, Object> admin(long timeoutMillis) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "nocturne-check");
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) timeoutMillis);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) timeoutMillis);
        settings.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        Set<String> passed = new TreeSet<>(AdminClientConfig.configNames());
        passed.removeAll(settings.keySet());
        passOn(passed, settings);
        return settings;
    }

    Map<String, Object> consumer() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        passOn(ConsumerConfig.configNames(), settings);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return settings;
    }

    /** A member of a worker group: reads what is committed, and says itself what it has done. */
    Map<String, Object> relayConsumer(Relay.Settings relay, String worker) {
        Map<String, Object> settings = consumer();
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, relay.group());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "nocturne-worker-" + worker);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2 * relay.lanes());
        settings.put(
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) relay.takeOver().toMillis());
        settings.put(
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                (int) relay.takeOver().toMillis() / 4);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, (int) (16 * MEBIBYTE));
        return settings;
    }

    /** A producer whose records count once its transaction is committed. */
    Map<String, Object> relayProducer(Relay.Settings relay, String worker) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_RECORD_BYTES);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) MOST_RECORD_BYTES);
        settings.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        passOn(ProducerConfig.configNames(), settings);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "nocturne-worker-" + worker);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, relay.group() + "-" + worker);
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int)
                relay.takeOver().toMillis());
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int)
                relay.takeOver().toMillis());
        settings.put(
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) relay.takeOver().toMillis() / 2);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return settings;
    }

    private void passOn(Set<String> understood, Map<String, Object> settings) {
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        List<String> names = new ArrayList<>(user.keySet());
        names.retainAll(understood);
        for (String name : names) {
            settings.put(name, user.get(name));
        }
    }

    private static void atLeast(Map<String, Object> settings, String name, long needed) throws KafkaSetupException {
        String value = String.valueOf(settings.get(name));
        long set;
        try {
            set = Long.parseLong(value.trim());
        } catch (NumberFormatException e) {
            throw new KafkaSetupException("Kafka client setting '" + name + "' is not a whole number", e);
        }
        if (set < needed) {
            throw new KafkaSetupException("Kafka client setting '" + name + "' is " + set
                    + " bytes, but one frame's record needs " + needed + ": raise it, or remove it");
        }
    }
}
