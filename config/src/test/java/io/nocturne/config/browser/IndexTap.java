package io.nocturne.config.browser;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameTap;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A stream whose every frame carries its number: raw pixels say {@code index % 200}, but for a corner of 8 x 8 pixels that
 * says 250; restored ones say 255 less the raw value. With limits of 0 and 255 that is the grey on the screen.
 */
final class IndexTap implements FrameTap {
    static final FrameSpec FRAME = new FrameSpec(96, 64, PixelType.UINT16);
    static final int CORNER = 8;
    static final int CORNER_VALUE = 250;

    static final StreamSpec STREAM =
            new StreamSpec("cam0", FRAME, List.of("0"), 1, 1, 0.1, Double.NaN, 16, 50_000_000L, 50_000_000L, -1);
    static final Optional<RestorerSpec> RESTORER = Optional.of(
            new RestorerSpec("inverse", "sha256:1234567890abcdef", FRAME, FRAME, WindowSpec.SINGLE, List.of()));

    private final FrameHeader header = new FrameHeader();
    private final LongSupplier newest;
    final AtomicLong copies = new AtomicLong();

    IndexTap(LongSupplier newest) {
        this.newest = newest;
    }

    static int raw(long index) {
        return (int) (index % 200);
    }

    static int restored(long index) {
        return 255 - raw(index);
    }

    @Override
    public FrameHeader header() {
        return header;
    }

    @Override
    public boolean copyNewestRestored(long afterIndex, ByteBuffer into) {
        long index = newest.getAsLong();
        return index > afterIndex && fill(index, FrameState.RESTORED, restored(index), 255 - CORNER_VALUE, into);
    }

    @Override
    public boolean copyNewestRaw(long afterIndex, ByteBuffer into) {
        long index = newest.getAsLong();
        return index > afterIndex && copyRaw(index, into);
    }

    @Override
    public boolean copyRaw(long index, ByteBuffer into) {
        return index >= 0 && fill(index, FrameState.RAW, raw(index), CORNER_VALUE, into);
    }

    private boolean fill(long index, FrameState state, int value, int corner, ByteBuffer into) {
        copies.incrementAndGet();
        into.clear().order(ByteOrder.nativeOrder());
        for (int y = 0; y < FRAME.height(); y++) {
            for (int x = 0; x < FRAME.width(); x++) {
                into.putShort((short) (x < CORNER && y < CORNER ? corner : value));
            }
        }
        into.flip();
        header.reset(state, Cause.NONE, index, 1);
        header.placeByIndex(STREAM);
        header.committedNanos = System.nanoTime();
        header.coreNanos = header.committedNanos;
        return true;
    }
}
