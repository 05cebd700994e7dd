package io.nocturne.acquisition.mm;

import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A camera behind a Micro-Manager core that Nocturne owns. {@link #open} loads the configuration and sets the camera up,
 * {@link #run} takes one sequence: light on, camera started, frames drained, camera stopped, light off. A change of region,
 * binning or pixel type stops the sequence, drains it and opens a new epoch; so does a new {@link Phase}.
 *
 * <p>Threads as {@link FrameSource} says; {@link #request} from any.
 */
public final class MicroManagerSource implements FrameSource {
    private static final Logger LOG = LoggerFactory.getLogger(MicroManagerSource.class);
    /** Of each camera, in the core's buffer: one being filled while another is taken. */
    private static final int LEAST_FRAMES = 2;

    /** What a full buffer means. */
    public enum Mode {
        /** The sequence goes on and the loss becomes a gap. */
        LIVE,
        /** The sequence ends: every frame up to there is stored, or the run fails. */
        RECORD
    }

    /**
     * What to take.
     *
     * @param stream name of the stream, such as {@code cam0}
     * @param setup what the core loads
     * @param camera how the camera is set
     * @param mode what a full buffer means
     * @param framesPerSecond expected, for plan and buffer; 0 for one frame per exposure
     * @param light the excitation
     * @param phases parts of the run, at least one; all but the last with an end
     */
    public record Settings(
            String stream,
            CoreSetup setup,
            CameraSettings camera,
            Mode mode,
            double framesPerSecond,
            LightSettings light,
            List<Phase> phases) {
        public Settings {
            Objects.requireNonNull(mode, "mode");
            phases = List.copyOf(phases);
            if (phases.isEmpty()) {
                throw new IllegalArgumentException("A run has at least one phase");
            }
            for (int i = 0; i < phases.size() - 1; i++) {
                if (phases.get(i).endless()) {
                    throw new IllegalArgumentException("Phase '" + phases.get(i).name()
                            + "' has no end, so those after it would never begin: give it a number of frames");
                }
            }
            for (Phase phase : phases) {
                phase.level().ifPresent(light::allowed);
            }
        }

        /** One phase of that many frames, -1 until stopped, with the light left alone. */
        public static Settings of(String stream, CoreSetup setup, CameraSettings camera, Mode mode, long frames) {
            return new Settings(stream, setup, camera, mode, 0, LightSettings.NONE, List.of(Phase.whole(frames)));
        }
    }

    private final Settings settings;
    private final PortOpener opener;
    private final CoreTime coreTime;
    private final Optional<Runnable> waiting;
    private final AtomicReference<CameraSettings> requested = new AtomicReference<>();

    private CameraPort port;
    private Light light;
    private CameraFacts facts;
    private int phaseIndex;
    /** Frames of the present phase that earlier epochs gave. */
    private long phaseFrames;

    public MicroManagerSource(Settings settings, PortOpener opener) {
        this(settings, opener, CoreTime.system(), Optional.empty());
    }

    MicroManagerSource(Settings settings, PortOpener opener, CoreTime coreTime, Optional<Runnable> waiting) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.opener = Objects.requireNonNull(opener, "opener");
        this.coreTime = coreTime;
        this.waiting = waiting;
    }

    @Override
    public StreamSpec open() throws SourceException {
        port = opener.open();
        light = new Light(port, settings.light());
        try {
            port.load(settings.setup());
            CameraSettings camera = settings.camera();
            Optional<Double> first = settings.phases().get(0).exposureMillis();
            set(first.isPresent() ? camera.withExposureMillis(first.get()) : camera);
            if (camera.bufferBytes().isEmpty()) {
                port.apply(CameraSettings.UNCHANGED.withBufferBytes(bufferBytes(port.facts())));
            }
            readFacts();
        } catch (PortException e) {
            throw new SourceException(e.getMessage(), e);
        }
        return stream();
    }

    /** Sets the camera up, the buffer last: of cameras that differ a core says only that it can't make one. */
    private void set(CameraSettings camera) throws PortException, SourceException {
        port.apply(camera.withoutBuffer());
        requireAlike();
        if (camera.bufferBytes().isPresent()) {
            port.apply(CameraSettings.UNCHANGED.withBufferBytes(
                    camera.bufferBytes().get()));
        }
    }

    /** A core starts cameras of unequal size all the same, and then delivers only some of their frames. */
    private void requireAlike() throws PortException, SourceException {
        List<CameraFacts> each = port.factsOfEach();
        CameraFacts first = each.get(0);
        for (CameraFacts other : each) {
            if (!first.alike(other)) {
                throw new SourceException("The cameras behind " + port.facts().camera() + " differ: " + first.camera()
                        + " gives " + first.kind() + ", " + other.camera() + " " + other.kind()
                        + ". As channels of one stream they need the same region, binning, pixel type and exposure: "
                        + "set each of them in source.micromanager.properties, or run one camera at a time");
            }
        }
    }

    private void readFacts() throws PortException, SourceException {
        facts = port.facts();
        long frame = (long) facts.width() * facts.height() * facts.bytesPerPixel();
        if (facts.bufferBytes() < LEAST_FRAMES * frame) {
            throw new SourceException("The core's buffer of " + (facts.bufferBytes() >> 20) + " MiB holds fewer than "
                    + LEAST_FRAMES + " frames of " + facts.width() + "x" + facts.height() + ". Leave out "
                    + "source.micromanager.buffer, which gives it two seconds' worth, or set it to at least "
                    + (((LEAST_FRAMES * frame - 1) >> 20) + 1) + " MiB");
        }
    }

    /** The reserve while the ring is full, or while this machine has no time for the source. */
    private long bufferBytes(CameraFacts camera) {
        return CoreBuffer.bytes(
                (long) camera.width() * camera.height() * camera.bytesPerPixel(),
                periodNanos(camera) / camera.physicalCameras().size());
    }

    private long periodNanos(CameraFacts camera) {
        return Math.round(
                settings.framesPerSecond() > 0 ? 1e9 / settings.framesPerSecond() : camera.exposureMillis() * 1e6);
    }

    private StreamSpec stream() throws SourceException {
        if (facts.components() != 1 || facts.bytesPerPixel() < 1 || facts.bytesPerPixel() > 2) {
            throw new SourceException("Camera " + facts.camera() + " gives " + facts.components() + " components of "
                    + 8 * facts.bytesPerPixel() / Math.max(1, facts.components())
                    + " bits a pixel; grey frames of 8 or "
                    + "16 bits are needed. Set source.micromanager.pixelType, such as 16bit");
        }
        PixelType type = facts.bytesPerPixel() == 1 ? PixelType.UINT8 : PixelType.UINT16;
        int bits = Math.max(1, Math.min(facts.bits(), 8 * type.bytes()));
        Phase phase = settings.phases().get(phaseIndex);
        int cameras = facts.physicalCameras().size();
        return new StreamSpec(
                settings.stream(),
                new FrameSpec(facts.width(), facts.height(), type),
                cameras == 1 ? List.of("0") : facts.physicalCameras(),
                1,
                1,
                facts.pixelSizeUm() > 0 ? facts.pixelSizeUm() : Double.NaN,
                Double.NaN,
                bits,
                periodNanos(facts) / cameras,
                Math.round(facts.exposureMillis() * 1e6),
                phase.endless() ? -1 : cameras * (phase.frames() - phaseFrames));
    }

    /**
     * Changes the camera while frames come: an exposure at once, everything else by a new epoch. A later request that comes
     * before an earlier one was taken up replaces it.
     */
    public void request(CameraSettings change) {
        requested.set(change);
    }

    @Override
    public SourceEnd run(FrameWriter writer) throws Exception {
        Phase phase = settings.phases().get(phaseIndex);
        StreamSpec stream = stream();
        boolean record = settings.mode() == Mode.RECORD;
        Runnable pause = waiting.orElseGet(() -> Poll.measured(stream.framePeriodNanos())::waitAMoment);
        Drain drain =
                new Drain(port, writer, facts, stream, record, light, coreTime, pause, () -> requested.get() != null);
        writer.note(beginning(phase));
        long wanted = phase.endless() ? Long.MAX_VALUE : stream.totalFrames();
        Drain.End end;
        try {
            light.on(phase.level());
            port.start(
                    phase.endless() ? wanted : wanted / facts.physicalCameras().size(), record);
            end = untilEnd(drain, wanted);
        } finally {
            stopThenDark();
        }
        if (end == Drain.End.CHANGE) {
            drain.rest();
        }
        writer.note(ending(end, drain));
        return next(end, phase, writer.nextIndex() / facts.physicalCameras().size());
    }

    private Drain.End untilEnd(Drain drain, long wanted) throws Exception {
        while (true) {
            Drain.End end = drain.whileRunning(wanted);
            CameraSettings change = end == Drain.End.CHANGE ? requested.get() : null;
            if (change == null || !change.onlyExposure()) {
                return end;
            }
            requested.compareAndSet(change, null);
            port.exposure(change.exposureMillis().orElseThrow());
            drain.exposureSet(change.exposureMillis().orElseThrow());
        }
    }

    private void stopThenDark() {
        try {
            port.stop();
        } catch (PortException e) {
            LOG.error("Camera {} could not be stopped", facts.camera(), e);
        } finally {
            light.off();
        }
    }

    private SourceEnd next(Drain.End end, Phase phase, long frames) throws PortException, SourceException {
        if (end == Drain.End.STOPPED) {
            return SourceEnd.FINISHED;
        }
        phaseFrames += frames;
        if (!phase.endless() && phaseFrames >= phase.frames()) {
            phaseFrames = 0;
            if (++phaseIndex == settings.phases().size()) {
                return SourceEnd.FINISHED;
            }
            Optional<Double> exposure = settings.phases().get(phaseIndex).exposureMillis();
            if (exposure.isPresent()) {
                port.apply(CameraSettings.UNCHANGED.withExposureMillis(exposure.get()));
            }
        }
        CameraSettings change = requested.getAndSet(null);
        if (change != null) {
            set(change);
        }
        readFacts();
        return new SourceEnd.NextEpoch(stream());
    }

    private Map<String, Object> ending(Drain.End end, Drain drain) {
        Map<String, Object> note = new LinkedHashMap<>();
        note.put("what", "sequence stopped");
        note.put("why", end.name());
        note.put("leftInHand", drain.leftInHand());
        note.put("leftInCamera", port.waiting());
        return note;
    }

    private Map<String, Object> beginning(Phase phase) {
        Map<String, Object> note = new LinkedHashMap<>();
        note.put("what", "sequence begins");
        note.put("core", port.version());
        note.put("camera", facts.camera());
        note.put("phase", phase.name());
        note.put("mode", settings.mode().name().toLowerCase(Locale.ROOT));
        note.put("exposureMs", facts.exposureMillis());
        note.put("binning", facts.binning());
        note.put("bits", facts.bits());
        note.put("bufferBytes", facts.bufferBytes());
        phase.level().ifPresent(level -> {
            note.put("lightLevel", level);
            note.put("lightUnit", settings.light().unit());
            note.put("doseUnit", settings.light().doseUnit());
        });
        return note;
    }

    /** {@inheritDoc} Turns the light off first, whatever the source thread is doing. */
    @Override
    public void close() {
        if (light != null) {
            light.off();
        }
        if (port != null) {
            port.close();
        }
    }
}
