package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.FrameSpec;
import java.util.Map;
import java.util.TreeMap;

/** The producer settings that the sink uses, for giving another program the same. */
public final class SinkProducer {
    private SinkProducer() {}

    /** What {@link KafkaSink} sets, by name, for frames of that geometry. */
    public static Map<String, Object> settings(KafkaSink.Settings sink, FrameSpec frame) throws KafkaSetupException {
        int recordBytes = recordBytes(frame) + ClientSettings.HEADER_ROOM_BYTES;
        return new TreeMap<>(new ClientSettings(sink.bootstrapServers(), sink.client())
                .producer("bench", recordBytes, sink.inFlightBytes()));
    }

    /** Bytes of a record's value. */
    public static int recordBytes(FrameSpec frame) {
        return frame.bytes() + FrameCodec.OVERHEAD_BYTES;
    }
}
