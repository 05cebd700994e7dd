package io.nocturne.sinks.kafka;

import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores raw frames of a topic into another one, as a member of a consumer group: products and the offsets they stand
 * for commit in one transaction, so a reader of committed records gets every frame exactly once and in order, whichever
 * worker made it and however often workers died.
 *
 * <pre>
 *   raw topic --poll--&gt; dedup by (run, stream, pass, index) --&gt; lanes of the stream --&gt; products --+
 *                                                                                               +-- one transaction
 *   offset of each partition, with the place of its streams as metadata ----------------------------+
 * </pre>
 *
 * {@link #run} blocks the thread that calls it; {@link #stop} and {@link #counts} are for any thread.
 */
public final class Relay {
    /** Opens the restorer for one epoch of a stream; it is closed here. */
    @FunctionalInterface
    public interface Restorers {
        /**
         * Opens one.
         *
         * @throws KafkaSetupException if these frames can't be restored by what this worker has
         */
        Restorer open(StreamSpec stream) throws KafkaSetupException, InterruptedException;
    }

    /**
     * What a worker reads and writes.
     *
     * @param bootstrapServers {@code host:port}, comma-separated
     * @param rawTopic frames published with their normalisation values
     * @param topic where products go; made if there is none, with as many partitions as the raw topic
     * @param group workers of one group share the raw topic's partitions
     * @param lanes frames of a stream under way at a time
     * @param takeOver after how long without a sign of life another worker takes this one's streams, and its transaction
     *     is given up; a batch of two frames per lane must be done within it. At least what the broker allows, usually 6 s
     * @param client settings of the Kafka client, passed through
     */
    public record Settings(
            String bootstrapServers,
            String rawTopic,
            String topic,
            String group,
            int lanes,
            Duration takeOver,
            Map<String, String> client) {
        public static final Duration DEFAULT_TAKE_OVER = Duration.ofSeconds(10);

        public Settings {
            Objects.requireNonNull(bootstrapServers, "bootstrapServers");
            Objects.requireNonNull(group, "group");
            client = Map.copyOf(client);
            if (lanes < 1) {
                throw new IllegalArgumentException("A worker has at least one lane, not " + lanes);
            }
            if (rawTopic.equals(topic)) {
                throw new IllegalArgumentException("Products can't go to the topic of the raw frames, " + topic);
            }
        }
    }

    /**
     * A moment's figures.
     *
     * @param restored products committed
     * @param failed frames that could not be restored, committed
     * @param passedOn other records committed: starts, ends, gaps, frames that were raw without pixels
     * @param repeats raw records left out because they had been seen
     * @param unreadable raw records left out because they are not ours, damaged, or their start is gone
     * @param givenUp transactions given up and done again
     * @param lag raw records not restored yet, in the partitions of this worker
     * @param partitions that this worker has
     */
    public record Counts(
            long restored,
            long failed,
            long passedOn,
            long repeats,
            long unreadable,
            long givenUp,
            long lag,
            int partitions) {}

    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int TELL_SECONDS = 5;

    private final Settings settings;
    private final Restorers restorers;
    private final Consumer<Counts> watcher;
    private final LatencyRecorder.Stage restoring;
    private final LatencyRecorder.Stage committing;
    private final LatencyRecorder.Stage endToEnd;
    private final String name = UUID.randomUUID().toString().substring(0, 8);
    private final Map<TopicPartition, RelayPartition> partitions = new HashMap<>();
    private final List<Long> captured = new ArrayList<>();
    private final Set<TopicPartition> touched = new LinkedHashSet<>();
    private KafkaConsumer<byte[], byte[]> consumer;
    private KafkaProducer<byte[], byte[]> producer;
    private ExecutorService workers;
    private boolean inTransaction;
    private int checkedBytes;
    private ClientSettings client;
    private Counts pending = new Counts(0, 0, 0, 0, 0, 0, 0, 0);
    private volatile Counts counts = pending;
    private volatile boolean stopping;

    /**
     * @param latency takes the stages {@code restore}, {@code commit} and {@code end-to-end}: from a frame's capture to the
     *     commit of its product, over the clocks of two machines where they are two
     * @param watcher hears of the counts every {@value #TELL_SECONDS} s and at the end, on the relay's thread
     */
    public Relay(Settings settings, Restorers restorers, LatencyRecorder latency, Consumer<Counts> watcher) {
        this.watcher = watcher;
        this.settings = settings;
        this.restorers = restorers;
        this.restoring = latency.stage("restore");
        this.committing = latency.stage("commit");
        this.endToEnd = latency.stage("end-to-end");
    }

    /** Ends {@link #run} after the batch that is under way. Any thread. */
    public void stop() {
        stopping = true;
    }

    /** The newest figures. Any thread. */
    public Counts counts() {
        return counts;
    }

    /**
     * Restores until stopped.
     *
     * @throws KafkaSetupException if Kafka can't be reached as set up, or this worker can't restore what comes: says why
     */
    public void run() throws KafkaSetupException, InterruptedException {
        client = new ClientSettings(settings.bootstrapServers(), settings.client());
        workers = Executors.newFixedThreadPool(settings.lanes(), work -> {
            Thread thread = new Thread(work, "relay-worker");
            thread.setDaemon(true);
            return thread;
        });
        boolean clean = false;
        try {
            consumer = new KafkaConsumer<>(client.relayConsumer(settings, name));
            connect();
            consumer.subscribe(Set.of(settings.rawTopic()), new Assignment());
            long told = System.nanoTime();
            while (!stopping) {
                ConsumerRecords<byte[], byte[]> batch = poll();
                if (!batch.isEmpty()) {
                    attempt(batch);
                }
                observeLag();
                if (System.nanoTime() - told >= TimeUnit.SECONDS.toNanos(TELL_SECONDS)) {
                    told = System.nanoTime();
                    watcher.accept(counts);
                }
            }
            watcher.accept(counts);
            clean = true;
        } catch (InterruptException e) {
            // Kafka's own, unchecked; it has set the flag again.
            throw new InterruptedException("Interrupted while waiting for Kafka");
        } catch (KafkaException e) {
            throw new KafkaSetupException(
                    "Kafka at " + settings.bootstrapServers() + " ended the worker: " + e.getMessage(), e);
        } finally {
            close(clean);
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            return consumer.poll(POLL);
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        }
    }

    private void connect() throws KafkaSetupException {
        producer = new KafkaProducer<>(client.relayProducer(settings, name));
        producer.initTransactions();
    }

    /** One batch, all of it or nothing. */
    private void attempt(ConsumerRecords<byte[], byte[]> batch) throws KafkaSetupException, InterruptedException {
        pending = counts;
        try {
            for (ConsumerRecord<byte[], byte[]> record : batch) {
                relay(record);
            }
            for (RelayPartition partition : partitions.values()) {
                partition.finish(this::send);
            }
            commit(batch);
            counts = pending;
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.warn("A batch is given up and done again: {}", e.getMessage());
            Counts before = counts;
            counts = new Counts(
                    before.restored(),
                    before.failed(),
                    before.passedOn(),
                    before.repeats(),
                    before.unreadable(),
                    before.givenUp() + 1,
                    before.lag(),
                    before.partitions());
            abort();
            rewind();
        }
    }

    private void relay(ConsumerRecord<byte[], byte[]> record) throws KafkaSetupException, InterruptedException {
        TopicPartition of = new TopicPartition(record.topic(), record.partition());
        RelayPartition partition = partitions.get(of);
        if (partition == null) {
            return; // taken away while its records lay in this batch
        }
        touched.add(of);
        switch (partition.take(record, this::send)) {
            case TAKEN -> {}
            case REPEAT -> pending = plus(0, 0, 0, 1, 0);
            case UNREADABLE -> pending = plus(0, 0, 0, 0, 1);
        }
    }

    /** Opens a restorer, and makes sure that the topic takes its products. */
    private Restorer open(StreamSpec stream) throws KafkaSetupException, InterruptedException {
        Restorer restorer = restorers.open(stream);
        boolean fits = false;
        try {
            int records =
                    restorer.spec().product().bytes() + FrameCodec.OVERHEAD_BYTES + ClientSettings.HEADER_ROOM_BYTES;
            if (records > checkedBytes) {
                int count = consumer.partitionsFor(settings.rawTopic()).size();
                KafkaSettings topic = KafkaSettings.of(settings.bootstrapServers(), settings.topic(), Path.of(""))
                        .withTopicCreation(true, count, 0);
                KafkaSink.checkTopic(topic, client, records);
                checkedBytes = records;
            }
            fits = true;
            return restorer;
        } finally {
            if (!fits) {
                restorer.close();
            }
        }
    }

    private void send(String stream, RelayedStream.Product product) {
        if (!inTransaction) {
            producer.beginTransaction();
            inTransaction = true;
        }
        Future<?> unused = producer.send(new ProducerRecord<>(
                settings.topic(),
                null,
                product.timestampMillis,
                stream.getBytes(StandardCharsets.UTF_8),
                product.value,
                product.headers));
        boolean frame = product.header.restoreEndNanos != 0;
        if (frame) {
            restoring.record(product.header.restoreStartNanos, product.header.restoreEndNanos);
            captured.add(product.header.coreNanos);
        }
        boolean restored = frame && product.state == FrameState.RESTORED;
        pending = plus(restored ? 1 : 0, frame && !restored ? 1 : 0, frame ? 0 : 1, 0, 0);
    }

    private Counts plus(int restored, int failed, int passedOn, int repeats, int unreadable) {
        return new Counts(
                pending.restored() + restored,
                pending.failed() + failed,
                pending.passedOn() + passedOn,
                pending.repeats() + repeats,
                pending.unreadable() + unreadable,
                pending.givenUp(),
                pending.lag(),
                pending.partitions());
    }

    private void commit(ConsumerRecords<byte[], byte[]> batch) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition of : touched) {
            OffsetAndMetadata next = batch.nextOffsets().get(of);
            offsets.put(
                    of,
                    new OffsetAndMetadata(
                            next.offset(),
                            next.leaderEpoch(),
                            partitions.get(of).places()));
        }
        touched.clear();
        if (offsets.isEmpty()) {
            return;
        }
        long started = System.nanoTime();
        if (!inTransaction) {
            producer.beginTransaction();
            inTransaction = true;
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
        inTransaction = false;
        committing.record(started, System.nanoTime());
        long now = RelayedStream.WALL.nanoTime();
        for (long from : captured) {
            endToEnd.record(from, now);
        }
        captured.clear();
    }

    /** Gives the transaction up; a producer that was shut out is replaced. */
    private void abort() throws KafkaSetupException {
        captured.clear();
        touched.clear();
        if (inTransaction) {
            inTransaction = false;
            try {
                producer.abortTransaction();
            } catch (KafkaException e) {
                log.info("A new producer takes over: {}", e.getMessage());
                producer.close(Duration.ZERO);
                connect();
            }
        }
    }

    /** Back to what is committed: what this process knows beyond that is worth nothing. */
    private void rewind() {
        Set<TopicPartition> assigned = consumer.assignment();
        forget(assigned);
        adopt(assigned);
        for (TopicPartition of : assigned) {
            long offset = partitions.get(of).committed();
            if (offset >= 0) {
                consumer.seek(of, offset);
            } else {
                consumer.seekToBeginning(Set.of(of));
            }
        }
    }

    private void adopt(Collection<TopicPartition> added) {
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(new LinkedHashSet<>(added));
        for (TopicPartition of : added) {
            OffsetAndMetadata last = committed.get(of);
            partitions.put(
                    of,
                    new RelayPartition(
                            of,
                            last == null ? -1 : last.offset(),
                            last == null ? new LinkedHashMap<>() : RelayPlace.decode(last.metadata()),
                            settings,
                            this::open,
                            workers));
        }
    }

    private void forget(Collection<TopicPartition> removed) {
        for (TopicPartition of : removed) {
            touched.remove(of);
            RelayPartition partition = partitions.remove(of);
            if (partition != null) {
                partition.close();
            }
        }
    }

    private final class Assignment implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> removed) {
            forget(removed);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            adopt(added);
            if (!added.isEmpty()) {
                log.info("This worker takes {}", added);
            }
        }
    }

    private void observeLag() {
        long lag = 0;
        for (TopicPartition of : consumer.assignment()) {
            lag += consumer.currentLag(of).orElse(0);
        }
        Counts now = counts;
        counts = new Counts(
                now.restored(),
                now.failed(),
                now.passedOn(),
                now.repeats(),
                now.unreadable(),
                now.givenUp(),
                lag,
                partitions.size());
    }

    /** A worker that failed leaves no word behind, as one that was killed: its transaction is given up by others. */
    private void close(boolean clean) {
        forget(Set.copyOf(partitions.keySet()));
        workers.shutdown();
        Duration patience = clean ? Duration.ofSeconds(10) : Duration.ZERO;
        if (producer != null) {
            producer.close(patience);
        }
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(patience));
        }
    }
}
