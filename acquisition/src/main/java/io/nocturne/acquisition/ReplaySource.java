package io.nocturne.acquisition;

import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.StackReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * Plays frames from disk as if a camera gave them: anything that {@link StackReader} opens. Holes in a stack are played
 * as gaps. Reading runs ahead on a thread of its own.
 */
public final class ReplaySource implements FrameSource {
    private static final long PREFETCH_BYTES = 256L << 20;
    private static final int MAX_PREFETCH = 64;

    /** How fast to play. */
    public enum Pace {
        /** At the stack's own frame period, which it must know. */
        RECORDED,
        /** At a set rate. */
        RATE,
        /** As fast as there is room; nothing is lost. */
        MAXIMAL
    }

    /**
     * What to play, and how.
     *
     * @param path of a stack: OME-Zarr, TIFF, NumPy, PNG or a folder of frames
     * @param stream name for the stream; empty for the stack's own
     * @param pace how fast
     * @param framesPerSecond 0.0001 to 1e6 for {@link Pace#RATE}, otherwise 0
     * @param frames how many to play, from the beginning again when the stack is through; 0 for the stack once, -1 for
     *     ever
     * @param lossless true to hold due frames for as long as the pipeline pushes back; false to overwrite the oldest when
     *     a camera's buffer would be full
     * @param bufferFrames frames of that buffer; 0 for one second's worth
     * @param geometry what the stack itself doesn't say, or says wrong
     */
    public record Settings(
            Path path,
            String stream,
            Pace pace,
            double framesPerSecond,
            long frames,
            boolean lossless,
            int bufferFrames,
            Geometry geometry) {
        public Settings {
            Objects.requireNonNull(geometry, "geometry");
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(stream, "stream");
            Objects.requireNonNull(pace, "pace");
            Rates.checkRate(framesPerSecond);
            Rates.checkBuffer(bufferFrames);
            if ((pace == Pace.RATE) != (framesPerSecond > 0)) {
                throw new IllegalArgumentException("framesPerSecond must be above 0 for a set rate, and 0 at pace "
                        + pace + "; it is " + framesPerSecond);
            }
            if (frames < -1) {
                throw new IllegalArgumentException(
                        "frames must be 1 or more, 0 (the stack once) or -1 (for ever), not " + frames);
            }
        }

        /** Everything as the stack says. */
        public Settings(
                Path path,
                String stream,
                Pace pace,
                double framesPerSecond,
                long frames,
                boolean lossless,
                int bufferFrames) {
            this(path, stream, pace, framesPerSecond, frames, lossless, bufferFrames, Geometry.RECORDED);
        }

        /** With a geometry that the stack doesn't say. */
        public Settings withGeometry(Geometry value) {
            return new Settings(path, stream, pace, framesPerSecond, frames, lossless, bufferFrames, value);
        }

        /** The stack once, as fast as there is room. */
        public static Settings maximal(Path path) {
            return new Settings(path, "", Pace.MAXIMAL, 0, 0, true, 0);
        }

        /** The stack once, at that rate, as a camera whose frames can be lost. */
        public static Settings atRate(Path path, double framesPerSecond) {
            return new Settings(path, "", Pace.RATE, framesPerSecond, 0, false, 0);
        }
    }

    /**
     * What a stack is taken for.
     *
     * @param zSlices slices per z-stack; 0 for what the stack says. Its frames are then taken channel first, then slice,
     *     as one position
     * @param pixelSizeUm pixel size in micrometres; 0 for what the stack says
     * @param zStepUm distance of slices in micrometres; 0 for what the stack says
     */
    public record Geometry(int zSlices, double pixelSizeUm, double zStepUm) {
        /** All as recorded. */
        public static final Geometry RECORDED = new Geometry(0, 0, 0);

        public Geometry {
            if (zSlices < 0 || !(pixelSizeUm >= 0) || !(zStepUm >= 0)) {
                throw new IllegalArgumentException("zSlices, pixelSizeUm and zStepUm must be 0 or more, not " + zSlices
                        + ", " + pixelSizeUm + " and " + zStepUm);
            }
        }

