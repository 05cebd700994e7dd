package io.nocturne.bench.kill;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.CopyRestorer;
import io.nocturne.bench.ServiceTime;
import io.nocturne.sinks.RawStackSink;
import io.nocturne.sinks.RestoredStackSink;
import io.nocturne.sinks.kafka.KafkaSettings;
import io.nocturne.sinks.kafka.KafkaSink;
import io.nocturne.sinks.view.LiveView;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.RunFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The process that is killed: records a pattern, raw and restored, publishes and shows it, and tells its witnesses of every
 * frame committed and every frame that Kafka acknowledged.
 */
@Command(name = KillVictim.NAME, hidden = true, description = "Started by kill: records until it is killed.")
public final class KillVictim implements Callable<Integer> {
    static final String NAME = "kill-victim";
    static final String STREAM = "cam0";

    /** What stands before the live view's address on standard output. */
    static final String VIEW = "view: ";

    private static final int WORKERS = 1;

    @Spec
    CommandSpec spec;

    @Option(names = "--out", required = true)
    Path out;

    @Option(names = "--committed", required = true, description = "Port of the witness of commits.")
    int committed;

    @Option(names = "--acknowledged", required = true, description = "Port of the witness of Kafka's acknowledgements.")
    int acknowledged;

    @Option(names = "--brokers", required = true)
    String brokers;

    @Option(names = "--topic", required = true)
    String topic;

    @Option(names = "--fps", required = true)
    double framesPerSecond;

    @Option(names = "--size", required = true)
    int size;

    @Option(names = "--format", required = true)
    DiskFormat format;

    /** Geometry of the frames recorded. */
    static FrameSpec frame(int size) {
        return new FrameSpec(size, size, PixelType.UINT16);
    }

    @Override
    public Integer call() throws Exception {
        RunClock clock = RunClock.system();
        PatternSource source =
                new PatternSource(new PatternSource.Settings(STREAM, frame(size), framesPerSecond, -1, 0));
        RawStackSink.Options usual = RawStackSink.Options.DEFAULT;
        RawStackSink.Options storage = new RawStackSink.Options(format.stacks(), usual.space(), usual.warnings());
        StreamSpec stream = source.open();
        Restorer restorer = restorer(stream);
        try (WitnessLine commits = new WitnessLine(committed, clock);
                WitnessLine acknowledgements = new WitnessLine(acknowledged, clock);
                RunFolder folder = RunFolder.create(out);
                Ledger ledger = Ledger.open(folder.ledger());
                LiveView view = new LiveView(LiveView.Settings.loopback().withClock(clock))) {
            KafkaSink kafka = new KafkaSink(KafkaSettings.of(brokers, topic, folder.spillDir()));
            FramePipeline pipeline = recording(stream, folder, storage)
                    .source(source)
                    .restorer(restorer)
                    .sink(new AcknowledgedSink(kafka, acknowledgements))
                    .ledger(ledger)
                    .clock(clock)
                    .witness(commits)
                    .build();
            view.attach(pipeline.openTap(), stream, Optional.of(restorer.spec()), () -> "{}");
            PrintWriter say = spec.commandLine().getOut();
            say.println(VIEW + view.start());
            say.flush();
            pipeline.run();
        }
        return 1; // it should have been killed
    }

    static Restorer restorer(StreamSpec stream) {
        return new CopyRestorer(stream.frame(), ServiceTime.none());
    }

    /** A pipeline that records, raw and restored, into a new run. */
    static FramePipeline.Builder recording(StreamSpec stream, RunFolder folder, RawStackSink.Options storage) {
        return FramePipeline.builder(stream)
                .rawSink(new RawStackSink(folder, storage))
                .sink(new RestoredStackSink(folder, storage))
                .settings(PipelineSettings.live(64, WORKERS));
    }
}
