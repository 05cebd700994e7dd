package io.nocturne.sinks.view;

import io.nocturne.stream.spi.FrameHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** A raw frame and the product of the same index, or one of the two. Belongs to the view thread. */
final class FramePair {
    final FrameHeader header = new FrameHeader();
    final ByteBuffer raw;
    final Optional<ByteBuffer> restored;
    boolean hasRaw;
    boolean hasRestored;
    double rawLow;
    double rawHigh;
    double restoredLow;
    double restoredHigh;

    /** @param restoredBytes size of a product, 0 without a restorer */
    FramePair(int rawBytes, int restoredBytes) {
        raw = plane(rawBytes);
        restored = restoredBytes == 0 ? Optional.empty() : Optional.of(plane(restoredBytes));
    }

    private static ByteBuffer plane(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    boolean empty() {
        return !hasRaw && !hasRestored;
    }

    void clear() {
        hasRaw = false;
        hasRestored = false;
        raw.clear();
        restored.ifPresent(ByteBuffer::clear);
    }

    /** A copy that stays when this pair moves on. */
    FramePair copy() {
        FramePair copy =
                new FramePair(raw.capacity(), restored.map(ByteBuffer::capacity).orElse(0));
        copy.header.copyFrom(header);
        copy.hasRaw = hasRaw;
        copy.hasRestored = hasRestored;
        copy.rawLow = rawLow;
        copy.rawHigh = rawHigh;
        copy.restoredLow = restoredLow;
        copy.restoredHigh = restoredHigh;
        copy.raw.put(0, raw, 0, raw.capacity());
        copy.restored.ifPresent(to -> to.put(0, restored.orElseThrow(), 0, to.capacity()));
        return copy;
    }
}
