package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.FrameSink.Delivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends what runs left in their spill, in order, and removes what Kafka has acknowledged. A run that is still recording
 * must not share the folder. Blocks the caller's thread.
 */
public final class SpillReplay {
    private static final Pattern LEFT_BY = Pattern.compile("(.+)-(\\d+)-(\\d+)");

    /** Hears of each frame that Kafka has acknowledged, on the producer's thread. */
    public interface Listener {
        void delivered(String stream, int epoch, int pass, long index);
    }

    /**
     * What became of a spill.
     *
     * @param sent records acknowledged
     * @param left records still in the spill
     * @param lost records that can't be read back, or that Kafka refuses for good
     * @param damage a sentence for each part of a file that is not whole
     */
    public record Result(long sent, long left, long lost, List<String> damage) {}

    private record Left(Path folder, String stream, int epoch, int pass) {}

    private SpillReplay() {}

    /**
     * Sends what the folder holds for the topic of these settings.
     *
     * @param settings of the sink that left it; its {@code spillFolder} is where to look
     * @param expired asked every few milliseconds; once true, the rest is left for another time
     * @throws KafkaSetupException if Kafka can't be reached as set up
     */
    public static Result run(KafkaSettings settings, Listener listener, BooleanSupplier expired)
            throws IOException, InterruptedException {
        long sent = 0;
        long left = 0;
        long lost = 0;
        List<String> damage = new ArrayList<>();
        for (Left part : leftIn(settings.spillFolder().resolve(settings.topic()))) {
            try (Spill spill = new Spill(part.folder(), Long.MAX_VALUE, 0)) {
                Spill.Recovered recovered = spill.recover();
                damage.addAll(recovered.damage());
                if (!recovered.tickets().isEmpty()) {
                    KafkaCounts counts = send(settings, part, spill, recovered.tickets(), listener, expired);
                    sent += counts.acknowledged();
                    lost += counts.lost();
                    left += counts.inFlight() + counts.backlog();
                }
            }
        }
        return new Result(sent, left, lost, damage);
    }

    private static KafkaCounts send(
            KafkaSettings settings,
            Left part,
            Spill spill,
            List<Spill.Ticket> tickets,
            Listener listener,
            BooleanSupplier expired)
            throws IOException, InterruptedException {
        int longest = tickets.stream().mapToInt(Spill.Ticket::length).max().orElse(0);
        int recordBytes = longest + ClientSettings.HEADER_ROOM_BYTES;
        long budget = Math.max(settings.inFlightBytes(), recordBytes);
        ClientSettings client = new ClientSettings(settings.bootstrapServers(), settings.client());
        Map<String, Object> producer = client.producer("nocturne-" + part.stream(), recordBytes, budget);
        KafkaSink.checkTopic(settings, client, recordBytes);
        Outbox.Connector connector =
                new ProducerConnector(settings.bootstrapServers(), settings.topic(), producer, settings.openTimeout());
        try (Outbox outbox = new Outbox(
                settings.topic(),
                connector.connect(() -> false),
                connector,
                spill,
                tickets,
                new RecordPool(0, () -> new byte[0]),
                budget,
                false,
                (receipt, delivery) -> {
                    if (receipt.frame() && delivery == Delivery.DELIVERED) {
                        listener.delivered(part.stream(), part.epoch(), part.pass(), receipt.index());
                    }
                })) {
            outbox.awaitSettled(expired);
            return outbox.counts();
        }
    }

    private static List<Left> leftIn(Path folder) throws IOException {
        List<Left> parts = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return parts;
        }
        try (var folders = Files.newDirectoryStream(folder, Files::isDirectory)) {
            for (Path part : folders) {
                Matcher name = LEFT_BY.matcher(part.getFileName().toString());
                if (name.matches()) {
                    parts.add(new Left(
                            part, name.group(1), Integer.parseInt(name.group(2)), Integer.parseInt(name.group(3))));
                }
            }
        }
        parts.sort(Comparator.comparing(Left::stream).thenComparing(Left::pass).thenComparing(Left::epoch));
        return parts;
    }
}
