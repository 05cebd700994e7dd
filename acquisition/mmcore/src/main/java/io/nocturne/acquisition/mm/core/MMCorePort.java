package io.nocturne.acquisition.mm.core;

import io.nocturne.acquisition.mm.CameraFacts;
import io.nocturne.acquisition.mm.CameraPort;
import io.nocturne.acquisition.mm.CameraSettings;
import io.nocturne.acquisition.mm.CoreSetup;
import io.nocturne.acquisition.mm.PortException;
import io.nocturne.acquisition.mm.Roi;
import java.util.ArrayList;
import java.util.List;
import mmcorej.CMMCore;
import mmcorej.Metadata;
import org.slf4j.LoggerFactory;

/**
 * A real Micro-Manager core. Frames are taken with {@code popNextImageMD} and one reused {@code Metadata}, never as tagged
 * images, and no property of a running camera is read: see the decisions of {@code acquisition.mm}. Threads as
 * {@link CameraPort} says.
 */
public final class MMCorePort implements CameraPort {
    private static final String PIXEL_TYPE = "PixelType";
    private static final String BINNING = "Binning";
    private static final String EMPTY = "empty";
    private static final long MIB = 1L << 20;

    private final CMMCore core;
    private final Metadata metadata;
    /** The core keeps a bare pointer to it: this reference keeps it alive. */
    private final CoreEvents events;

    private String camera = "";
    private volatile boolean closed;

    /** A core with nothing loaded; fails with a {@link LinkageError} if its native library can't be loaded. */
    public MMCorePort() throws PortException {
        core = new CMMCore();
        metadata = new Metadata();
        events = new CoreEvents();
        attempt("Registering for events", () -> core.registerCallback(events));
    }

    @FunctionalInterface
    private interface Call {
        void run() throws Exception;
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws Exception;
    }

    private static void attempt(String what, Call call) throws PortException {
        ask(what, () -> {
            call.run();
            return true;
        });
    }

