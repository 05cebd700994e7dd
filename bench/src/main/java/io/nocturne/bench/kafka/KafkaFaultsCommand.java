package io.nocturne.bench.kafka;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.CopyRestorer;
import io.nocturne.bench.Findings;
import io.nocturne.bench.NodeProgram;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.bench.ServiceTime;
import io.nocturne.sinks.RawStackSink;
import io.nocturne.sinks.kafka.KafkaSettings;
import io.nocturne.sinks.kafka.KafkaSink;
import io.nocturne.sinks.kafka.embedded.FaultyLink;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A recording that publishes, while its broker fails in turns; what the raw disk feels of it, and what the topic holds. */
@Command(
        name = "kafka-faults",
        description = "Fails broker and network in turns with healthy times: commit to raw disk broken against healthy,"
                + " and afterwards a topic that is complete and in order.")
public final class KafkaFaultsCommand extends BenchCommand {
    private static final double MOST = 1.5;
    private static final String TOPIC = "frames";

    @Option(names = "--alternations", defaultValue = "6", description = "Healthy times, each followed by a fault.")
    int alternations;

    @Option(names = "--seconds", defaultValue = "20", description = "Of each healthy time and of each fault.")
    double seconds;

    @Option(names = "--cut-seconds", defaultValue = "30", description = "Of the network's cut.")
    double cutSeconds;

    @Option(names = "--fps", defaultValue = "50", description = "Frames per second.")
    double framesPerSecond;

    @Option(names = "--size", defaultValue = "512", description = "Width and height of a uint16 frame.")
    int size;

    @Option(
            names = "--kills",
            defaultValue = "3",
            description = "Of a broker that is killed: once healthy, and again while frames that waited are sent.")
    int kills;

    @Option(
            names = "--kcat",
            description = "kcat's program file: reads the topic, too, as a consumer that is not ours.")
    Optional<Path> kcat = Optional.empty();

    @Option(
            names = "--flatbuffers",
            description = "A folder with node_modules of flatbuffers: the example in JavaScript decodes, in Node, what"
                    + " kcat reads.")
    Optional<Path> flatbuffers = Optional.empty();

    /** What goes wrong, in the order of the alternations. */
    private enum Fault {
        STOPPED("broker stopped, then started again"),
        KILLED("broker killed, then started again"),
        CUT("network cut"),
        SLOW("link at a tenth of the frames' rate"),
        SILENT("link open, but silent"),
        LATE("every 16 KiB later by 50 ms");

        private final String told;

        Fault(String told) {
            this.told = told;
        }
    }

    /** One time, healthy or not, and how late raw frames came to disk in it, in microseconds. */
    private record Phase(String told, boolean healthy, Histogram micros) {}

    @Override
    public void run(Findings findings) throws Exception {
        if (flatbuffers.isPresent() && !NodeProgram.has(flatbuffers.get(), "flatbuffers")) {
            throw badOption("--flatbuffers: " + flatbuffers.get()
                    + " has no node_modules with flatbuffers; run 'npm install flatbuffers' there");
        }
        if (flatbuffers.isPresent() && kcat.isEmpty()) {
            throw badOption("--flatbuffers decodes what kcat reads: give --kcat, too");
        }
        FrameSpec frame = new FrameSpec(size, size, PixelType.UINT16);
        findings.line(String.format(
                Locale.ROOT,
                "%s at %.0f frames/s to raw disk and Kafka; %d alternations of %.0f s healthy and %.0f s broken"
                        + " (cut: %.0f s)",
                frame,
                framesPerSecond,
                alternations,
                seconds,
                seconds,
                cutSeconds));
        try (ScratchFolder scratch = new ScratchFolder(null);
                FaultyLink link = new FaultyLink();
                BrokerProcess broker = new BrokerProcess(scratch.path().resolve("broker"), link.port())) {
            link.leadTo(broker.port());
            record(frame, scratch.path(), link, broker, findings);
        }
    }

    private void record(FrameSpec frame, Path folder, FaultyLink link, BrokerProcess broker, Findings findings)
            throws Exception {
        PatternSource source = new PatternSource(new PatternSource.Settings("cam0", frame, framesPerSecond, -1, 0));
        StreamSpec stream = source.open();
        List<Phase> phases = new ArrayList<>();
        try (RunFolder run = RunFolder.create(folder.resolve("run"));
                Ledger ledger = Ledger.open(run.ledger())) {
            PhasedSink raw = new PhasedSink(new RawStackSink(run));
            KafkaSink kafka = new KafkaSink(KafkaSettings.of("127.0.0.1:" + link.port(), TOPIC, run.spillDir()));
            FramePipeline pipeline = FramePipeline.builder(stream)
                    .source(source)
                    .rawSink(raw)
                    .restorer(new CopyRestorer(frame, ServiceTime.none()))
                    .sink(kafka)
                    .ledger(ledger)
                    .settings(PipelineSettings.live(128, 1).withDrainMillis(60_000))
                    .build();
            CompletableFuture<PipelineReport> running =
                    CompletableFuture.supplyAsync(() -> run(pipeline), work -> new Thread(work, "bench-run").start());
            raw.during(new Histogram(3));
            pause(Math.min(10, seconds)); // until everything is compiled
            for (int i = 0; i < alternations; i++) {
                Fault fault = Fault.values()[i % Fault.values().length];
                phases.add(phase("healthy", true, raw, seconds));
                begin(fault, frame, link, broker);
                phases.add(phase(fault.told, false, raw, fault == Fault.CUT ? cutSeconds : seconds));
                raw.during(new Histogram(3));
                end(fault, kafka, link, broker, findings);
                awaitCaughtUp(kafka, running);
            }
            pipeline.requestStop();
            PipelineReport report = running.get(2, TimeUnit.MINUTES);
            print(phases, findings);
            check(report, kafka, findings);
            readBack("127.0.0.1:" + link.port(), report.accounting().acquired(), frame, folder, findings);
        }
    }

