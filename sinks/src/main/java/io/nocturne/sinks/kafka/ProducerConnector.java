package io.nocturne.sinks.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/** Makes producers that know the topic's partitions, so that no send has to wait for them. */
final class ProducerConnector implements Outbox.Connector {
    private static final long POLL_MILLIS = 20;

    private final String bootstrapServers;
    private final String topic;
    private final Map<String, Object> settings;
    private final Duration timeout;

    ProducerConnector(String bootstrapServers, String topic, Map<String, Object> settings, Duration timeout) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.settings = settings;
        this.timeout = timeout;
    }

    @Override
    public Producer<byte[], byte[]> connect(BooleanSupplier cancelled) throws IOException {
        Producer<byte[], byte[]> producer;
        try {
            producer = new KafkaProducer<>(settings);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaSetupException("The Kafka client refuses its settings: " + cause.getMessage(), e);
        }
        boolean connected = false;
        try {
            awaitPartitions(producer, cancelled);
            connected = true;
        } finally {
            if (!connected) {
                producer.close(Duration.ZERO);
            }
        }
        return producer;
    }

    private void awaitPartitions(Producer<byte[], byte[]> producer, BooleanSupplier cancelled) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                producer.partitionsFor(topic);
                return;
            } catch (TimeoutException e) {
                // With max.block.ms=0 this is the answer until the metadata has come in behind it.
                if (cancelled.getAsBoolean() || System.nanoTime() - deadline > 0) {
                    throw new KafkaSetupException("Kafka at " + bootstrapServers + " did not tell about topic '" + topic
                            + "' within " + timeout.toMillis() + " ms");
                }
            } catch (KafkaException e) {
                throw new KafkaSetupException("Kafka at " + bootstrapServers + ": " + e.getMessage(), e);
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaSetupException("Interrupted while connecting to Kafka at " + bootstrapServers);
            }
        }
    }
}
