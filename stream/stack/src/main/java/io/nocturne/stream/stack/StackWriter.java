package io.nocturne.stream.stack;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Puts frames to rest. One thread at a time. */
public interface StackWriter extends Closeable {
    /** What this stack holds. */
    Stack stack();

    /**
     * Writes one frame or product.
     *
     * @param timePoint from 0
     * @param channel index into the stream's channels
     * @param zSlice the camera's slice; ignored where one product stands for a whole z-stack
     * @param position stage position
     * @param pixels {@code stack().pixels().bytes()} remaining, native byte order; borrowed for the length of the call,
     *     its position afterwards is undefined
     * @throws IOException the frame is not stored; what was stored before stays valid
     */
    void write(long timePoint, int channel, int zSlice, int position, ByteBuffer pixels) throws IOException;

    /** Writes the frame whose coordinates its index gives: channel fastest, then z, position and time. */
    default void write(long index, ByteBuffer pixels) throws IOException {
        var order = stack().asStream();
        write(order.timePointOf(index), order.channelOf(index), order.zSliceOf(index), order.positionOf(index), pixels);
    }

    /** Makes everything written so far visible to readers. */
    void flush() throws IOException;

    /** Flushes and releases; further calls do nothing. */
    @Override
    void close() throws IOException;
}
