package io.nocturne.acquisition.mm;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * A Micro-Manager core without hardware that behaves, and misbehaves, as a real one was measured to: a bounded buffer that is
 * wiped whole when it is full, sequences that end without a word, numbers that jump or begin anew, a count that promises a
 * frame which is gone when it is asked for. Frames come at fixed times of a clock that is handed in, so a script plays the
 * same way each time. Pixels follow from the frame's number ({@link PatternSource#fill}).
 *
 * <p>Calls from any thread; each takes a lock, as the real core's do.
 */
public final class FakeCore implements CameraPort {
    /** How frames are numbered after the buffer was wiped. */
    public enum Numbering {
        /** Lost frames have numbers too: builds since April 2026. */
        GOES_ON,
        /** From 0 again: builds before that. */
        BEGINS_ANEW
    }

    /** What goes wrong, at a certain frame. */
    public enum Mishap {
        /** The camera fails before that frame: no exception anywhere, the sequence just ends. */
        SEQUENCE_ENDS,
        /** The buffer, with this frame as its only one, is wiped between the look at the count and the pop. */
        WIPED_BEFORE_POP,
        /** The array is of another size than the frame's tags say. */
        WRONG_LENGTH,
        /** The frame's tags tell another size than the camera's. */
        WRONG_SIZE,
        /** The frame is another camera's. */
        FOREIGN
    }

