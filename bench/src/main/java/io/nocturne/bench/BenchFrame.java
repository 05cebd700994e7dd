package io.nocturne.bench;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.HeaderView;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A frame outside any ring: header, raw plane and product plane, seen as draft, view and window of one. What the rejected
 * hand-overs pass from thread to thread. One thread at a time.
 */
public final class BenchFrame extends HeaderView implements FrameDraft, FrameWindow {
    private final StreamSpec stream;
    private final FrameHeader header;
    private final ByteBuffer raw;
    private final ByteBuffer product;
    private final ByteBuffer rawView;
    private final ByteBuffer productView;
    private boolean writing;

    public BenchFrame(StreamSpec stream) {
        this(stream, new FrameHeader());
    }

    private BenchFrame(StreamSpec stream, FrameHeader header) {
        super(stream.frame(), header);
        this.stream = stream;
        this.header = header;
        raw = ByteBuffer.allocateDirect(spec().bytes()).order(ByteOrder.nativeOrder());
        product = ByteBuffer.allocateDirect(spec().bytes()).order(ByteOrder.nativeOrder());
        rawView = raw.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
        productView = product.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /** Empties the header, gives it an index, and lets {@link #pixels} be written. */
    public BenchFrame draft(long index) {
        header.reset(FrameState.RAW, Cause.NONE, index, 1);
        header.placeByIndex(stream);
        writing = true;
        return this;
    }

    /** Ends the writing: {@link #pixels} is read-only from now on. */
    public BenchFrame commit(long nanos) {
        header.committedNanos = nanos;
        writing = false;
        return this;
    }

    /** Where a worker writes; {@link #restored} then shows it. */
    public ByteBuffer product() {
        return product.clear();
    }

    /** Turns this raw frame into its product. */
    public void restored(int clipped) {
        header.state = FrameState.RESTORED;
        header.clippedPixels = clipped;
    }

    @Override
    public ByteBuffer pixels() {
        // Draft and view share this method: what it gives depends on who has the frame.
        if (writing) {
            return raw.clear();
        }
        return header.state == FrameState.RESTORED ? productView.clear() : rawView.clear();
    }

    @Override
    public FrameDraft cameraNumber(long number) {
        header.cameraNumber = number;
        return this;
    }

    @Override
    public FrameDraft at(long timePoint, int position, int zSlice, int channel) {
        header.timePoint = timePoint;
        header.position = position;
        header.zSlice = zSlice;
        header.channel = channel;
        return this;
    }

    @Override
    public FrameDraft exposureNanos(long nanos) {
        header.exposureNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft exposedNanos(long nanos) {
        header.exposedNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft coreNanos(long nanos) {
        header.coreNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft receivedNanos(long nanos) {
        header.receivedNanos = nanos;
        return this;
    }

    @Override
    public FrameDraft norm(double[] values, int count) {
        System.arraycopy(values, 0, header.norm, 0, count);
        header.normCount = count;
        header.normPreset = true;
        return this;
    }

    @Override
    public FrameDraft alreadyRestored(boolean value) {
        header.alreadyRestored = value;
        return this;
    }

    @Override
    public int size() {
        return 1;
    }

    @Override
    public FrameView frame(int i) {
        return this;
    }

    @Override
    public FrameView target() {
        return this;
    }
}
