package io.nocturne.sinks.kafka;

import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic of frames from its beginning and gives every frame once, in capture order per stream: a record that is not
 * newer than the last one seen of its run, stream and pass is a repeat, and left out. Not safe for use from multiple
 * threads.
 */
public final class FrameConsumer implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(FrameConsumer.class);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<FrameSequence, FrameSequence.Place> lastSeen = new HashMap<>();
    private long repeats;
    private long unreadable;

    /**
     * Starts at a topic's beginning, outside any consumer group.
     *
     * @param bootstrapServers {@code host:port}, comma-separated
     * @param client settings of the Kafka client, passed through
     * @throws KafkaSetupException if a setting is unknown, no broker answers or there is no such topic
     */
    public FrameConsumer(String bootstrapServers, String topic, Map<String, String> client) throws KafkaSetupException {
        Map<String, Object> settings = new ClientSettings(bootstrapServers, client).consumer();
        boolean ready = false;
        try {
            consumer = new KafkaConsumer<>(settings);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaSetupException("The Kafka client refuses its settings: " + cause.getMessage(), e);
        }
        try {
            List<TopicPartition> partitions = new ArrayList<>();
            for (PartitionInfo partition : consumer.partitionsFor(topic, Duration.ofSeconds(10))) {
                partitions.add(new TopicPartition(topic, partition.partition()));
            }
            if (partitions.isEmpty()) {
                throw new KafkaSetupException("Kafka at " + bootstrapServers + " has no topic '" + topic + "'");
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            ready = true;
        } catch (KafkaException e) {
            throw new KafkaSetupException(
                    "Kafka at " + bootstrapServers + " can't be asked about topic '" + topic + "': " + e.getMessage(),
                    e);
        } finally {
            if (!ready) {
                consumer.close();
            }
        }
    }

    /**
     * New records, in order per stream.
     *
     * @param timeout how long to wait for the first of them
     */
    public List<FrameRecord> poll(Duration timeout) {
        List<FrameRecord> fresh = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
            FrameRecord frame;
            try {
                frame = FrameRecord.of(record);
            } catch (MalformedFrameException e) {
                if (unreadable++ == 0) {
                    log.warn(
                            "Record {} of {} is left out, like all that can't be read: {}",
                            record.offset(),
                            record.topic(),
                            e.getMessage());
                }
                continue;
            }
            if (isNew(frame)) {
                fresh.add(frame);
            } else {
                repeats++;
            }
        }
        return fresh;
    }

    private boolean isNew(FrameRecord frame) {
        FrameSequence sequence = FrameSequence.of(frame);
        FrameSequence.Place place = FrameSequence.Place.of(frame);
        FrameSequence.Place last = lastSeen.get(sequence);
        if (last != null && !place.isAfter(last)) {
            return false;
        }
        lastSeen.put(sequence, place);
        return true;
    }

    /** Records left out so far because they had been seen. */
    public long repeats() {
        return repeats;
    }

    /** Records left out so far because they are not frames of ours, or damaged. */
    public long unreadable() {
        return unreadable;
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
    }
}
