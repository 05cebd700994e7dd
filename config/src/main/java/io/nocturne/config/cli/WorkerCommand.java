package io.nocturne.config.cli;

import io.nocturne.config.RelayWorker;
import io.nocturne.config.RunConfig;
import io.nocturne.config.units.Span;
import io.nocturne.config.yaml.ConfigReader;
import io.nocturne.sinks.kafka.Relay;
import io.nocturne.stream.latency.LatencyRecorder.Percentiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Restores, on this machine, frames that runs elsewhere publish raw; one of as many as are wanted. */
@Command(
        name = "worker",
        description = "Restore raw frames of a Kafka topic into another, together with other workers of the group.")
public final class WorkerCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--brokers", required = true, paramLabel = "HOST:PORT", description = "Kafka, comma-separated.")
    String brokers;

    @Option(
            names = "--raw",
            required = true,
            paramLabel = "TOPIC",
            description = "Where runs with 'restore.elsewhere: true' publish.")
    String raw;

    @Option(names = "--topic", required = true, paramLabel = "TOPIC", description = "Where restored frames go.")
    String topic;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            defaultValue = "nocturne-workers",
            description = "Workers of one group share the work (${DEFAULT-VALUE}).")
    String group;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "NAME|FILE.onnx",
            description = "The runs' own model; frames of another one are refused.")
    String model;

    @Option(names = "--lanes", paramLabel = "N", description = "Frames restored at a time (half of the cores).")
    Optional<Integer> lanes = Optional.empty();

    @Option(
            names = "--device",
            paramLabel = "PROVIDER",
            description = "GPU provider: tensorrt or cuda; the CPU without it.")
    Optional<String> device = Optional.empty();

    @Option(
            names = "--take-over",
            paramLabel = "SPAN",
            defaultValue = "10 s",
            description = "After so long without a sign of life, others take a worker's frames (${DEFAULT-VALUE}).")
    String takeOver;

    @Option(
            names = "--client",
            paramLabel = "NAME=VALUE",
            description = "A setting of the Kafka client, as Kafka names it: TLS, SASL. May come several times.")
    Map<String, String> client = new LinkedHashMap<>();

    @Option(
            names = "--latency",
            paramLabel = "DIR",
            defaultValue = "nocturne-worker",
            description = "Where latency logs go (${DEFAULT-VALUE}).")
    Path latency;

    @Override
    public Integer call() throws Exception {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("model", model);
        lanes.ifPresent(n -> values.put("workers", n.toString()));
        device.ifPresent(name -> values.put("devices", name));
        RunConfig.Restore restore =
                ConfigReader.parse("{}", "command line", Path.of("").toAbsolutePath(), RunConfig.Restore.class, values);
        PrintWriter out = spec.commandLine().getOut();
        out.printf("Worker of group %s: %s -> %s at %s, model %s%n", group, raw, topic, brokers, model);
        out.flush();
        RelayWorker worker = new RelayWorker(restore, latency);
        Relay relay = worker.relay(
                brokers,
                raw,
                topic,
                group,
                Duration.ofNanos(Span.parse(takeOver).nanos()),
                client,
                this::tell);
        Signals signals = new Signals(relay::stop);
        try {
            relay.run();
        } finally {
            signals.close();
            for (Map.Entry<String, Percentiles> stage : worker.latency().entrySet()) {
                Percentiles p = stage.getValue();
                out.printf(
                        "  %-10s n %d  p50 %d us  p99 %d us  max %d us%n",
                        stage.getKey(), p.count(), p.p50(), p.p99(), p.max());
            }
            out.flush();
        }
        return relay.counts().failed() == 0 ? 0 : CommandErrors.FAILED;
    }

    private void tell(Relay.Counts counts) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "restored %d, failed %d, passed on %d, repeats %d, unreadable %d, batches done again %d; lag %d in %d"
                        + " partitions%n",
                counts.restored(),
                counts.failed(),
                counts.passedOn(),
                counts.repeats(),
                counts.unreadable(),
                counts.givenUp(),
                counts.lag(),
                counts.partitions());
        out.flush();
    }
}
