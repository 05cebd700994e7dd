package io.nocturne.sinks.view;

import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameTap;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A tap over an imagined stream: every raw pixel is {@link #rawValue}, every restored one {@link #restoredValue}. */
final class FakeTap implements FrameTap {
    private final StreamSpec stream;
    private final Optional<RestorerSpec> restorer;
    private final FrameHeader header = new FrameHeader();

    /** Newest index on each ring, -1 for none. */
    final AtomicLong newestRaw = new AtomicLong(-1);

    final AtomicLong newestRestored = new AtomicLong(-1);
    /** Raw frames older than the newest by more than this are gone. */
    final AtomicLong rawKept = new AtomicLong(Long.MAX_VALUE);

    final AtomicBoolean failing = new AtomicBoolean();
    final AtomicInteger copies = new AtomicInteger();

    FakeTap(StreamSpec stream, Optional<RestorerSpec> restorer) {
        this.stream = stream;
        this.restorer = restorer;
    }

    static double rawValue(long index) {
        return 40 + index % 100;
    }

    static double restoredValue(long index) {
        return 150 + index % 100;
    }

    void advanceTo(long index) {
        newestRaw.set(index);
        newestRestored.set(index);
    }

    @Override
    public FrameHeader header() {
        return header;
    }

    @Override
    public boolean copyNewestRestored(long afterIndex, ByteBuffer into) {
        if (failing.get()) {
            throw new IllegalStateException("the tap fails, as this test wants it");
        }
        long index = newestRestored.get();
        if (index <= afterIndex) {
            return false;
        }
        fill(into, restorer.orElseThrow().product(), restoredValue(index));
        stamp(index, FrameState.RESTORED);
        return true;
    }

    @Override
    public boolean copyNewestRaw(long afterIndex, ByteBuffer into) {
        long index = newestRaw.get();
        return index > afterIndex && copyRaw(index, into);
    }

    @Override
    public boolean copyRaw(long index, ByteBuffer into) {
        long newest = newestRaw.get();
        if (index < 0 || index > newest || newest - index > rawKept.get()) {
            return false;
        }
        fill(into, stream.frame(), rawValue(index));
        stamp(index, FrameState.RAW);
        return true;
    }

    private void stamp(long index, FrameState state) {
        copies.incrementAndGet();
        header.reset(state, io.nocturne.stream.spi.Cause.NONE, index, 1);
        header.placeByIndex(stream);
        header.committedNanos = System.nanoTime();
    }

    private static void fill(ByteBuffer into, FrameSpec spec, double value) {
        into.clear();
        into.order(ByteOrder.nativeOrder());
        for (int i = 0; i < spec.pixels(); i++) {
            switch (spec.pixelType()) {
                case UINT8 -> into.put((byte) value);
                case UINT16 -> into.putShort((short) value);
                case FLOAT32 -> into.putFloat((float) value);
            }
        }
        into.flip();
    }
}