        /**
         * A stream with this geometry.
         *
         * @param frames it holds, -1 for no end
         * @throws SourceException if they are no whole number of stacks
         */
        StreamSpec of(StreamSpec recorded, long frames) throws SourceException {
            long perStack = (long) Math.max(1, zSlices) * recorded.channels().size();
            if (zSlices > 0 && frames > 0 && frames % perStack != 0) {
                throw new SourceException("zSlices " + zSlices + " doesn't fit: the recording's " + frames
                        + " frames are no multiple of " + perStack
                        + (recorded.channels().size() > 1 ? " (slices x channels)" : ""));
            }
            return new StreamSpec(
                    recorded.name(),
                    recorded.frame(),
                    recorded.channels(),
                    zSlices > 0 ? zSlices : recorded.zSlices(),
                    zSlices > 0 ? 1 : recorded.positions(),
                    pixelSizeUm > 0 ? pixelSizeUm : recorded.pixelSizeUm(),
                    zStepUm > 0 ? zStepUm : recorded.zStepUm(),
                    recorded.significantBits(),
                    recorded.framePeriodNanos(),
                    recorded.exposureNanos(),
                    frames);
        }
    }

    private final Settings settings;
    private final OpenLoop.Waiting waiting;
    private StackReader reader;
    private StreamSpec stream;
    private Prefetch prefetch;
    private OpenLoop pace;

    public ReplaySource(Settings settings) {
        this(settings, LockSupport::parkNanos);
    }

    ReplaySource(Settings settings, OpenLoop.Waiting waiting) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.waiting = waiting;
    }

    /** {@inheritDoc} At maximal pace the stream keeps the stack's own frame period, for whoever writes it on. */
    @Override
    public StreamSpec open() throws SourceException {
        try {
            reader = StackReader.open(settings.path());
        } catch (IOException e) {
            throw new SourceException(settings.path() + " can't be replayed: " + e.getMessage(), e);
        }
        StreamSpec recorded = settings.geometry().of(reader.stream(), reader.frames());
        if (reader.frames() == 0) {
            throw new SourceException(settings.path() + " holds no frames");
        }
        long period = settings.pace() == Pace.RATE
                ? Rates.periodNanos(settings.framesPerSecond())
                : recorded.framePeriodNanos();
        if (settings.pace() == Pace.RECORDED && period <= 0) {
            throw new SourceException(
                    settings.path() + " doesn't say how far apart its frames are: set a rate, or maximal pace");
        }
        stream = new StreamSpec(
                settings.stream().isEmpty() ? recorded.name() : settings.stream(),
                recorded.frame(),
                recorded.channels(),
                recorded.zSlices(),
                recorded.positions(),
                recorded.pixelSizeUm(),
                recorded.zStepUm(),
                recorded.significantBits(),
                period,
                recorded.exposureNanos(),
                settings.frames() == 0 ? reader.frames() : settings.frames());
        return stream;
    }

    /** Bytes that reading ahead takes outside the heap. After {@link #open}. */
    public long offHeapBytes() {
        return (long) prefetchFrames() * stream.frame().bytes();
    }

    private int prefetchFrames() {
        return (int) Math.max(
                2, Math.min(MAX_PREFETCH, PREFETCH_BYTES / stream.frame().bytes()));
    }

    @Override
    public SourceEnd run(FrameWriter writer) throws Exception {
        if (pace == null) {
            long period = settings.pace() == Pace.MAXIMAL ? 0 : stream.framePeriodNanos();
            double rate = period == 0 ? 0 : 1e9 / period;
            int buffer =
                    settings.lossless() ? OpenLoop.NEVER_OVERWRITE : Rates.bufferFrames(settings.bufferFrames(), rate);
            prefetch = new Prefetch(reader, stream.totalFrames(), prefetchFrames());
            pace = new OpenLoop(period, stream.totalFrames(), buffer, waiting);
        }
        return pace.run(writer, new Recording(prefetch));
    }

    @Override
    public void close() {
        if (prefetch != null) {
            prefetch.close();
            prefetch = null;
        }
        Closing.quietly(reader);
        reader = null;
    }

    private final class Recording implements OpenLoop.Subject {
        private final Prefetch prefetch;

        Recording(Prefetch prefetch) {
            this.prefetch = prefetch;
        }

        @Override
        public OpenLoop.Readiness prepare(long k) throws IOException {
            prefetch.release(k);
            return prefetch.readiness(k);
        }

        @Override
        public void fill(long k, FrameDraft draft) {
            prefetch.copy(k, draft.pixels());
            draft.exposureNanos(stream.exposureNanos());
        }
    }
}
