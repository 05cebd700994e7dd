package io.nocturne.sinks;

import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.RecordedStackWriter;
import java.io.IOException;

/** Notes what became of a range of frames that have no pixels, at the coordinates their indices give. */
final class StateMarks {
    private StateMarks() {}

    static void mark(RecordedStackWriter writer, StreamSpec stream, long firstIndex, int count, FrameState state)
            throws IOException {
        for (long index = firstIndex; index < firstIndex + count; index++) {
            writer.mark(
                    stream.timePointOf(index),
                    stream.channelOf(index),
                    stream.zSliceOf(index),
                    stream.positionOf(index),
                    state);
        }
    }
}
