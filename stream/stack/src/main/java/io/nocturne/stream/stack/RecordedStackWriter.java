package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameState;
import java.io.IOException;

/** Writes a stack of a run, which others may read while it grows. One thread at a time. */
public interface RecordedStackWriter extends StackWriter {
    /**
     * Notes what became of a camera frame without a product: the stack keeps a hole. A frame that has its product keeps
     * that state. In a stack of raw frames only the length grows.
     */
    void mark(long timePoint, int channel, int zSlice, int position, FrameState state) throws IOException;

    /** CRC-32C of the pixels last written, in native order; -1 before the first. */
    long lastCrc32c();
}
