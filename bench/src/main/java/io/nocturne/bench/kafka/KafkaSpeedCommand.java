package io.nocturne.bench.kafka;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.BenchFrame;
import io.nocturne.bench.Findings;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.bench.WarmUp;
import io.nocturne.sinks.kafka.KafkaSettings;
import io.nocturne.sinks.kafka.KafkaSink;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink.Delivery;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.tools.ProducerPerformance;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Frames through the sink, and values of the same size through the client's own tool, as fast as it goes. */
@Command(
        name = "kafka",
        description = "Compares the Kafka sink with the Kafka client's own ProducerPerformance: same record size, same"
                + " producer settings, one broker in a process of its own, in turns.")
public final class KafkaSpeedCommand extends BenchCommand {
    private static final double LEAST = 0.9;

    /** The sink never blocks in send and keeps its own budget; the tool knows no other brake than blocking. */
    private static final String MAX_BLOCK = "max.block.ms";

    @Option(names = "--sizes", split = ",", defaultValue = "512,2048", description = "Width and height of frames.")
    List<Integer> sizes;

    @Option(names = "--mebibytes", defaultValue = "256", description = "What each sends in one round.")
    int mebibytes;

    @Option(names = "--rounds", defaultValue = "61", description = "Rounds after the warm-up.")
    int rounds;

    @Override
    public void run(Findings findings) throws Exception {
        // In a process of its own, as a facility's is: its garbage and its compiler are no sender's burden.
        try (ScratchFolder scratch = new ScratchFolder(null);
                BrokerProcess broker = new BrokerProcess(scratch.path().resolve("broker"), 0)) {
            for (int size : sizes) {
                compare(
                        new FrameSpec(size, size, PixelType.UINT16),
                        "127.0.0.1:" + broker.port(),
                        scratch.path(),
                        findings);
            }
        }
    }

    private void compare(FrameSpec frame, String servers, Path folder, Findings findings) throws Exception {
        int frames = (int) Math.max(8, ((long) mebibytes << 20) / frame.bytes());
        double[] ours = new double[rounds];
        double[] theirs = new double[rounds];
        WarmUp warmUp = new WarmUp();
        for (int round = 0; warmUp.lasts(); round++) {
            round(round, frame, frames, servers, folder);
        }
        for (int round = 0; round < rounds; round++) {
            double[] speeds = round(round, frame, frames, servers, folder);
            ours[round] = speeds[0];
            theirs[round] = speeds[1];
        }
        print(frame, KafkaSettings.of(servers, "frames", folder).valueBytes(frame), frames, ours, theirs, findings);
    }

    /** MB/s of the sink and of the tool, who takes turns in going first. */
    private static double[] round(int round, FrameSpec frame, int frames, String servers, Path folder)
            throws Exception {
        double sink = 0;
        double tool = 0;
        for (boolean ours : new boolean[] {round % 2 == 0, round % 2 != 0}) {
            KafkaSettings settings = KafkaSettings.of(servers, "frames-" + UUID.randomUUID(), folder.resolve("spill"))
                    .withPatience(true);
            if (ours) {
                sink = sink(settings, frame, frames);
            } else {
                sink(settings, frame, 1); // makes the topic
                tool = tool(settings, frame, frames, folder);
            }
            delete(settings);
        }
        return new double[] {sink, tool};
    }

