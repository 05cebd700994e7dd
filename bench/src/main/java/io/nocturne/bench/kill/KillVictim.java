package io.nocturne.bench.kill;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.CopyRestorer;
import io.nocturne.bench.ServiceTime;
import io.nocturne.sinks.RawStackSink;
import io.nocturne.sinks.RestoredStackSink;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.Fsync;
import io.nocturne.stream.stack.OmeTiffWriter;
import io.nocturne.stream.stack.OmeZarrVersion;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.StackFormat;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The process that is killed: records a pattern, raw and restored, and tells its witness of every frame. */
@Command(name = KillVictim.NAME, hidden = true, description = "Started by kill: records until it is killed.")
public final class KillVictim implements Callable<Integer> {
    static final String NAME = "kill-victim";
    static final String STREAM = "cam0";

    private static final int WORKERS = 1;

    @Option(names = "--out", required = true)
    Path out;

    @Option(names = "--port", required = true)
    int port;

    @Option(names = "--fps", required = true)
    double framesPerSecond;

    @Option(names = "--size", required = true)
    int size;

    @Option(names = "--format", required = true)
    DiskFormat format;

    /** What the run is stored as. */
    enum DiskFormat {
        SHARDS,
        FILES,
        ZARR04,
        TIFF;

        private StackFormat stacks() {
            OmeZarrWriter.Options zarr = OmeZarrWriter.Options.DEFAULT;
            return switch (this) {
                case SHARDS -> zarr;
                case FILES -> zarr.withLayout(OmeZarrWriter.Layout.FILES);
                case ZARR04 -> zarr.withVersion(OmeZarrVersion.V0_4);
                case TIFF -> new OmeTiffWriter.Format(Fsync.NONE);
            };
        }
    }

    /** Geometry of the frames recorded. */
    static FrameSpec frame(int size) {
        return new FrameSpec(size, size, PixelType.UINT16);
    }

    @Override
    public Integer call() throws Exception {
        RunClock clock = RunClock.system();
        PatternSource source =
                new PatternSource(new PatternSource.Settings(STREAM, frame(size), framesPerSecond, -1, 0));
        try (WitnessLine witness = new WitnessLine(port, clock)) {
            RawStackSink.Options usual = RawStackSink.Options.DEFAULT;
            RawStackSink.Options storage = new RawStackSink.Options(format.stacks(), usual.space(), usual.warnings());
            record(source, out, storage, clock, witness);
        }
        return 1; // it should have been killed
    }

    /** Records a source, raw and restored, into a new run. */
    static void record(
            PatternSource source, Path out, RawStackSink.Options storage, RunClock clock, LongConsumer witness)
            throws Exception {
        StreamSpec stream = source.open();
        try (RunFolder folder = RunFolder.create(out);
                Ledger ledger = Ledger.open(folder.ledger())) {
            FramePipeline.builder(stream)
                    .source(source)
                    .rawSink(new RawStackSink(folder, storage))
                    .restorer(new CopyRestorer(stream.frame(), ServiceTime.none()))
                    .sink(new RestoredStackSink(folder, storage))
                    .ledger(ledger)
                    .clock(clock)
                    .witness(witness)
                    .settings(PipelineSettings.live(64, WORKERS))
                    .build()
                    .run();
        }
    }
}
