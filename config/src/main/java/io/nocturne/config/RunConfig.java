package io.nocturne.config;

import io.nocturne.config.units.ByteSize;
import io.nocturne.config.units.Pace;
import io.nocturne.config.units.Rate;
import io.nocturne.config.units.RingLength;
import io.nocturne.config.units.Span;
import io.nocturne.config.yaml.Setting;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A run as its configuration describes it. Every setting's default, range and meaning stand here and nowhere else. */
public record RunConfig(
        @Setting("The run and its folder.") Run run,
        @Setting("Where frames come from.") Source source,
        @Setting("The two rings between camera, workers and sinks.") Rings rings,
        @Setting("What is done with the frames.") Restore restore,
        @Setting("What is written to disk.") Disk disk,
        @Setting("Publishes to Kafka; leave the section out for none.") Optional<Kafka> kafka,
        @Setting("Shows the run in a browser.") View view) {

    /** The run and its folder. */
    public record Run(
            @Setting(
                            value = "Each run makes a new folder in this one, named by its start.",
                            byDefault = "nocturne-runs")
                    Path parent,
            @Setting("This very folder instead; it must not exist yet.") Optional<Path> folder,
            @Setting("A note to keep with the run.") Optional<String> note,
            @Setting(
                            value = "How long a stopped run may take to finish what it has begun.",
                            byDefault = "30 s",
                            min = "100 ms",
                            max = "1 h")
                    Span drain,
            @Setting(
                            value = "One line per stage in the latency logs each such time.",
                            byDefault = "1 s",
                            min = "100 ms",
                            max = "1 h")
                    Span latencyInterval) {}

    /** Where frames come from: exactly one of these. */
    public record Source(
            @Setting("A physical model of a fluorescence microscope.") Optional<Simulated> simulated,
            @Setting("A recording: TIFF, OME-Zarr, .npy, PNG, or a folder of them.") Optional<Replay> replay,
            @Setting("Frames whose pixels follow from their number, for tests of speed.") Optional<Pattern> pattern) {
        public Source {
            if (Stream.of(simulated, replay, pattern)
                            .filter(Optional::isPresent)
                            .count()
                    != 1) {
                throw new IllegalArgumentException("needs exactly one of simulated, replay, pattern");
            }
        }
    }

    /** A simulated camera. */
    public record Simulated(
            @Setting(value = "Name of the stream, in folders and topics.", byDefault = "cam0") String name,
            @Setting(value = "Pixels in x.", byDefault = "512", min = "16", max = "8192") int width,
            @Setting(value = "Pixels in y.", byDefault = "512", min = "16", max = "8192") int height,
            @Setting(
                            value = "Frames per second; frames come at that rate whether or not anybody keeps up.",
                            byDefault = "20 fps",
                            max = "10000 fps")
                    Rate rate,
            @Setting("Frames before the camera ends; without it, it goes on until stopped.") Optional<Long> frames,
            @Setting(value = "The same seed gives the same frames.", byDefault = "1") long seed) {}

    /** A replayed recording. */
    public record Replay(
            @Setting("File or folder to replay.") Path path,
            @Setting(value = "recorded, maximal, or a rate such as 20 fps.", byDefault = "recorded") Pace pace,
            @Setting(value = "Starts again at the end, until stopped.", byDefault = "false") boolean loop) {}

    /** A source of numbered patterns. */
    public record Pattern(
            @Setting(value = "Pixels in x.", byDefault = "512", min = "16", max = "8192") int width,
            @Setting(value = "Pixels in y.", byDefault = "512", min = "16", max = "8192") int height,
            @Setting(value = "Frames per second.", byDefault = "20 fps", max = "100000 fps") Rate rate,
            @Setting("Frames before the source ends; without it, it goes on until stopped.") Optional<Long> frames) {}

    /** The two rings. */
    public record Rings(
            @Setting(value = "Raw frames held for disk and intake: camera time or frames.", byDefault = "2 s")
                    RingLength raw,
            @Setting(value = "Products on their way to the sinks.", byDefault = "8 frames") RingLength restored) {}

    /** What is done with the frames. */
    public record Restore(
            @Setting(value = "Name of a model, an .onnx file, or none.", byDefault = "gaussian") String model,
            @Setting("Threads that restore; without it, what the machine has room for.") Optional<Integer> workers) {}

    /** What becomes of a run whose raw disk fails. */
    public enum OnRawFailure {
        /** The run ends, loudly. */
        STOP,
        /** The run goes on; the frames are counted as not stored. */
        GAP
    }

    /** What is written to disk. */
    public record Disk(
            @Setting(value = "If raw frames can't be stored: stop the run, or go on with a gap.", byDefault = "stop")
                    OnRawFailure onRawFailure) {}

    /** Publishing to Kafka. */
    public record Kafka(
            @Setting(
                            value = "host:port of a broker, or embedded for one that lives as long as the run.",
                            byDefault = "embedded")
                    String bootstrap,
            @Setting(
                            value = "Disk that frames may take up while the broker is away.",
                            byDefault = "1 GiB",
                            min = "1 MiB")
                    ByteSize spill,
            @Setting("Settings of the Kafka producer, as Kafka names them.") Map<String, String> client) {}

    /** The live view. */
    public record View(
            @Setting(value = "Whether to serve it.", byDefault = "true") boolean enabled,
            @Setting(value = "TCP port; 0 takes a free one.", byDefault = "0", min = "0", max = "65535") int port) {}
}
