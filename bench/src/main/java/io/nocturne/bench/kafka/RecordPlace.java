package io.nocturne.bench.kafka;

import io.nocturne.sinks.kafka.FrameRecord;

/** Where a record stands in its run. */
public record RecordPlace(String run, String stream, int pass, int epoch, long index, String state) {
    static RecordPlace of(FrameRecord record) {
        return new RecordPlace(
                record.run(),
                record.stream(),
                record.pass(),
                record.epoch(),
                record.index(),
                record.kind().name());
    }

    /** True if it comes after another one of the same run, stream and pass: if not, it is a repeat. */
    boolean isAfter(RecordPlace other) {
        return epoch > other.epoch || (epoch == other.epoch && index > other.index);
    }
}
