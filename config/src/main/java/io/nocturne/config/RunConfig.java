package io.nocturne.config;

import io.nocturne.acquisition.scene.Structure;
import io.nocturne.config.units.ByteSize;
import io.nocturne.config.units.ModelRef;
import io.nocturne.config.units.Pace;
import io.nocturne.config.units.Rate;
import io.nocturne.config.units.RingLength;
import io.nocturne.config.units.Span;
import io.nocturne.config.yaml.Setting;
import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.onnx.Device;
import io.nocturne.sinks.kafka.KafkaContent;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.WindowSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A run as its configuration describes it. Every setting's default, range and meaning stand here and nowhere else;
 * {@code nocturne check --settings} prints them.
 */
public record RunConfig(
        @Setting("The run and its folder.") Run run,
        @Setting("Where frames come from.") Source source,
        @Setting("The two rings, between camera and workers and between workers and sinks.") Rings rings,
        @Setting("What is done with the frames.") Restore restore,
        @Setting("What is written to disk.") Disk disk,
        @Setting("Publishes to Kafka; leave the section out for none.") Optional<Kafka> kafka,
        @Setting("Shows the run in a browser.") View view) {
    public RunConfig {
        if (!disk.raw() && source.replay().isEmpty()) {
            throw new IllegalArgumentException(
                    "disk.raw can be false only for a replayed recording: frames of a camera exist once");
        }
        if (restore.elsewhere() && kafka.isEmpty()) {
            throw new IllegalArgumentException(
                    "restore.elsewhere needs a kafka section: workers get their frames from a topic");
        }
        if (restore.elsewhere() && restore.otf().isPresent()) {
            throw new IllegalArgumentException("restore.otf is for models that run here; leave it or elsewhere out");
        }
        if (restore.elsewhere() && kafka.orElseThrow().content() != Kafka.Content.FRAMES) {
            throw new IllegalArgumentException("restore.elsewhere needs whole frames: leave kafka.content out");
        }
        if (restore.everyFrame()
                && (source.simulated().isPresent()
                        || source.micromanager().isPresent()
                        || source.studio().isPresent())) {
            throw new IllegalArgumentException(
                    "restore.everyFrame makes the source wait, and a camera can't: leave it out, the frames that"
                            + " stayed raw are restored when the run has ended");
        }
    }

    /** The run and its folder. */
    public record Run(
            @Setting(
                            value = "Each run makes a new folder in this one, named by its start.",
                            byDefault = "nocturne-runs")
                    Path parent,
            @Setting("This very folder instead, new or empty.") Optional<Path> folder,
            @Setting("A note to keep with the run.") Optional<String> note,
            @Setting(
                            value = "How long the end of a run may stand still before what is left is given up.",
                            byDefault = "30 s",
                            min = "100 ms",
                            max = "1 h")
                    Span drain) {}

    /** Where frames come from: exactly one of these. */
    public record Source(
            @Setting("A physical model of a fluorescence microscope.") Optional<Simulated> simulated,
            @Setting("A camera, through the Micro-Manager that is installed here.")
                    Optional<MicroManagerCamera> micromanager,
            @Setting("Frames that the plugin in Micro-Manager Studio hands over.") Optional<Studio> studio,
            @Setting("A recording: TIFF, OME-Zarr, .npy, PNG, or a folder of frames.") Optional<Replay> replay,
            @Setting("Frames whose pixels follow from their number, for tests of speed.") Optional<Pattern> pattern) {
        public Source {
            if (Stream.of(simulated, micromanager, studio, replay, pattern)
                            .filter(Optional::isPresent)
                            .count()
                    != 1) {
                throw new IllegalArgumentException(
                        "needs exactly one of simulated, micromanager, studio, replay, pattern");
            }
        }
    }

    /** A detector. */
    public enum Sensor {
        SCMOS,
        EMCCD,
        PMT
    }

    /** A simulated camera. */
    public record Simulated(
            @Setting(value = "Name of the stream, in folders and topics.", byDefault = "cam0") String name,
            @Setting(value = "Pixels in x.", byDefault = "512", min = "16", max = "8192") int width,
            @Setting(value = "Pixels in y.", byDefault = "512", min = "16", max = "8192") int height,
            @Setting(
                            value = "Frames come at this rate whether or not anybody keeps up.",
                            byDefault = "20 fps",
                            max = "10000 fps")
                    Rate rate,
            @Setting(value = "Frames before the camera ends; without it, it goes on until stopped.", min = "1")
                    Optional<Long> frames,
            @Setting(
                            value = "Frames that the camera's own buffer holds; without it, one second's worth.",
                            min = "1",
                            max = "100000")
                    Optional<Integer> buffer,
            @Setting(value = "The same seed gives the same frames.", byDefault = "1") long seed,
            @Setting("What each channel shows: cells, microtubules, vesicles, nuclei; without it, one of cells.")
                    List<Structure> channels,
            @Setting(value = "Slices per z-stack.", byDefault = "1", min = "1", max = "1000") int zSlices,
            @Setting(value = "Photons at the brightest structures.", byDefault = "30", min = "0.1", max = "1000000")
                    double photons,
            @Setting(value = "The detector: scmos, emccd or pmt.", byDefault = "scmos") Sensor sensor,
            @Setting("A camera of your own in its place, as calibrate measured it.") Optional<CameraNoise> camera) {}

    /** What calibrate measures. */
    public record CameraNoise(
            @Setting(value = "Counts of a dark pixel.", min = "0", max = "65535") double offset,
            @Setting(
                            value =
                                    "Variance per count of signal; without multiplication of electrons, counts per photoelectron.",
                            min = "0.000001",
                            max = "1000000")
                    double gain,
            @Setting(value = "Standard deviation of a dark pixel, in counts.", min = "0", max = "65535")
                    double readNoise) {}

    /** Micro-Manager Studio, through the plugin there. */
    public record Studio(
            @Setting(value = "Name of the stream, in folders and topics.", byDefault = "studio") String name,
            @Setting(
                            value = "How long to wait for the plugin and its first frame.",
                            byDefault = "5 min",
                            min = "1 s",
                            max = "24 h")
                    Span patience) {}

    /** A replayed recording. */
    public record Replay(
            @Setting("File or folder to replay.") Path path,
            @Setting(value = "recorded, maximal, or a rate such as 20 fps.", byDefault = "recorded") Pace pace,
            @Setting("Name of the stream; without it, the recording's own.") Optional<String> name,
            @Setting(value = "Starts again at the end, until stopped.", byDefault = "false") boolean loop,
            @Setting(value = "Frames to play when it starts again at the end.", min = "1") Optional<Long> frames,
            @Setting(value = "Slices per z-stack, for a recording that doesn't say so.", min = "1", max = "10000")
                    Optional<Integer> zSlices,
            @Setting(
                            value = "Size of a pixel in micrometres, for a recording that doesn't say so.",
                            min = "0.0001",
                            max = "1000")
                    Optional<Double> pixelSizeUm,
            @Setting(
                            value = "Distance of z-slices in micrometres, for a recording that doesn't say so.",
                            min = "0.0001",
                            max = "1000")
                    Optional<Double> zStepUm) {
        public Replay {
            if (frames.isPresent() && !loop) {
                throw new IllegalArgumentException("frames needs loop: true; without it the recording plays once");
            }
        }
    }

    /** A source of numbered patterns. */
    public record Pattern(
            @Setting(value = "Pixels in x.", byDefault = "512", min = "16", max = "8192") int width,
            @Setting(value = "Pixels in y.", byDefault = "512", min = "16", max = "8192") int height,
            @Setting(value = "Frames per second.", byDefault = "20 fps", max = "100000 fps") Rate rate,
            @Setting(value = "Frames before the source ends; without it, it goes on until stopped.", min = "1")
                    Optional<Long> frames) {}

    /** The two rings. */
    public record Rings(
            @Setting(
                            value =
                                    "Raw frames held for disk and intake: camera time or frames, rounded up to a power of two.",
                            byDefault = "2 s")
                    RingLength raw,
            @Setting(
                            value = "Products on their way to the sinks; without it, four and five per worker.",
                            min = "3",
                            max = "4096")
                    Optional<Integer> products) {}

    /** When frames that stayed raw are restored. */
    public enum Backfill {
        /** When the source has ended, before the run ends. */
        ON_STOP,
        /** Not by itself: {@code restore --in RUN} does it later. */
        NEVER
    }

    /** Axes of windows. */
    public enum Neighbours {
        Z,
        TIME;

        WindowSpec.Axis axis() {
            return this == Z ? WindowSpec.Axis.Z : WindowSpec.Axis.TIME;
        }
    }

    /** How a GPU is used. */
    public record Gpu(
            @Setting(
                            value = "Half precision in TensorRT: about twice as fast, rounds to three digits.",
                            byDefault = "false")
                    boolean half,
            @Setting(value = "TF32 in CUDA matrix products: faster, rounds to three digits.", byDefault = "false")
                    boolean tf32,
            @Setting(value = "Most GPU memory for CUDA's arena; without it, no limit.", min = "64 MiB")
                    Optional<ByteSize> memory,
            @Setting(value = "Most GPU memory that TensorRT may try kernels with.", byDefault = "2 GiB", min = "16 MiB")
                    ByteSize workspace,
            @Setting("Folder that keeps what TensorRT built; without it, the user's cache folder.")
                    Optional<Path> cache) {}

    /** What is done with the frames. */
    public record Restore(
            @Setting(value = "Name of a model, an .onnx file, or none.", byDefault = ModelCatalog.DEFAULT)
                    ModelRef model,
            @Setting("Other models for single channels, by channel name: a name, a file, or none.")
                    Map<String, ModelRef> channels,
            @Setting("Folders of further models: NAME.onnx with NAME.card.json.") List<Path> folders,
            @Setting(
                            value = "Threads that restore; without it, as many as the machine has room for.",
                            min = "1",
                            max = "64")
                    Optional<Integer> workers,
            @Setting(
                            value =
                                    "Threads inside the model runtime, shared by all workers; without it, the cores that workers leave over.",
                            min = "1",
                            max = "256")
                    Optional<Integer> threads,
            @Setting("GPU providers to use, first choice first: tensorrt, cuda; without it, the CPU.")
                    List<Device.Provider> devices,
            @Setting(value = "Number of the GPU.", byDefault = "0", min = "0", max = "63") int gpu,
            @Setting(value = "Whether the CPU may stand in for a GPU that can't be used.", byDefault = "false")
                    boolean cpuFallback,
            @Setting("Pixel type of products: uint8, uint16 or float32; without it, the camera's.")
                    Optional<PixelType> product,
            @Setting(
                            value =
                                    "Side of tiles in pixels, for a model that leaves it free; without it, what its card says.",
                            min = "16",
                            max = "8192")
                    Optional<Integer> tile,
            @Setting(value = "Most tiles in one run of the model.", byDefault = "16", min = "1", max = "1024")
                    int batch,
            @Setting(
                            "Along which axis a model that looks at neighbouring frames finds them: z or time; without it, as its card says.")
                    Optional<Neighbours> neighbours,
            @Setting(
                            "The camera's noise, as calibrate measured it, for models that are told of it; without it, it is estimated from the frames.")
                    Optional<CameraNoise> noise,
            @Setting(
                            "The objective, where it is known: products then hold nothing finer than it passes; needs the pixel size.")
                    Optional<Otf> otf,
            @Setting("How a GPU is used.") Gpu accelerator,
            @Setting(
                            value =
                                    "Loaded frames that may wait for a worker: more means fewer skips in bursts, and more latency; without it, what a live camera sends in 150 ms, 1 to 8.",
                            min = "0",
                            max = "64")
                    Optional<Integer> backlog,
            @Setting(
                            value =
                                    "Waits for workers instead of leaving frames raw: for recordings, never for a camera.",
                            byDefault = "false")
                    boolean everyFrame,
            @Setting(
                            value = "Longest one restoration may take before it is cancelled; 0 s for no limit.",
                            byDefault = "10 s",
                            max = "1 h")
                    Span maxRun,
            @Setting(
                            value = "Failures in a row that switch restoring off.",
                            byDefault = "8",
                            min = "1",
                            max = "1000000")
                    int failuresBeforeOff,
            @Setting(value = "When frames that stayed raw are restored: onStop or never.", byDefault = "onStop")
                    Backfill backfill,
            @Setting(
                            value =
                                    "Leaves restoring to 'nocturne worker' processes: raw frames go to Kafka, with the values that the model needs.",
                            byDefault = "false")
                    boolean elsewhere) {
        /** The same with another model, for all channels that have none of their own. */
        Restore withModel(ModelRef other) {
            return new Restore(
                    other,
                    channels,
                    folders,
                    workers,
                    threads,
                    devices,
                    gpu,
                    cpuFallback,
                    product,
                    tile,
                    batch,
                    neighbours,
                    noise,
                    otf,
                    accelerator,
                    backlog,
                    everyFrame,
                    maxRun,
                    failuresBeforeOff,
                    backfill,
                    elsewhere);
        }
    }

    /** Publishing to Kafka. */
    public record Kafka(
            @Setting(
                            value = "host:port of brokers, or embedded for one that lives as long as the run.",
                            byDefault = "embedded")
                    String bootstrap,
            @Setting(value = "Topic that frames go to, made if there is none.", byDefault = "nocturne") String topic,
            @Setting(
                            value =
                                    "What a record holds: the whole frame, where on disk it is (claimCheck), or 8 bits of at most 512 pixels a side (preview).",
                            byDefault = "frames")
                    Content content,
            @Setting(
                            value = "Partitions of a topic that is made; as many workers can share it.",
                            byDefault = "1",
                            min = "1",
                            max = "10000")
                    int partitions,
            @Setting(
                            value = "Records that may be under way at once; more wait on disk.",
                            byDefault = "64 MiB",
                            min = "1 MiB")
                    ByteSize inFlight,
            @Setting(value = "Disk that frames may take up while the broker is away.", byDefault = "8 GiB", min = "0 B")
                    ByteSize spill,
            @Setting("Settings of the Kafka client, as Kafka names them: TLS, SASL, compression.")
                    Map<String, String> client) {
        /** The word that stands for a broker of the run's own. */
        public static final String EMBEDDED = "embedded";

        /** What a record holds. */
        public enum Content {
            FRAMES(KafkaContent.FRAMES),
            CLAIM_CHECK(KafkaContent.CLAIM_CHECK),
            PREVIEW(KafkaContent.PREVIEW);

            private final KafkaContent sink;

            Content(KafkaContent sink) {
                this.sink = sink;
            }

            /** The same, as the sink calls it. */
            KafkaContent ofSink() {
                return sink;
            }
        }
    }

    /** The live view. */
    public record View(
            @Setting(value = "Whether to serve it.", byDefault = "true") boolean enabled,
            @Setting(value = "TCP port; 0 takes a free one.", byDefault = "0", min = "0", max = "65535") int port,
            @Setting(
                            value = "Address to serve on; others than this machine's own need a token.",
                            byDefault = "127.0.0.1")
                    String bind,
            @Setting("Secret of 16 or more letters and digits that a browser must bring.") Optional<String> token) {}
}
