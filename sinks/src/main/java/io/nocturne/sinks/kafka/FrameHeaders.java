package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Headers of records, format {@value #FORMAT_VALUE}: what each means is told in this package's description. Values are
 * UTF-8 text, numbers in decimal as Java prints them. Not safe for use from multiple threads.
 */
final class FrameHeaders {
    static final String FORMAT = "format";
    static final String FORMAT_VALUE = "nocturne/1";
    static final String SCHEMA = "schema";
    static final String NO_SCHEMA = "none";
    static final String RUN = "run";
    static final String STREAM = "stream";
    static final String EPOCH = "epoch";
    static final String PASS = "pass";
    static final String INDEX = "index";
    static final String COUNT = "count";
    static final String STATE = "state";
    static final String CAUSE = "cause";
    static final String MODEL = "model";
    static final String MODEL_IDENTITY = "model-identity";
    static final String NORM_PREFIX = "norm.";
    static final String CRC32C = "crc32c";
    static final String CHANNEL_NAME = "channel-name";
    static final String TOTAL_FRAMES = "total-frames";
    static final String FRAME_PERIOD_NS = "frame-period-ns";
    static final String POSITIONS = "positions";
    static final String Z_SLICES = "z-slices";
    static final String Z_STEP_UM = "z-step-um";
    static final String PIXEL_SIZE_UM = "pixel-size-um";
    static final String SIGNIFICANT_BITS = "significant-bits";
    static final String PIXEL_TYPE = "pixel-type";
    static final String DEPTH = "depth";
    static final String HEIGHT = "height";
    static final String WIDTH = "width";
    static final String CLIPPED = "clipped";
    static final String COMMITTED_NS = "committed-ns";
    static final String RECEIVED_NS = "received-ns";
    static final String CORE_NS = "core-ns";
    static final String EXPOSED_CAMERA_NS = "exposed-camera-ns";
    static final String EXPOSURE_NS = "exposure-ns";
    static final String CAMERA_NUMBER = "camera-number";

    private final RunClock clock;
    private final List<Header> common = new ArrayList<>();
    private final List<Header> model = new ArrayList<>();
    private final List<String> normKeys = new ArrayList<>();
    private final Header withPixels = header(SCHEMA, FrameCodec.SCHEMA);
    private final Header withoutPixels = header(SCHEMA, NO_SCHEMA);
    private final SinkContext context;
    private final KafkaContent content;

    FrameHeaders(SinkContext context, int pass, KafkaContent content) {
        this.context = context;
        this.content = content;
        clock = context.clock();
        common.add(header(FORMAT, FORMAT_VALUE));
        common.add(header(RUN, context.runId()));
        common.add(header(STREAM, context.stream().name()));
        common.add(header(EPOCH, context.epoch()));
        common.add(header(PASS, pass));
        context.restorer().ifPresent(this::describe);
    }

    private void describe(RestorerSpec restorer) {
        model.add(header(MODEL, restorer.name()));
        model.add(header(MODEL_IDENTITY, restorer.identity()));
        for (String name : restorer.normNames()) {
            normKeys.add(NORM_PREFIX + name);
        }
    }

    /** Headers of a frame, with pixels or without. */
    List<Header> of(FrameView frame, long crc32c) {
        boolean pixels = frame.hasPixels();
        // Frames for workers went through the pipeline untouched, for their normalisation values' sake.
        FrameState state = pixels && content == KafkaContent.RAW ? FrameState.RAW : frame.state();
        List<Header> headers = start(
                pixels && content != KafkaContent.CLAIM_CHECK,
                frame.index(),
                frame.count(),
                state.name(),
                frame.cause());
        headers.addAll(model);
        for (int i = 0; i < frame.normCount(); i++) {
            String key = i < normKeys.size() ? normKeys.get(i) : NORM_PREFIX + i;
            headers.add(header(key, Double.toString(frame.norm(i))));
        }
        headers.add(header(CAMERA_NUMBER, frame.cameraNumber()));
        headers.add(header(FrameCodec.CHANNEL, frame.channel()));
        headers.add(header(FrameCodec.Z, frame.zSlice()));
        headers.add(header(FrameCodec.POSITION, frame.position()));
        headers.add(header(FrameCodec.TIME, frame.timePoint()));
        headers.add(header(EXPOSURE_NS, frame.exposureNanos()));
        if (frame.exposedNanos() != 0) {
            headers.add(header(EXPOSED_CAMERA_NS, frame.exposedNanos()));
        }
        stamp(headers, CORE_NS, frame.coreNanos());
        stamp(headers, RECEIVED_NS, frame.receivedNanos());
        stamp(headers, COMMITTED_NS, frame.committedNanos());
        stamp(headers, "intake-ns", frame.intakeNanos());
        stamp(headers, "restore-start-ns", frame.restoreStartNanos());
        stamp(headers, "restore-end-ns", frame.restoreEndNanos());
        if (pixels) {
            headers.add(header(CLIPPED, frame.clippedPixels()));
            headers.add(header(CRC32C, HexFormat.of().toHexDigits((int) crc32c)));
        }
        return headers;
    }

    /** Headers of the first record of an epoch: what its frames will look like. */
    List<Header> ofStart() {
        StreamSpec stream = context.stream();
        List<Header> headers = start(false, FrameRecord.START_INDEX, 0, FrameRecord.Kind.START.name(), Cause.NONE);
        headers.addAll(model);
        headers.add(header(WIDTH, context.spec().width()));
        headers.add(header(HEIGHT, context.spec().height()));
        headers.add(header(DEPTH, context.spec().depth()));
        headers.add(header(PIXEL_TYPE, context.spec().pixelType().typeName()));
        headers.add(header(SIGNIFICANT_BITS, stream.significantBits()));
        headers.add(header(PIXEL_SIZE_UM, Double.toString(stream.pixelSizeUm())));
        headers.add(header(Z_STEP_UM, Double.toString(stream.zStepUm())));
        headers.add(header(Z_SLICES, stream.zSlices()));
        headers.add(header(POSITIONS, stream.positions()));
        headers.add(header(FRAME_PERIOD_NS, stream.framePeriodNanos()));
        headers.add(header(EXPOSURE_NS, stream.exposureNanos()));
        headers.add(header(TOTAL_FRAMES, stream.totalFrames()));
        for (String channel : stream.channels()) {
            headers.add(header(CHANNEL_NAME, channel));
        }
        return headers;
    }

    List<Header> ofGap(long firstIndex, int count, Cause cause) {
        return start(false, firstIndex, count, FrameRecord.Kind.GAP.name(), cause);
    }

    List<Header> ofEnd(long nextIndex, Cause cause) {
        return start(false, nextIndex, 0, FrameRecord.Kind.END.name(), cause);
    }

    private List<Header> start(boolean pixels, long index, int count, String state, Cause cause) {
        List<Header> headers = new ArrayList<>(common.size() + model.size() + 24 + RestorerSpec.MAX_NORM);
        headers.addAll(common);
        headers.add(pixels ? withPixels : withoutPixels);
        headers.add(header(INDEX, index));
        headers.add(header(COUNT, count));
        headers.add(header(STATE, state));
        headers.add(header(CAUSE, cause.name()));
        return headers;
    }

    private void stamp(List<Header> headers, String key, long nanos) {
        if (nanos != 0) {
            headers.add(header(key, clock.epochNanos(nanos)));
        }
    }

    static Header header(String key, long value) {
        return header(key, Long.toString(value));
    }

    static Header header(String key, String value) {
        return new RecordHeader(key, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The stream that a start record tells of. */
    static StreamSpec streamOf(FrameRecord start) throws MalformedFrameException {
        try {
            if (start.kind() != FrameRecord.Kind.START) {
                throw new MalformedFrameException("Record " + start.index() + " is " + start.kind() + ", no START");
            }
            return new StreamSpec(
                    start.stream(),
                    new FrameSpec(
                            Integer.parseInt(text(start, WIDTH)),
                            Integer.parseInt(text(start, HEIGHT)),
                            Integer.parseInt(text(start, DEPTH)),
                            PixelType.ofName(text(start, PIXEL_TYPE))),
                    start.headerValues(CHANNEL_NAME),
                    Integer.parseInt(text(start, Z_SLICES)),
                    Integer.parseInt(text(start, POSITIONS)),
                    Double.parseDouble(text(start, PIXEL_SIZE_UM)),
                    Double.parseDouble(text(start, Z_STEP_UM)),
                    Integer.parseInt(text(start, SIGNIFICANT_BITS)),
                    Long.parseLong(text(start, FRAME_PERIOD_NS)),
                    Long.parseLong(text(start, EXPOSURE_NS)),
                    Long.parseLong(text(start, TOTAL_FRAMES)));
        } catch (IllegalArgumentException e) {
            throw new MalformedFrameException("The start record tells of no possible stream: " + e.getMessage());
        }
    }

    /**
     * What a raw frame's headers say, all stamps in nanoseconds since 1970.
     *
     * @param normNames values that it must bring
     */
    static FrameHeader read(FrameRecord raw, List<String> normNames) throws MalformedFrameException {
        FrameHeader header = new FrameHeader();
        header.reset(FrameState.RAW, Cause.NONE, raw.index(), raw.count());
        try {
            header.cameraNumber = Long.parseLong(text(raw, CAMERA_NUMBER));
            header.channel = Integer.parseInt(text(raw, FrameCodec.CHANNEL));
            header.zSlice = Integer.parseInt(text(raw, FrameCodec.Z));
            header.position = Integer.parseInt(text(raw, FrameCodec.POSITION));
            header.timePoint = Long.parseLong(text(raw, FrameCodec.TIME));
            header.exposureNanos = Long.parseLong(text(raw, EXPOSURE_NS));
            header.exposedNanos = stampOf(raw, EXPOSED_CAMERA_NS);
            header.coreNanos = stampOf(raw, CORE_NS);
            header.receivedNanos = stampOf(raw, RECEIVED_NS);
            header.committedNanos = stampOf(raw, COMMITTED_NS);
            for (String name : normNames) {
                header.norm[header.normCount++] = Double.parseDouble(text(raw, NORM_PREFIX + name));
            }
        } catch (NumberFormatException e) {
            throw new MalformedFrameException("A header of frame " + raw.index() + " is no number: " + e.getMessage());
        }
        return header;
    }

    private static long stampOf(FrameRecord record, String key) {
        return record.header(key).map(Long::parseLong).orElse(0L);
    }

    private static String text(FrameRecord record, String key) throws MalformedFrameException {
        return record.header(key)
                .orElseThrow(() -> new MalformedFrameException(
                        "Record " + record.index() + " of run " + record.run() + " lacks the header '" + key + "'"));
    }
}
