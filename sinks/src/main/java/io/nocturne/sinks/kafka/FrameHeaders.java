package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameView;
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

    private final RunClock clock;
    private final List<Header> common = new ArrayList<>();
    private final List<Header> model = new ArrayList<>();
    private final List<String> normKeys = new ArrayList<>();
    private final Header withPixels = header(SCHEMA, FrameCodec.SCHEMA);
    private final Header withoutPixels = header(SCHEMA, NO_SCHEMA);
    private final SinkContext context;

    FrameHeaders(SinkContext context, int pass) {
        this.context = context;
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
        List<Header> headers =
                start(pixels, frame.index(), frame.count(), frame.state().name(), frame.cause());
        headers.addAll(model);
        for (int i = 0; i < frame.normCount(); i++) {
            String key = i < normKeys.size() ? normKeys.get(i) : NORM_PREFIX + i;
            headers.add(header(key, Double.toString(frame.norm(i))));
        }
        headers.add(header("camera-number", frame.cameraNumber()));
        headers.add(header(FrameCodec.CHANNEL, frame.channel()));
        headers.add(header(FrameCodec.Z, frame.zSlice()));
        headers.add(header(FrameCodec.POSITION, frame.position()));
        headers.add(header(FrameCodec.TIME, frame.timePoint()));
        headers.add(header("exposure-ns", frame.exposureNanos()));
        if (frame.exposedNanos() != 0) {
            headers.add(header("exposed-camera-ns", frame.exposedNanos()));
        }
        stamp(headers, "core-ns", frame.coreNanos());
        stamp(headers, "received-ns", frame.receivedNanos());
        stamp(headers, "committed-ns", frame.committedNanos());
        stamp(headers, "intake-ns", frame.intakeNanos());
        stamp(headers, "restore-start-ns", frame.restoreStartNanos());
        stamp(headers, "restore-end-ns", frame.restoreEndNanos());
        if (pixels) {
            headers.add(header("clipped", frame.clippedPixels()));
            headers.add(header(CRC32C, HexFormat.of().toHexDigits((int) crc32c)));
        }
        return headers;
    }

    /** Headers of the first record of an epoch: what its frames will look like. */
    List<Header> ofStart() {
        StreamSpec stream = context.stream();
        List<Header> headers = start(false, FrameRecord.START_INDEX, 0, FrameRecord.Kind.START.name(), Cause.NONE);
        headers.addAll(model);
        headers.add(header("width", context.spec().width()));
        headers.add(header("height", context.spec().height()));
        headers.add(header("depth", context.spec().depth()));
        headers.add(header("pixel-type", context.spec().pixelType().typeName()));
        headers.add(header("significant-bits", stream.significantBits()));
        headers.add(header("pixel-size-um", Double.toString(stream.pixelSizeUm())));
        headers.add(header("z-step-um", Double.toString(stream.zStepUm())));
        headers.add(header("z-slices", stream.zSlices()));
        headers.add(header("positions", stream.positions()));
        headers.add(header("frame-period-ns", stream.framePeriodNanos()));
        headers.add(header("exposure-ns", stream.exposureNanos()));
        headers.add(header("total-frames", stream.totalFrames()));
        for (String channel : stream.channels()) {
            headers.add(header("channel-name", channel));
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

    private static Header header(String key, long value) {
        return header(key, Long.toString(value));
    }

    private static Header header(String key, String value) {
        return new RecordHeader(key, value.getBytes(StandardCharsets.UTF_8));
    }
}
