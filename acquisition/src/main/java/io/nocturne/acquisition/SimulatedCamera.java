package io.nocturne.acquisition;

import io.nocturne.acquisition.scene.Light;
import io.nocturne.acquisition.scene.SimulatedMovie;
import io.nocturne.acquisition.scene.Specimen;
import io.nocturne.acquisition.scene.Structure;
import io.nocturne.stream.optics.Optics;
import io.nocturne.stream.optics.SensorSpec;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A free-running camera on a simulated microscope: living cells in dim light, at a set rate, reproducible from a seed.
 *
 * <pre>{@code
 * var camera = new SimulatedCamera(SimulatedCamera.Settings.builder("cam0").frames(600).build());
 * SimulatedMovie truth = camera.groundTruth();     // the same movie without noise, for measuring
 * }</pre>
 *
 * <p>Frame k is due at {@code start + k * period}; that moment is its {@code coreNanos}. The next frame is rendered ahead
 * of its time. When the pipeline pushes back, a buffer as cameras have it holds due frames, then overwrites the oldest:
 * a gap of cause CAMERA_OVERWROTE. At rate 0 frames come as fast as there is room, and none is lost.
 */
public final class SimulatedCamera implements FrameSource {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedCamera.class);
    private static final int WARM_UP_FRAMES = 30;
    private static final long WARM_UP_NANOS = 1_000_000_000;

    /**
     * What to simulate. Start from {@link #builder} and change what matters.
     *
     * @param stream name of the stream
     * @param frame width, height and pixel type, uint16 or uint8
     * @param framesPerSecond 0.0001 to 1e6, or 0 for as fast as there is room
     * @param frames how many, -1 without end
     * @param seed everything random follows from it
     * @param channels what each channel shows, in the order they are taken; at least one
     * @param zSlices slices per stack
     * @param zStepUm distance of slices, micrometres
     * @param positions stage positions, each with cells of its own
     * @param pixelSizeUm pixel size in the specimen, micrometres
     * @param exposureMillis exposure of a frame, at most the period; 0 for the whole period
     * @param specimen what is there to see
     * @param light photon budget and bleaching
     * @param optics objective and wavelengths
     * @param sensor the detector
     * @param bufferFrames frames that the camera's buffer holds; 0 for one second's worth
     */
    public record Settings(
            String stream,
            FrameSpec frame,
            double framesPerSecond,
            long frames,
            long seed,
            List<Structure> channels,
            int zSlices,
            double zStepUm,
            int positions,
            double pixelSizeUm,
            double exposureMillis,
            Specimen specimen,
            Light light,
            Optics optics,
            SensorSpec sensor,
            int bufferFrames) {
        private static final double DEFAULT_EXPOSURE_MILLIS = 50;

        public Settings {
            Objects.requireNonNull(stream, "stream");
            Objects.requireNonNull(frame, "frame");
            Objects.requireNonNull(specimen, "specimen");
            Objects.requireNonNull(light, "light");
            Objects.requireNonNull(optics, "optics");
            Objects.requireNonNull(sensor, "sensor");
            channels = List.copyOf(channels);
            Rates.checkRate(framesPerSecond);
            Rates.checkFrames(frames);
            Rates.checkBuffer(bufferFrames);
            if (frame.pixelType() == PixelType.FLOAT32 || frame.depth() != 1) {
                throw new IllegalArgumentException("A simulated camera gives uint8 or uint16 planes, not " + frame);
            }
            require(frame.pixels() <= 1 << 26, "width x height", frame.pixels(), "at most 2^26 pixels");
            int typeBits = 8 * frame.pixelType().bytes();
            require(sensor.bits() <= typeBits, "sensor bits", sensor.bits(), "at most the pixel type's " + typeBits);
            require(!channels.isEmpty(), "channels", 0, "at least one structure");
            require(zSlices >= 1 && zSlices <= 1000, "zSlices", zSlices, "1 to 1000");
            require(zStepUm > 0 && zStepUm <= 50, "zStepUm", zStepUm, "above 0 to 50 micrometres");
            require(positions >= 1 && positions <= 100, "positions", positions, "1 to 100");
            require(pixelSizeUm >= 0.02 && pixelSizeUm <= 2, "pixelSizeUm", pixelSizeUm, "0.02 to 2 micrometres");
            double period = framesPerSecond == 0 ? 1e7 : 1e3 / framesPerSecond;
            require(
                    exposureMillis >= 0 && exposureMillis <= period * 1.000001,
                    "exposureMillis",
                    exposureMillis,
                    "0 (the whole period) to the period of " + period + " ms");
        }

        /**
         * Starts from a dim live-imaging session: 512 x 512, uint16, 20 frames/s without end, one channel of typical
         * cells, 0.08 um pixels behind an oil objective of aperture 1.3, sCMOS, 30 photons at the peak.
         */
        public static Builder builder(String stream) {
            return new Builder(stream);
        }

        /** What {@link SimulatedCamera#open} tells about the frames. */
        StreamSpec streamSpec() {
            long period = Rates.periodNanos(framesPerSecond);
            long exposure = exposureMillis > 0
                    ? Math.round(exposureMillis * 1e6)
                    : period > 0 ? period : Math.round(DEFAULT_EXPOSURE_MILLIS * 1e6);
            return new StreamSpec(
                    stream,
                    frame,
                    channelNames(),
                    zSlices,
                    positions,
                    pixelSizeUm,
                    zSlices > 1 ? zStepUm : Double.NaN,
                    sensor.bits(),
                    period,
                    exposure,
                    frames);
        }

        private List<String> channelNames() {
            return channels.stream().map(Structure::channelName).toList();
        }

        private static void require(boolean holds, String name, double value, String range) {
            if (!holds) {
                throw new IllegalArgumentException(
                        "Simulated camera setting " + name + " must be " + range + ", not " + value);
            }
        }
    }

    /** Collects settings; those not set keep the values that {@link Settings#builder} names. */
    public static final class Builder {
        private final String stream;
        private int width = 512;
        private int height = 512;
        private PixelType pixelType = PixelType.UINT16;
        private double framesPerSecond = 20;
        private long frames = -1;
        private long seed = 1;
        private List<Structure> channels = List.of(Structure.CELLS);
        private int zSlices = 1;
        private double zStepUm = 0.3;
        private int positions = 1;
        private double pixelSizeUm = 0.08;
        private double exposureMillis;
        private Specimen specimen = Specimen.TYPICAL;
        private Light light = Light.DIM;
        private Optics optics = Optics.widefield(1.3);
        private SensorSpec sensor = SensorSpec.scmos();
        private int bufferFrames;

        private Builder(String stream) {
            this.stream = stream;
        }

        public Builder size(int newWidth, int newHeight) {
            width = newWidth;
            height = newHeight;
            return this;
        }

        /** uint16 or uint8; a sensor of more bits than 8 is then read out as 8-bit, two counts per photoelectron. */
        public Builder pixelType(PixelType type) {
            pixelType = type;
            return this;
        }

        public Builder framesPerSecond(double rate) {
            framesPerSecond = rate;
            return this;
        }

        public Builder frames(long count) {
            frames = count;
            return this;
        }

        public Builder seed(long newSeed) {
            seed = newSeed;
            return this;
        }

        public Builder channels(List<Structure> structures) {
            channels = structures;
            return this;
        }

        public Builder zStack(int slices, double stepUm) {
            zSlices = slices;
            zStepUm = stepUm;
            return this;
        }

        public Builder positions(int count) {
            positions = count;
            return this;
        }

        public Builder pixelSizeUm(double size) {
            pixelSizeUm = size;
            return this;
        }

        public Builder exposureMillis(double millis) {
            exposureMillis = millis;
            return this;
        }

        public Builder specimen(Specimen newSpecimen) {
            specimen = newSpecimen;
            return this;
        }

        public Builder light(Light newLight) {
            light = newLight;
            return this;
        }

        public Builder optics(Optics newOptics) {
            optics = newOptics;
            return this;
        }

        public Builder sensor(SensorSpec newSensor) {
            sensor = newSensor;
            return this;
        }

        public Builder bufferFrames(int count) {
            bufferFrames = count;
            return this;
        }

        /**
         * Checks everything.
         *
         * @throws IllegalArgumentException naming the setting, its range and the value found
         */
        public Settings build() {
            boolean toEight = pixelType == PixelType.UINT8 && sensor.bits() > 8;
            return new Settings(
                    stream,
                    new FrameSpec(width, height, pixelType),
                    framesPerSecond,
                    frames,
                    seed,
                    channels,
                    zSlices,
                    zStepUm,
                    positions,
                    pixelSizeUm,
                    exposureMillis,
                    specimen,
                    light,
                    optics,
                    toEight ? sensor.asEightBit(2) : sensor,
                    bufferFrames);
        }
    }

    private final Settings settings;
    private final OpenLoop.Waiting waiting;
    private SimulatedMovie movie;
    private OpenLoop pace;

    public SimulatedCamera(Settings settings) {
        this(settings, LockSupport::parkNanos);
    }

    SimulatedCamera(Settings settings, OpenLoop.Waiting waiting) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.waiting = waiting;
    }

    /** {@inheritDoc} Also renders some frames, up to a second's worth of work, so that the first ones aren't late. */
    @Override
    public StreamSpec open() {
        movie = groundTruth();
        short[] counts = new short[settings.frame().pixels()];
        long start = System.nanoTime();
        for (int k = 0; k < WARM_UP_FRAMES && System.nanoTime() - start < WARM_UP_NANOS; k++) {
            movie.frame(k, counts);
        }
        return movie.stream();
    }

    @Override
    public SourceEnd run(FrameWriter writer) throws Exception {
        long period = movie.stream().framePeriodNanos();
        if (pace == null) {
            int buffer = Rates.bufferFrames(settings.bufferFrames(), settings.framesPerSecond());
            pace = new OpenLoop(period, settings.frames(), buffer, waiting);
        }
        Sensor sensor = new Sensor();
        try {
            return pace.run(writer, sensor);
        } finally {
            sensor.tellIfTooSlow(period);
        }
    }

    @Override
    public void close() {
        movie = null;
    }

    /** The same movie, with a canvas of its own: frames without noise, by index, on any one thread. */
    public SimulatedMovie groundTruth() {
        return new SimulatedMovie(
                settings.streamSpec(),
                settings.channels(),
                settings.specimen(),
                settings.optics(),
                settings.light(),
                settings.sensor(),
                settings.seed());
    }

    private final class Sensor implements OpenLoop.Subject {
        private final short[] counts = new short[settings.frame().pixels()];
        private final byte[] bytes = new byte[settings.frame().pixelType() == PixelType.UINT8 ? counts.length : 0];
        private long exposed = -1;
        private long rendered;
        private long renderNanos;

        @Override
        public OpenLoop.Readiness prepare(long k) {
            if (exposed != k) {
                long start = System.nanoTime();
                movie.frame(k, counts);
                renderNanos += System.nanoTime() - start;
                rendered++;
                for (int p = 0; p < bytes.length; p++) {
                    bytes[p] = (byte) counts[p];
                }
                exposed = k;
            }
            return OpenLoop.Readiness.READY;
        }

        @Override
        public void fill(long k, FrameDraft draft) {
            ByteBuffer pixels = draft.pixels();
            if (bytes.length > 0) {
                pixels.put(bytes);
            } else {
                pixels.asShortBuffer().put(counts);
            }
            draft.exposureNanos(movie.stream().exposureNanos());
        }

        /** Frames lost because rendering can't keep the rate look like a camera's loss: say that they aren't. */
        private void tellIfTooSlow(long period) {
            if (period > 0 && rendered > 20 && 10 * renderNanos > 9 * period * rendered) {
                LOG.warn(
                        "Rendering a simulated frame took {} ms on average, of {} ms that it may take at {} frames/s; "
                                + "frames lost as overwritten may be due to that: simulate smaller frames, fewer cells "
                                + "or a lower rate",
                        renderNanos / rendered / 1_000_000,
                        period / 1_000_000,
                        settings.framesPerSecond());
            }
        }
    }
}
