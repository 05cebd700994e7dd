package io.nocturne.bench.load;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.RestorerChoice;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The pipeline under a camera's rate. */
@Command(name = "load", description = "Runs the pipeline under an open-loop load and tells what it sustains.")
public final class LoadCommand extends BenchCommand {
    /** Loads that the project promises; each is run again at half its rate, where latency is looked at. */
    enum Preset {
        P512(512, 500),
        P2048(2048, 40);

        private final int size;
        private final double framesPerSecond;

        Preset(int size, double framesPerSecond) {
            this.size = size;
            this.framesPerSecond = framesPerSecond;
        }

        /** From the command line: {@code 512} or {@code 2048}. */
        static final class Converter implements ITypeConverter<Preset> {
            @Override
            public Preset convert(String text) {
                for (Preset preset : values()) {
                    if (text.equals(Integer.toString(preset.size))) {
                        return preset;
                    }
                }
                throw new TypeConversionException(
                        "'" + text + "' is not a preset: 512 (512 x 512 uint16 at 500 frames/s)"
                                + " or 2048 (2048 x 2048 uint16 at 40 frames/s)");
            }
        }
    }

    /** From the command line: {@code uint8}, {@code uint16} or {@code float32}. */
    static final class TypeConverter implements ITypeConverter<PixelType> {
        @Override
        public PixelType convert(String text) {
            try {
                return PixelType.ofName(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Option(
            names = "--preset",
            converter = Preset.Converter.class,
            description = "512 or 2048: sets size and rate, and runs again at half the rate.")
    Preset preset;

    @Option(names = "--width", defaultValue = "512")
    int width;

    @Option(names = "--height", defaultValue = "512")
    int height;

    @Option(names = "--type", defaultValue = "uint16", converter = TypeConverter.class)
    PixelType type;

    @Option(names = "--fps", defaultValue = "500", description = "Frames per second.")
    double framesPerSecond;

    @Option(names = "--seconds", defaultValue = "20", description = "Measured time.")
    double seconds;

    @Option(names = "--warm-up", defaultValue = "5", description = "Seconds before it.")
    double warmUpSeconds;

    @Option(names = "--workers", defaultValue = "2")
    int workers;

    @Option(names = "--backlog", defaultValue = "8", description = "Loaded frames that may wait for a worker.")
    int backlog;

    @Option(
            names = "--restorer",
            defaultValue = "copy",
            converter = RestorerChoice.Converter.class,
            description = "copy, sleep:MILLIS, or a model such as gaussian.")
    RestorerChoice restorer;

    @Option(names = "--sinks", defaultValue = "null", description = "null or disk.")
    String sinks;

    @Option(names = "--period-jitter", defaultValue = "0", description = "Longest delay, in frame periods, 0 to 1.")
    double jitter;

    @Option(names = "--seed", defaultValue = "1", description = "Of the jitter.")
    long seed;

    @Override
    public void run(Findings findings) throws Exception {
        FrameSpec frame = Optional.ofNullable(preset)
                .map(p -> new FrameSpec(p.size, p.size, PixelType.UINT16))
                .orElseGet(() -> new FrameSpec(width, height, type));
        double rate = preset == null ? framesPerSecond : preset.framesPerSecond;
        PipelineLoad.Settings settings = new PipelineLoad.Settings(
                frame, rate, seconds, warmUpSeconds, workers, backlog, restorer, sinkKind(), jitter, seed);
        new PipelineLoad(settings).run(findings);
        if (preset != null) {
            new PipelineLoad(settings.at(rate / 2)).run(findings);
        }
    }

    private PipelineLoad.Sinks sinkKind() {
        return switch (sinks) {
            case "null" -> PipelineLoad.Sinks.NULL;
            case "disk" -> PipelineLoad.Sinks.DISK;
            default -> throw badOption("--sinks is null or disk, not '" + sinks + "'");
        };
    }
}