    /** Its records are no burden to the next sender. */
    private static void delete(KafkaSettings settings) throws Exception {
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers()))) {
            admin.deleteTopics(List.of(settings.topic())).all().get();
        }
    }

    private void print(FrameSpec frame, int bytes, int frames, double[] ours, double[] theirs, Findings findings) {
        double[] ratios = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            ratios[i] = ours[i] / theirs[i];
        }
        double ratio = sorted(ratios)[rounds / 2];
        findings.line("");
        findings.line(String.format(
                Locale.ROOT,
                "%d records of %s (%d bytes) a round, %d rounds in turns after %d s; medians; until all are acknowledged",
                frames,
                frame,
                bytes,
                rounds,
                WarmUp.SECONDS));
        findings.table(List.of(
                List.of("sender", "MB/s", "min", "max"),
                row("Kafka sink: encode, checksum, send", ours),
                row("ProducerPerformance, one ready value", theirs)));
        findings.bar(
                ratio >= LEAST,
                String.format(
                        Locale.ROOT,
                        "%s: the sink sends at %.2f of ProducerPerformance (at least %.1f)",
                        frame,
                        ratio,
                        LEAST));
    }

    private static List<String> row(String name, double[] speeds) {
        double[] sorted = sorted(speeds);
        return List.of(
                name,
                String.format(Locale.ROOT, "%.0f", sorted[sorted.length / 2]),
                String.format(Locale.ROOT, "%.0f", sorted[0]),
                String.format(Locale.ROOT, "%.0f", sorted[sorted.length - 1]));
    }

    private static double[] sorted(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    /** MB/s of values, from the first frame until all are acknowledged. */
    private static double sink(KafkaSettings settings, FrameSpec frame, int frames) throws Exception {
        StreamSpec stream = StreamSpec.movie("cam0", frame, 0, -1);
        BenchFrame view = new BenchFrame(stream);
        fill(view);
        try (KafkaSink sink = new KafkaSink(settings)) {
            LoneSink context = new LoneSink(stream);
            sink.open(context);
            long start = System.nanoTime();
            for (int i = 0; i < frames; i++) {
                view.draft(i).commit(context.clock().nanoTime());
                view.restored(0);
                if (sink.onFrame(view) != Delivery.PENDING) {
                    throw new IllegalStateException("Frame " + i + " was not taken: " + sink.counts());
                }
            }
            sink.onEnd(Cause.COMPLETED, context.clock().nanoTime() + TimeUnit.MINUTES.toNanos(2));
            double seconds = (System.nanoTime() - start) / 1e9;
            if (context.delivered() != frames || sink.counts().spilled() > 0) {
                throw new IllegalStateException("Not all frames went straight to the broker: " + sink.counts());
            }
            return (double) settings.valueBytes(frame) * frames / 1e6 / seconds;
        }
    }

    private static void fill(BenchFrame frame) {
        Random random = new Random(1);
        var product = frame.product();
        while (product.remaining() >= Short.BYTES) {
            product.putShort((short) (400 + 20 * random.nextGaussian()));
        }
    }

    /** As the tool itself counts: from its first record until its producer is flushed. */
    private static double tool(KafkaSettings settings, FrameSpec frame, int frames, Path folder) throws Exception {
        int bytes = settings.valueBytes(frame);
        // A ready value: the tool would else roll a die for each byte of each record, which takes longer than sending.
        Path value = folder.resolve("value");
        byte[] letters = new byte[bytes];
        Random random = new Random(2);
        for (int i = 0; i < bytes; i++) {
            letters[i] = (byte) ('A' + random.nextInt(26));
        }
        Files.write(value, letters);
        List<String> arguments = new ArrayList<>(List.of(
                "--topic",
                settings.topic(),
                "--num-records",
                Integer.toString(frames),
                "--payload-file",
                value.toString(),
                "--throughput",
                "-1",
                "--producer-props"));
        for (Map.Entry<String, Object> set : new TreeMap<>(settings.producer("bench", frame)).entrySet()) {
            if (!set.getKey().endsWith("serializer") && !set.getKey().equals(MAX_BLOCK)) {
                arguments.add(set.getKey() + "=" + set.getValue());
            }
        }
        arguments.add(MAX_BLOCK + "=60000");
        String said = StandardOutput.of(() -> ProducerPerformance.main(arguments.toArray(String[]::new)));
        return megabytesPerSecond(said, bytes);
    }

    /** Of the summary {@code N records sent, R records/sec (M MB/sec), ...}: R is exact, its MB are rounded mebibytes. */
    private static double megabytesPerSecond(String said, int bytes) throws IOException {
        int end = said.lastIndexOf(" records/sec");
        if (end < 0) {
            throw new IOException("ProducerPerformance gave no summary: " + said);
        }
        return Double.parseDouble(said.substring(said.lastIndexOf(' ', end - 1) + 1, end)) * bytes / 1e6;
    }
}