    private static PipelineReport run(FramePipeline pipeline) {
        try {
            return pipeline.run();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private static Phase phase(String told, boolean healthy, PhasedSink raw, double seconds) throws Exception {
        Histogram micros = new Histogram(3);
        raw.during(micros);
        pause(seconds);
        return new Phase(told, healthy, micros);
    }

    private void begin(Fault fault, FrameSpec frame, FaultyLink link, BrokerProcess broker) throws Exception {
        switch (fault) {
            case STOPPED -> broker.stop();
            case KILLED -> broker.kill();
            case CUT -> link.cut();
            case SLOW -> link.throttle(Math.max(1000, (long) (frame.bytes() * framesPerSecond / 10)));
            case SILENT -> link.goSilent();
            case LATE -> link.delay(50);
        }
    }

    private void end(Fault fault, KafkaSink kafka, FaultyLink link, BrokerProcess broker, Findings findings)
            throws Exception {
        if (fault == Fault.STOPPED || fault == Fault.KILLED) {
            broker.start();
        }
        for (int kill = 1; fault == Fault.KILLED && kill < kills; kill++) {
            awaitConnected(kafka);
            long waiting = kafka.counts().backlog();
            broker.kill();
            findings.line("broker killed again with " + waiting + " records still to be sent from the spill");
            broker.start();
        }
        link.heal();
    }

    /** Until records are being acknowledged again. */
    private static void awaitConnected(KafkaSink kafka) throws InterruptedException {
        long before = kafka.counts().acknowledged();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (kafka.counts().acknowledged() < before + 3 && System.nanoTime() - deadline < 0) {
            pause(0.005);
        }
    }

    private static void pause(double seconds) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
    }

    private static void awaitCaughtUp(KafkaSink kafka, CompletableFuture<PipelineReport> running) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (kafka.counts().backlog() > 0 && !running.isDone() && System.nanoTime() - deadline < 0) {
            pause(0.05);
        }
    }

    private void print(List<Phase> phases, Findings findings) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("time", "raw frames", "p50 us", "p99 us", "max us", "p99 of healthy before"));
        double[] ratios = new double[alternations];
        for (int i = 0; i < phases.size(); i++) {
            Histogram micros = phases.get(i).micros();
            String ratio = "";
            if (!phases.get(i).healthy()) {
                long before = phases.get(i - 1).micros().getValueAtPercentile(99);
                ratios[i / 2] = (double) micros.getValueAtPercentile(99) / before;
                ratio = String.format(Locale.ROOT, "%.2f", ratios[i / 2]);
            }
            rows.add(List.of(
                    phases.get(i).told(),
                    Long.toString(micros.getTotalCount()),
                    Long.toString(micros.getValueAtPercentile(50)),
                    Long.toString(micros.getValueAtPercentile(99)),
                    Long.toString(micros.getMaxValue()),
                    ratio));
        }
        findings.table(rows);
        Arrays.sort(ratios);
        double median = ratios[alternations / 2];
        findings.bar(
                median <= MOST,
                String.format(
                        Locale.ROOT,
                        "p99 from commit to raw disk, broken over healthy: median %.2f of %d alternations (at most %.1f)",
                        median,
                        alternations,
                        MOST));
    }

    private static void check(PipelineReport report, KafkaSink kafka, Findings findings) throws Exception {
        long frames = report.accounting().acquired();
        findings.line("sink: " + kafka.counts());
        findings.bar(
                report.complete(),
                frames + " frames acquired, all stored raw, none lost or pending " + report.problems());
    }

    /** De-duplicated by (run, stream, index), the topic must hold START, every frame in order and whole, and END. */
    private void readBack(String brokers, long frames, FrameSpec frame, Path folder, Findings findings)
            throws Exception {
        TopicContents ours = TopicContents.ofEnded(brokers, TOPIC);
        findings.bar(
                ours.complete(frames),
                "the topic, de-duplicated, is complete and in order: " + ours + "; " + frames
                        + " frames were published");
        if (kcat.isEmpty()) {
            findings.line("--kcat: not given, so no other consumer than our own has read the topic");
            return;
        }
        try (KcatComparison comparison = new KcatComparison(frame, ours, decoder(folder))) {
            new Kcat(kcat.get()).read(brokers, TOPIC, comparison);
            comparison.tell(findings);
        }
        if (flatbuffers.isEmpty()) {
            findings.line("--flatbuffers: not given, so no other decoder than our own has read kcat's records");
        }
    }

    private Optional<Ad00Example> decoder(Path folder) throws IOException {
        return flatbuffers.isEmpty()
                ? Optional.empty()
                : Optional.of(new Ad00Example(flatbuffers.get(), Files.createDirectory(folder.resolve("node"))));
    }
}
