package io.nocturne.config;

import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.ModelException;
import io.nocturne.sinks.kafka.KafkaSetupException;
import io.nocturne.sinks.kafka.Relay;
import io.nocturne.stream.latency.LatencyRecorder;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** Puts a worker together: models from here, frames from Kafka. One use. */
public final class RelayWorker {
    private final RunConfig.Restore restore;
    private final LatencyRecorder latency;

    /**
     * For those models.
     *
     * @param latencyLogs where the latency of each stage is logged
     */
    public RelayWorker(RunConfig.Restore restore, Path latencyLogs) {
        this.restore = restore;
        this.latency = new LatencyRecorder(latencyLogs);
    }

    /**
     * The worker, not yet running; {@code watcher} hears of its counts every few seconds, on the thread that runs it.
     *
     * @throws ModelException if there is no such model, or one that workers can't use
     */
    public Relay relay(
            String brokers,
            String rawTopic,
            String topic,
            String group,
            Duration takeOver,
            Map<String, String> client,
            Consumer<Relay.Counts> watcher)
            throws ModelException {
        Models.requireWorkable(
                ModelCatalog.open(restore.folders()).find(restore.model().text()));
        Relay.Settings settings =
                new Relay.Settings(brokers, rawTopic, topic, group, Sizing.workers(restore), takeOver, client);
        return new Relay(settings, this::open, latency, counts -> {
            latency.roll();
            watcher.accept(counts);
        });
    }

    private Restorer open(StreamSpec stream) throws KafkaSetupException {
        try {
            return Models.open(restore, stream)
                    .map(Models::restorer)
                    .orElseThrow(() -> new KafkaSetupException("A worker needs a model, not none"));
        } catch (ModelException e) {
            throw new KafkaSetupException(e.getMessage(), e);
        }
    }

    /** Latency of each stage since the start, in microseconds. */
    public Map<String, LatencyRecorder.Percentiles> latency() {
        return latency.percentiles();
    }
}