    /** The core throws plain exceptions with a message and no code. */
    private static <T> T ask(String what, Question<T> question) throws PortException {
        try {
            return question.ask();
        } catch (Exception e) {
            throw new PortException(what + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String version() {
        return core.getVersionInfo() + ", " + core.getAPIVersionInfo();
    }

    @Override
    public void load(CoreSetup setup) throws PortException {
        if (setup.configuration().isPresent()) {
            String file = setup.configuration().get().toAbsolutePath().toString();
            attempt("Loading " + file, () -> core.loadSystemConfiguration(file));
        }
        for (CoreSetup.Device device : setup.devices()) {
            attempt("Loading " + device.name() + " of adapter " + device.library() + " as " + device.label(), () -> {
                core.loadDevice(device.label(), device.library(), device.name());
                core.initializeDevice(device.label());
            });
        }
        for (CoreSetup.Property property : setup.properties()) {
            set(property.device(), property.name(), property.value());
        }
        if (setup.camera().isPresent()) {
            String label = setup.camera().get();
            choose(label);
        }
        attempt("Waiting for the devices", core::waitForSystem);
        camera = core.getCameraDevice();
        if (camera.isEmpty()) {
            throw new PortException("Nothing that was loaded is a camera: name one in source.micromanager.camera, or a"
                    + " configuration (.cfg) that has one");
        }
        follow();
    }

    private void follow() throws PortException {
        events.follow(camera, ask("Reading the exposure", () -> exposureOf(camera)));
    }

    @Override
    public void apply(CameraSettings settings) throws PortException {
        if (settings.binning().isPresent()) {
            set(camera, BINNING, settings.binning().get());
        }
        if (settings.pixelType().isPresent()) {
            set(camera, PIXEL_TYPE, settings.pixelType().get());
        }
        if (settings.roi().isPresent()) {
            Roi roi = settings.roi().get();
            attempt(
                    "Setting region " + roi + " of " + camera,
                    () -> core.setROI(roi.x(), roi.y(), roi.width(), roi.height()));
        }
        if (settings.exposureMillis().isPresent()) {
            exposure(settings.exposureMillis().get());
        }
        if (settings.bufferBytes().isPresent()) {
            long mebibytes = Math.max(1, (settings.bufferBytes().get() + MIB - 1) / MIB);
            attempt(
                    "Taking " + mebibytes + " MiB of memory for the core's buffer",
                    () -> core.setCircularBufferMemoryFootprint(mebibytes));
        }
    }

    @Override
    public CameraFacts facts() throws PortException {
        if (camera.isEmpty()) {
            throw new PortException("Asking for the camera: Camera not loaded or initialized.");
        }
        return facts(camera);
    }

    @Override
    public List<CameraFacts> factsOfEach() throws PortException {
        List<String> physical = physicalCameras(camera);
        if (physical.size() == 1) {
            return List.of(facts());
        }
        List<CameraFacts> each = new ArrayList<>();
        try {
            for (String label : physical) {
                choose(label); // the core tells size and depth only of the camera that is chosen
                each.add(facts(label));
            }
        } finally {
            choose(camera);
        }
        return each;
    }

    private void choose(String label) throws PortException {
        attempt("Choosing camera " + label, () -> core.setCameraDevice(label));
    }

    private CameraFacts facts(String label) throws PortException {
        return ask(
                "Asking camera " + label,
                () -> new CameraFacts(
                        label,
                        physicalCameras(label),
                        (int) core.getImageWidth(),
                        (int) core.getImageHeight(),
                        (int) core.getBytesPerPixel(),
                        (int) core.getNumberOfComponents(),
                        (int) core.getImageBitDepth(),
                        core.getPixelSizeUm(),
                        exposureOf(label),
                        core.hasProperty(label, BINNING) ? core.getProperty(label, BINNING) : "",
                        core.getCircularBufferMemoryFootprint() * MIB));
    }

    /** A "Multi Camera" itself says 0 where its cameras round an exposure differently. */
    private double exposureOf(String label) throws Exception {
        return core.getExposure(physicalCameras(label).get(0));
    }

    /** Behind the camera that is chosen. */
    private List<String> physicalCameras(String label) {
        long channels = core.getNumberOfCameraChannels();
        if (channels <= 1) {
            return List.of(label);
        }
        List<String> labels = new ArrayList<>();
        for (long i = 0; i < channels; i++) {
            labels.add(core.getCameraChannelName(i));
        }
        return labels;
    }

    @Override
    public void start(long frames, boolean stopOnOverflow) throws PortException {
        attempt("Starting camera " + camera, () -> {
            if (frames == Long.MAX_VALUE && !stopOnOverflow) {
                core.startContinuousSequenceAcquisition(0);
            } else {
                core.startSequenceAcquisition((int) Math.min(frames, Integer.MAX_VALUE), 0, stopOnOverflow);
            }
        });
    }

    @Override
    public void stop() throws PortException {
        if (!closed && core.isSequenceRunning()) {
            attempt("Stopping camera " + camera, core::stopSequenceAcquisition);
        }
    }

    @Override
    public boolean running() {
        return core.isSequenceRunning();
    }

    @Override
    public int waiting() {
        return closed ? 0 : core.getRemainingImageCount();
    }

    @Override
    public boolean overflowed() {
        return core.isBufferOverflowed();
    }

    @Override
    public Object pop() throws PortException {
        if (closed) {
            return null; // the core keeps what was queued, of a camera that is gone
        }
        try {
            return core.popNextImageMD(metadata);
        } catch (Exception e) {
            if (String.valueOf(e.getMessage()).contains(EMPTY)) {
                return null;
            }
            throw new PortException("Taking a frame of camera " + camera + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String tags() {
        return metadata.Serialize();
    }

    @Override
    public void exposure(double millis) throws PortException {
        attempt("Setting the exposure of " + camera + " to " + millis + " ms", () -> core.setExposure(millis));
        events.exposureSet(millis);
    }

    @Override
    public double exposureMillis() {
        return events.exposureMillis();
    }

    @Override
    public String property(String device, String name) throws PortException {
        return ask("Reading " + device + "-" + name, () -> core.getProperty(device, name));
    }

    @Override
    public void set(String device, String name, String value) throws PortException {
        attempt("Setting " + device + "-" + name + " to " + value, () -> core.setProperty(device, name, value));
    }

    @Override
    public double[] limits(String device, String name) throws PortException {
        return ask(
                "Asking for the limits of " + device + "-" + name,
                () -> core.hasPropertyLimits(device, name)
                        ? new double[] {
                            core.getPropertyLowerLimit(device, name), core.getPropertyUpperLimit(device, name)
                        }
                        : null);
    }

    @Override
    public void shutter(String device, boolean open) throws PortException {
        attempt((open ? "Opening" : "Closing") + " shutter " + device, () -> {
            core.setAutoShutter(false);
            core.setShutterOpen(device, open);
            core.waitForDevice(device);
        });
    }

    /** Safe to call more than once, and while another thread still takes frames. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        List<Exception> failures = new ArrayList<>();
        for (Call step : List.<Call>of(this::stop, () -> core.registerCallback(null), core::unloadAllDevices)) {
            try {
                step.run();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        closed = true;
        if (!failures.isEmpty()) {
            LoggerFactory.getLogger(MMCorePort.class)
                    .warn(
                            "Micro-Manager's devices could not be let go: {}",
                            failures.get(0).getMessage(),
                            failures.get(0));
        }
    }
}
