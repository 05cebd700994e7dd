package io.nocturne.bench.kafka;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.bench.BenchFrame;
import io.nocturne.sinks.kafka.FrameCodec;
import io.nocturne.sinks.kafka.FrameRecord;
import io.nocturne.sinks.kafka.MalformedFrameException;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Records of a topic, without one. */
final class Records {
    static final FrameSpec FRAME = new FrameSpec(16, 8, PixelType.UINT16);

    private Records() {}

    static FrameRecord restored(long index) throws MalformedFrameException {
        return restored(index, index);
    }

    /** A record that says it is one frame, with the pixels of another. */
    static FrameRecord restored(long index, long pixelsOf) throws MalformedFrameException {
        return new FrameRecord(
                "run",
                "cam0",
                0,
                0,
                index,
                1,
                FrameRecord.Kind.RESTORED,
                "NONE",
                0,
                Optional.of(FrameCodec.decode(ByteBuffer.wrap(value(pixelsOf)))),
                new RecordHeaders());
    }

    static FrameRecord without(FrameRecord.Kind kind, long index, int count) {
        return new FrameRecord(
                "run", "cam0", 0, 0, index, count, kind, "NONE", 0, Optional.empty(), new RecordHeaders());
    }

    /** The value of a record with the pixels of that frame. */
    static byte[] value(long index) {
        BenchFrame frame = new BenchFrame(StreamSpec.movie("cam0", FRAME, 0, -1)).draft(index);
        PatternSource.fill(frame.pixels(), FRAME.pixelType(), index);
        frame.commit(1);
        FrameCodec codec = new FrameCodec("cam0", FRAME);
        byte[] value = codec.newRecord();
        codec.encode(frame, 0, 0, value);
        return value;
    }

    /** The same as kcat would tell it. */
    static KcatRecord byKcat(long offset, long index, String state, byte[] payload) {
        return new KcatRecord(
                offset,
                "cam0",
                Map.of(
                        "run",
                        "run",
                        "stream",
                        "cam0",
                        "pass",
                        "0",
                        "epoch",
                        "0",
                        "index",
                        Long.toString(index),
                        "state",
                        state,
                        "schema",
                        payload.length == 0 ? "none" : "ad00"),
                ByteBuffer.wrap(payload));
    }
}
