package io.nocturne.acquisition.mm;

import io.nocturne.acquisition.SequenceCheck;
import io.nocturne.acquisition.SequenceCheck.Verdict;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.FrameWriter.Claim;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one sequence's frames out of a core and hands them on, one copy each: look at the count, take, copy into the slot;
 * wait a moment when there is none. A full ring is waited for with the frame in hand, the core's buffer being the next
 * reserve. What the core lost shows in the frames' numbers and leaves as gaps. Source thread only; one sequence each.
 */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    /** How often a core without frames is asked whether it still runs. */
    private static final long LOOK_NANOS = 100_000_000;

    /** Why a sequence's frames are no longer taken. */
    enum End {
        /** All frames that were wanted are there. */
        ENOUGH,
        /** The run ends. */
        STOPPED,
        /** Something about the camera is to change. */
        CHANGE
    }

    private final CameraPort port;
    private final FrameWriter writer;
    private final RunClock clock;
    private final CameraFacts facts;
    private final FrameSpec frame;
    private final boolean record;
    private final Light light;
    private final CoreTime coreTime;
    private final Runnable waiting;
    private final BooleanSupplier changeWanted;
    private final FrameTags tags = new FrameTags();
    private final List<Lane> lanes = new ArrayList<>();

    private long exposureNanos;
    private double exposureTarget;
    private long exposureSetNanos;
    private int framesSinceExposureSet = 2;
    private long badFrames;
    private boolean told;
    private boolean estimated;
    private boolean closed;
    private int leftInHand;
    private long firstReceived;

    Drain(
            CameraPort port,
            FrameWriter writer,
            CameraFacts facts,
            StreamSpec stream,
            boolean record,
            Light light,
            CoreTime coreTime,
            Runnable waiting,
            BooleanSupplier changeWanted) {
        this.port = port;
        this.writer = writer;
        this.clock = writer.clock();
        this.facts = facts;
        this.frame = stream.frame();
        int cameras = facts.physicalCameras().size();
        for (int i = 0; i < cameras; i++) {
            lanes.add(new Lane(i, cameras * stream.framePeriodNanos()));
        }
        this.record = record;
        this.light = light;
        this.coreTime = coreTime;
        this.waiting = waiting;
        this.changeWanted = changeWanted;
        this.exposureTarget = port.exposureMillis();
        this.exposureNanos = nanos(exposureTarget);
    }

    /**
     * Takes frames while the sequence runs.
     *
     * @param wanted frames of this epoch, lost ones included; {@link Long#MAX_VALUE} for no end
     * @throws SourceException if the camera stops by itself before that
     */
    End whileRunning(long wanted) throws PortException, SourceException {
        long lastLook = clock.nanoTime();
        while (true) {
            if (closed || writer.stopRequested()) {
                return End.STOPPED;
            }
            if (writer.nextIndex() >= wanted) {
                return End.ENOUGH;
            }
            if (changeWanted.getAsBoolean()) {
                return End.CHANGE;
            }
            if (port.waiting() > 0) {
                take();
                continue;
            }
            long now = clock.nanoTime();
            if (now - lastLook >= LOOK_NANOS) {
                lastLook = now;
                if (!port.running() && port.waiting() == 0 && writer.nextIndex() < wanted) {
                    return ended(wanted);
                }
            }
            waiting.run();
        }
    }

    /** Takes what a stopped sequence left in the core. */
    void rest() throws PortException, SourceException {
        while (!closed && !writer.stopRequested() && port.waiting() > 0) {
            take();
        }
    }

    /** Frames that were taken and then found the pipeline closed: 0 or 1. */
    int leftInHand() {
        return leftInHand;
    }

    /** The exposure was set on a running camera: frames have it from the next exposure on. */
    void exposureSet(double millis) {
        exposureTarget = millis;
        exposureSetNanos = clock.nanoTime();
        framesSinceExposureSet = 0;
        Map<String, Object> note = new LinkedHashMap<>();
        note.put("what", "exposure set");
        note.put("exposureMs", millis);
        note.put("from", writer.nextIndex());
        writer.note(note);
    }

    /** The camera stopped and nothing waits: as it should, if numbers that begin anew allow no exact count; else a failure. */
    private End ended(long wanted) throws PortException, SourceException {
        if (wanted != Long.MAX_VALUE && estimated && !port.overflowed()) {
            return End.ENOUGH;
        }
        throw endedByItself();
    }

    private SourceException endedByItself() throws PortException {
        long frames = writer.nextIndex();
        if (port.overflowed()) {
            return new SourceException("The core's buffer of " + (facts.bufferBytes() >> 20) + " MiB was full after "
                    + frames + " frames, and in mode 'record' that ends the recording rather than lose a frame. "
                    + paces(frames) + "All frames up to there are handed on. Use a faster disk, a smaller "
                    + "region, binning or a longer exposure; a longer rings.raw or a larger buffer for a short burst; or "
                    + "mode 'live', which goes on and leaves a gap");
        }
        CameraFacts now = port.facts();
        boolean reshaped = now.width() != facts.width() || now.height() != facts.height();
        return new SourceException("Camera " + facts.camera() + " stopped by itself after " + frames + " frames"
                + (reshaped
                        ? ": its region changed under the running sequence, from " + facts.width() + "x"
                                + facts.height() + " to " + now.width() + "x" + now.height()
                                + ". Let Nocturne change it, which stops the sequence first"
                        : ", as it does after an error of the camera (cable, power, driver) or if the buffer or region "
                                + "was changed meanwhile. Look into Micro-Manager's CoreLog, then start again"));
    }

    /** How fast frames came and how fast they could be handed on, which is the disk's rate if nothing else held them up. */
    private String paces(long frames) {
        double came = 0;
        for (Lane lane : lanes) {
            came += lane.pace.framesPerSecond();
        }
        double seconds = Math.max(1, clock.nanoTime() - firstReceived) / 1e9;
        double megabytes = frame.bytes() / 1e6;
        return String.format(
                Locale.ROOT,
                "The camera sent %.1f a second (%.0f MB/s); the disk or another program let %.1f a second (%.0f MB/s) "
                        + "be taken. ",
                came,
                came * megabytes,
                frames / seconds,
                frames / seconds * megabytes);
    }

    private void take() throws PortException, SourceException {
        Object pixels = port.pop();
        if (pixels == null) {
            return; // wiped between the look and the pop: the next frame's number tells how much that was
        }
        long received = clock.nanoTime();
        if (firstReceived == 0) {
            firstReceived = received;
        }
        tags.read(port.tags());
        Lane lane = lane();
        long core = coreTime.nanos(tags.coreLocalNanos(), received);
        tellTags();
        if (!reportLoss(lane, core)) {
            leftInHand = 1;
            return;
        }
        lane.pace.seen(tags.imageNumber(), tags.elapsedMillis(), core);
        if (!fits(pixels)) {
            tellBadFrame(pixels);
            lane.time++;
            gap(1, Cause.BAD_FRAME, tags.imageNumber());
            return;
        }
        if (claim()) {
            fill(lane, pixels, core, received);
        } else {
            leftInHand = 1;
        }
    }

    /** The physical camera that the frame is of; their frames interleave in no fixed order. */
    private Lane lane() throws SourceException {
        for (int i = 0; i < lanes.size(); i++) {
            if (tags.isOf(facts.physicalCameras().get(i))) {
                return lanes.get(i);
            }
        }
        throw new SourceException("A frame of camera " + tags.camera() + " came in the sequence of "
                + facts.physicalCameras() + " (frame " + writer.nextIndex()
                + "): name the camera in source.micromanager.camera");
    }

    /** Turns a jump of the numbers into a gap; false if the pipeline is closed. */
    private boolean reportLoss(Lane lane, long core) {
        Verdict verdict = lane.numbers.next(tags.imageNumber());
        long lost = lane.numbers.missing();
        // No frame is handed over twice: the same number again is the first one of a new numbering.
        if (verdict == Verdict.RESTARTED || verdict == Verdict.REPEATED) {
            long byTime = lane.pace.framesBetween(tags.elapsedMillis(), core);
            Map<String, Object> note = new LinkedHashMap<>();
            note.put("what", "numbering began anew");
            note.put("from", writer.nextIndex());
            note.put("lostByNumber", lost);
            note.put("lostByTime", byTime);
            writer.note(note);
            lost = Math.max(lost, byTime);
            estimated = true;
            lane.pace.restart();
        }
        lane.time += lost;
        while (lost > 0) {
            int count = (int) Math.min(lost, Integer.MAX_VALUE);
            Cause cause = record ? Cause.CAMERA_SKIPPED : Cause.CAMERA_OVERWROTE;
            if (!gap(count, cause, Math.max(0, tags.imageNumber() - lost))) {
                return false;
            }
            lost -= count;
        }
        return true;
    }

    private boolean gap(int count, Cause cause, long firstNumber) {
        Claim claim = writer.gap(count, cause, firstNumber);
        while (claim == Claim.BACK_PRESSURED && !writer.stopRequested()) {
            writer.idle();
            claim = writer.gap(count, cause, firstNumber);
        }
        closed = claim != Claim.CLAIMED;
        return !closed;
    }

    private boolean claim() {
        Claim claim = writer.tryClaim();
        while (claim == Claim.BACK_PRESSURED) {
            writer.idle();
            claim = writer.tryClaim();
        }
        closed = claim != Claim.CLAIMED;
        return !closed;
    }

    /** An array's length follows from the camera as it is when the frame is copied, the tags from when it was taken. */
    private boolean fits(Object pixels) {
        boolean sized = (tags.width() < 0 || tags.width() == frame.width())
                && (tags.height() < 0 || tags.height() == frame.height());
        return sized && frame.pixels() == length(pixels);
    }

    private int length(Object pixels) {
        return switch (frame.pixelType()) {
            case UINT8 -> pixels instanceof byte[] bytes ? bytes.length : -1;
            case UINT16 -> pixels instanceof short[] shorts ? shorts.length : -1;
            case FLOAT32 -> -1;
        };
    }

    private void fill(Lane lane, Object pixels, long core, long received) {
        boolean filled = false;
        try {
            FrameDraft draft = writer.draft();
            ByteBuffer plane = draft.pixels();
            if (pixels instanceof short[] shorts) {
                plane.asShortBuffer().put(shorts);
            } else {
                plane.put((byte[]) pixels);
            }
            if (lanes.size() > 1) {
                draft.at(lane.time, 0, 0, lane.channel);
            }
            lane.time++;
            long exposure = exposureOf(core);
            draft.cameraNumber(tags.imageNumber())
                    .exposureNanos(exposure)
                    .exposedNanos(tags.elapsedMillis() >= 0 ? Math.round(tags.elapsedMillis() * 1e6) : 0)
                    .coreNanos(core)
                    .receivedNanos(received)
                    .lightDose(light.dose(exposure));
            filled = true;
        } finally {
            if (filled) {
                writer.commit();
            } else {
                writer.abort(Cause.SOURCE_ABORTED);
            }
        }
    }

    /**
     * The exposure of a frame that the core had at that time. One set on a running camera holds from the next exposure on,
     * so what was in the core by then and the frame being exposed have the old one.
     */
    private long exposureOf(long core) {
        double reported = port.exposureMillis();
        if (reported != exposureTarget) {
            exposureSet(reported);
        }
        if (framesSinceExposureSet < 2 && core > exposureSetNanos) {
            framesSinceExposureSet++;
            if (framesSinceExposureSet == 2) {
                exposureNanos = nanos(exposureTarget);
            }
        }
        return exposureNanos;
    }

    private static long nanos(double millis) {
        return Math.round(millis * 1e6);
    }

    private void tellTags() {
        if (!told) {
            told = true;
            Map<String, Object> note = new LinkedHashMap<>();
            note.put("what", "tags of the first frame");
            tags.all().forEach((name, value) -> note.put("tag." + name.replaceAll("[^A-Za-z0-9 ._:-]", "_"), value));
            writer.note(note);
        }
    }

    private void tellBadFrame(Object pixels) {
        if (badFrames++ == 0) {
            LOG.warn(
                    "Frame {} of camera {} says {}x{} and has {} pixels, not {}x{}; it and others like it become gaps",
                    tags.imageNumber(),
                    facts.camera(),
                    tags.width(),
                    tags.height(),
                    length(pixels),
                    frame.width(),
                    frame.height());
        }
    }

    /** One physical camera: numbers of its own, and its place among the stream's channels. */
    private static final class Lane {
        private final int channel;
        private final SequenceCheck numbers = new SequenceCheck(0);
        private final FramePace pace;
        /** Frames of this camera so far, lost ones included. */
        private long time;

        Lane(int channel, long periodNanos) {
            this.channel = channel;
            this.pace = new FramePace(periodNanos);
        }
    }
}