    private static final DateTimeFormatter WALL_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);
    private static final String BUSY =
            "Error in device \"Camera\": Camera is busy acquiring images. Stop acquisition and try again. (30)";
    private static final String NO_BUFFER = "Failed to initialize circular buffer - memory requirements not adequate.";
    private static final String RUNNING = "This operation can not be executed while sequence acquisition is running.";

    /** What to play; wither methods change one thing each. */
    public record Script(
            int width,
            int height,
            int bytesPerPixel,
            double exposureMillis,
            int bufferFrames,
            List<String> cameras,
            Numbering numbering,
            Map<Long, Mishap> mishaps,
            Optional<Odd> odd) {
        /** A 16-bit camera that needs as long for a frame as it is exposed. */
        public static Script camera(int width, int height, double exposureMillis) {
            return new Script(
                    width,
                    height,
                    2,
                    exposureMillis,
                    32,
                    List.of("Camera"),
                    Numbering.GOES_ON,
                    Map.of(),
                    Optional.empty());
        }

        public Script bufferFrames(int frames) {
            return new Script(width, height, bytesPerPixel, exposureMillis, frames, cameras, numbering, mishaps, odd);
        }

        public Script bytesPerPixel(int bytes) {
            return new Script(width, height, bytes, exposureMillis, bufferFrames, cameras, numbering, mishaps, odd);
        }

        /** Physical cameras behind a "Multi Camera". */
        public Script cameras(List<String> labels) {
            return new Script(
                    width, height, bytesPerPixel, exposureMillis, bufferFrames, labels, numbering, mishaps, odd);
        }

        public Script numbering(Numbering kind) {
            return new Script(width, height, bytesPerPixel, exposureMillis, bufferFrames, cameras, kind, mishaps, odd);
        }

        /** At that frame of the sequence, counted from 0. */
        public Script mishap(long frame, Mishap mishap) {
            Map<Long, Mishap> more = new TreeMap<>(mishaps);
            more.put(frame, mishap);
            return new Script(
                    width, height, bytesPerPixel, exposureMillis, bufferFrames, cameras, numbering, more, odd);
        }

        /** The last physical camera is unlike the others. */
        public Script odd(int oddWidth, int oddBytesPerPixel, double oddExposureMillis) {
            Optional<Odd> last = Optional.of(new Odd(oddWidth, oddBytesPerPixel, oddExposureMillis));
            return new Script(
                    width, height, bytesPerPixel, exposureMillis, bufferFrames, cameras, numbering, mishaps, last);
        }
    }

    /** What a physical camera has of its own. */
    public record Odd(int width, int bytesPerPixel, double exposureMillis) {}

    private record Waiting(
            long frame, long number, String camera, double elapsedMillis, long dueNanos, int width, int height) {}

    private final Script script;
    private final LongSupplier nanoTime;
    private final long wallOffsetNanos;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, Long> counters = new HashMap<>();
    private final ByteBuffer pattern;

    private boolean loaded;
    private boolean snapped;
    private int width;
    private int height;
    private int binning = 1;
    private long bufferBytes;
    private boolean started;
    private boolean stopOnOverflow;
    private boolean overflowed;
    private boolean wrongSizeNext;
    private long framesWanted;
    private long sequenceStart;
    private long nextFrame;
    private long nextDue;
    private double exposure;
    private double exposureFromNext;
    private long sent;
    private int shutterMoves;
    private String tags = "";

    /**
     * @param nanoTime the clock that frames keep to
     * @param wallOffsetNanos added to it, the clock on the wall: nanoseconds since 1970, local time
     */
    public FakeCore(Script script, LongSupplier nanoTime, long wallOffsetNanos) {
        this.script = script;
        this.nanoTime = nanoTime;
        this.wallOffsetNanos = wallOffsetNanos;
        this.width = script.width();
        this.height = script.height();
        this.exposure = script.exposureMillis();
        this.exposureFromNext = exposure;
        this.bufferBytes = (long) script.bufferFrames() * frameBytes();
        this.pattern = ByteBuffer.allocate(frameBytes()).order(ByteOrder.nativeOrder());
    }

    private int frameBytes() {
        return width * height * script.bytesPerPixel();
    }

    private long capacity() {
        return Math.min(script.bufferFrames(), bufferBytes / frameBytes());
    }

    /** Frames that the camera has put into the core, lost ones included, in all sequences so far. */
    public synchronized long sent() {
        advance();
        return sent;
    }

    /** How often a shutter was opened or closed. */
    public synchronized int shutterMoves() {
        return shutterMoves;
    }

    @Override
    public String version() {
        return "FakeCore";
    }

    @Override
    public synchronized void load(CoreSetup setup) throws PortException {
        if (setup.camera().isPresent() && !setup.camera().get().equals(label())) {
            throw new PortException("No device with label \"" + setup.camera().get() + "\"");
        }
        loaded = true;
        for (CoreSetup.Property property : setup.properties()) {
            set(property.device(), property.name(), property.value());
        }
    }

    private String label() {
        return script.cameras().size() == 1 ? script.cameras().get(0) : "Multi Camera";
    }

    @Override
    public synchronized void apply(CameraSettings settings) throws PortException {
        advance();
        if (started && (settings.binning().isPresent() || settings.pixelType().isPresent())) {
            throw new PortException(BUSY);
        }
        settings.binning().ifPresent(word -> {
            binning = Integer.parseInt(word);
            width = script.width() / binning;
            height = script.height() / binning;
        });
        settings.roi().ifPresent(roi -> {
            width = roi.width();
            height = roi.height();
            queue.clear();
            wrongSizeNext = started;
        });
        settings.exposureMillis().ifPresent(millis -> exposureFromNext = millis);
        settings.bufferBytes().ifPresent(bytes -> {
            bufferBytes = bytes;
            wrongSizeNext = started;
            if (!started) {
                queue.clear();
            }
        });
    }

    @Override
    public synchronized CameraFacts facts() throws PortException {
        requireLoaded();
        return facts(label(), script.cameras(), width, script.bytesPerPixel(), exposureFromNext);
    }

    private CameraFacts facts(String label, List<String> physical, int pixelsInX, int bytes, double millis) {
        return new CameraFacts(
                label,
                physical,
                pixelsInX,
                height,
                bytes,
                1,
                8 * bytes,
                0.1,
                millis,
                Integer.toString(binning),
                bufferBytes);
    }

    @Override
    public synchronized List<CameraFacts> factsOfEach() throws PortException {
        requireLoaded();
        List<CameraFacts> each = new ArrayList<>();
        for (String camera : script.cameras()) {
            boolean odd =
                    script.odd().isPresent() && each.size() == script.cameras().size() - 1;
            Odd own = odd ? script.odd().get() : new Odd(width, script.bytesPerPixel(), exposureFromNext);
            each.add(facts(camera, List.of(camera), own.width(), own.bytesPerPixel(), own.exposureMillis()));
        }
        return each;
    }

    /** A single picture that somebody else takes with this core, such as a script. */
    public synchronized void snapImage() throws PortException {
        advance();
        requireLoaded();
        if (started) {
            throw new PortException(RUNNING);
        }
        snapped = true;
    }

    /** That picture's pixels. */
    public synchronized Object getImage() throws PortException {
        if (!snapped) {
            throw new PortException("Issue snapImage before getImage.");
        }
        return pixels(new Waiting(0, 0, label(), 0, 0, width, height), 0);
    }

    /** Somebody else leaves no memory for frames that wait: refused, and yet done. */
    public synchronized void takeBufferAway() throws PortException {
        advance();
        bufferBytes = 0;
        queue.clear();
        wrongSizeNext = started;
        throw new PortException(NO_BUFFER);
    }

    private void requireLoaded() throws PortException {
        if (!loaded) {
            throw new PortException("Camera not loaded or initialized.");
        }
    }

    @Override
    public synchronized void start(long frames, boolean stopsOnOverflow) throws PortException {
        advance();
        requireLoaded();
        if (started) {
            throw new PortException(RUNNING);
        }
        if (capacity() < 1) {
            throw new PortException(NO_BUFFER);
        }
        queue.clear();
        counters.clear();
        overflowed = false;
        wrongSizeNext = false;
        stopOnOverflow = stopsOnOverflow;
        framesWanted = frames;
        exposure = exposureFromNext;
        sequenceStart = nanoTime.getAsLong();
        nextFrame = 0;
        nextDue = sequenceStart + exposureNanos();
        started = true;
    }

    private long exposureNanos() {
        return Math.round(exposure * 1e6);
    }

    /** Plays everything that is due by now. */
    private void advance() {
        long now = nanoTime.getAsLong();
        while (started && nextDue <= now) {
            expose();
        }
    }

    private void expose() {
        if (nextFrame >= framesWanted || wrongSizeNext || script.mishaps().get(nextFrame) == Mishap.SEQUENCE_ENDS) {
            started = false;
            return;
        }
        int cameras = script.cameras().size();
        for (int i = 0; i < cameras; i++) {
            insert(script.cameras().get((int) ((nextFrame + i) % cameras))); // in no fixed order
        }
        nextFrame++;
        exposure = exposureFromNext;
        nextDue += exposureNanos();
    }

    private void insert(String camera) {
        if (queue.size() >= capacity()) {
            if (stopOnOverflow) {
                overflowed = true;
                started = false;
                return;
            }
            queue.clear();
            if (script.numbering() == Numbering.BEGINS_ANEW) {
                counters.clear();
            }
        }
        sent++;
        long number = counters.merge(camera, 1L, Long::sum) - 1;
        queue.add(new Waiting(nextFrame, number, camera, (nextDue - sequenceStart) / 1e6, nextDue, width, height));
    }

    @Override
    public synchronized void stop() {
        advance();
        started = false;
    }

    @Override
    public synchronized boolean running() {
        advance();
        return started;
    }

    @Override
    public synchronized int waiting() {
        advance();
        return queue.size();
    }

    @Override
    public synchronized boolean overflowed() {
        return overflowed;
    }

    @Override
    public synchronized Object pop() {
        advance();
        Waiting next = queue.poll();
        if (next == null) {
            return null;
        }
        Mishap mishap = script.mishaps().get(next.frame());
        if (mishap == Mishap.WIPED_BEFORE_POP) {
            queue.clear();
            return null;
        }
        tags = tagsOf(next, mishap);
        return pixels(next, mishap == Mishap.WRONG_LENGTH ? 1 : 0);
    }

    private String tagsOf(Waiting frame, Mishap mishap) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Binning", Integer.toString(binning));
        all.put("Camera", mishap == Mishap.FOREIGN ? "Another camera" : frame.camera());
        all.put("ElapsedTime-ms", String.format(Locale.ROOT, "%.4f", frame.elapsedMillis()));
        all.put("Height", Integer.toString(frame.height()));
        all.put("ImageNumber", Long.toString(frame.number()));
        all.put("PixelType", script.bytesPerPixel() == 1 ? "GRAY8" : "GRAY16");
        all.put("ROI-X-start", "0");
        all.put("ROI-Y-start", "0");
        all.put("TimeReceivedByCore", wallTime(frame.dueNanos() + wallOffsetNanos));
        all.put("Width", Integer.toString(mishap == Mishap.WRONG_SIZE ? frame.width() + 1 : frame.width()));
        return FrameTags.write(all);
    }

    /** As the core writes it, to the microsecond. */
    private static String wallTime(long localNanos) {
        long seconds = Math.floorDiv(localNanos, 1_000_000_000L);
        return LocalDateTime.ofEpochSecond(seconds, (int) Math.floorMod(localNanos, 1_000_000_000L), ZoneOffset.UTC)
                .format(WALL_TIME);
    }

    private Object pixels(Waiting frame, int tooMany) {
        int length = frame.width() * frame.height() + tooMany;
        PixelType type = script.bytesPerPixel() == 1 ? PixelType.UINT8 : PixelType.UINT16;
        if (pattern.capacity() >= length * type.bytes()) {
            PatternSource.fill(pattern.clear().limit(length * type.bytes()), type, frame.frame());
        }
        pattern.rewind();
        if (script.bytesPerPixel() == 1) {
            byte[] bytes = new byte[length];
            pattern.get(bytes, 0, Math.min(length, pattern.remaining()));
            return bytes;
        }
        short[] shorts = new short[length];
        pattern.asShortBuffer().get(shorts, 0, Math.min(length, pattern.remaining() / 2));
        return shorts;
    }

    @Override
    public synchronized String tags() {
        return tags;
    }

    @Override
    public synchronized void exposure(double millis) {
        advance();
        exposureFromNext = millis;
    }

    @Override
    public synchronized double exposureMillis() {
        return exposureFromNext;
    }

    @Override
    public synchronized String property(String device, String name) throws PortException {
        String value = properties.get(device + "-" + name);
        if (value == null) {
            throw new PortException("No property \"" + name + "\" of device \"" + device + "\"");
        }
        return value;
    }

    @Override
    public synchronized void set(String device, String name, String value) throws PortException {
        advance();
        if (started && script.cameras().contains(device) && !name.equals("Exposure")) {
            throw new PortException(BUSY);
        }
        properties.put(device + "-" + name, value);
    }

    @Override
    public double[] limits(String device, String name) {
        return name.equals("Power") ? new double[] {0, 100} : null;
    }

    @Override
    public synchronized void shutter(String device, boolean open) {
        shutterMoves++;
        properties.put(device + "-State", open ? "1" : "0");
    }

    @Override
    public synchronized void close() {
        started = false;
        loaded = false;
        queue.clear();
    }
}
