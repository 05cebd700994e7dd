package io.nocturne.config;

import io.nocturne.sinks.kafka.KafkaSettings;
import io.nocturne.sinks.kafka.KafkaSetupException;
import io.nocturne.sinks.kafka.SpillReplay;
import io.nocturne.stream.stack.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Sends, after the run, the records that Kafka could not take during it. A run with a broker of its own has it started
 * again, on the log that it left in the run's folder.
 *
 * @param told what was sent, as sentences
 * @param problems what is still missing from the topic, as sentences
 */
record SpilledRecords(List<String> told, List<String> problems) {
    /**
     * Sends what the run's spill holds.
     *
     * @param stop asked every few milliseconds; once true, the rest stays in the spill
     */
    static SpilledRecords send(OpenRun run, RunConfig config, BooleanSupplier stop)
            throws IOException, InterruptedException {
        SpilledRecords outcome = new SpilledRecords(new ArrayList<>(), new ArrayList<>());
        RunFolder folder = run.folder();
        if (config.kafka().isPresent() && holdsRecords(folder.spillDir())) {
            RunConfig.Kafka kafka = config.kafka().get();
            try {
                outcome.send(settings(kafka, run.bootstrap().orElseThrow(), folder), stop);
            } catch (KafkaSetupException e) {
                outcome.problems.add("records still wait in " + folder.spillDir() + ": " + e.getMessage());
            }
        }
        return outcome;
    }

    private static boolean holdsRecords(Path spill) throws IOException {
        if (!Files.isDirectory(spill)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(spill)) {
            return files.anyMatch(Files::isRegularFile);
        }
    }

    private static KafkaSettings settings(RunConfig.Kafka kafka, String brokers, RunFolder folder) {
        return KafkaSettings.of(brokers, kafka.topic(), folder.spillDir()).withClient(kafka.client());
    }

    private void send(KafkaSettings settings, BooleanSupplier stop) throws IOException, InterruptedException {
        SpillReplay.Result result = SpillReplay.run(settings, (stream, epoch, pass, index) -> {}, stop);
        if (result.sent() > 0) {
            told.add(result.sent() + " records that had waited for Kafka are now in topic '" + settings.topic() + "'");
        }
        if (result.left() > 0) {
            problems.add(result.left() + " records still wait for Kafka in " + settings.spillFolder());
        }
        if (result.lost() > 0) {
            problems.add(result.lost() + " records of the spill are damaged or were refused by Kafka");
        }
        result.damage().forEach(part -> told.add("spill: " + part));
    }
}
