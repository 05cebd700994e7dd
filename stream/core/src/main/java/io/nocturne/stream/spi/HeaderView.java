package io.nocturne.stream.spi;

/**
 * A view whose every field but the pixels is a {@link FrameHeader}'s. The header may be filled anew, or another one shown
 * in its place, between uses. Not safe for use from multiple threads.
 */
public abstract class HeaderView implements FrameView {
    private final FrameSpec spec;
    private FrameHeader header;

    /**
     * @param spec geometry of the pixels
     * @param header that is shown first; not copied
     */
    protected HeaderView(FrameSpec spec, FrameHeader header) {
        this.spec = spec;
        this.header = header;
    }

    /** Shows another header from now on; not copied. */
    protected final void show(FrameHeader other) {
        header = other;
    }

    @Override
    public final FrameState state() {
        return header.state;
    }

    @Override
    public final Cause cause() {
        return header.cause;
    }

    @Override
    public final FrameSpec spec() {
        return spec;
    }

    @Override
    public final long index() {
        return header.index;
    }

    @Override
    public final int count() {
        return header.count;
    }

    @Override
    public final long cameraNumber() {
        return header.cameraNumber;
    }

    @Override
    public final int channel() {
        return header.channel;
    }

    @Override
    public final int zSlice() {
        return header.zSlice;
    }

    @Override
    public final int position() {
        return header.position;
    }

    @Override
    public final long timePoint() {
        return header.timePoint;
    }

    @Override
    public final long exposureNanos() {
        return header.exposureNanos;
    }

    @Override
    public final long exposedNanos() {
        return header.exposedNanos;
    }

    @Override
    public final long coreNanos() {
        return header.coreNanos;
    }

    @Override
    public final long receivedNanos() {
        return header.receivedNanos;
    }

    @Override
    public final double lightDose() {
        return header.lightDose;
    }

    @Override
    public final long committedNanos() {
        return header.committedNanos;
    }

    @Override
    public final long intakeNanos() {
        return header.intakeNanos;
    }

    @Override
    public final long restoreStartNanos() {
        return header.restoreStartNanos;
    }

    @Override
    public final long restoreEndNanos() {
        return header.restoreEndNanos;
    }

    @Override
    public final int normCount() {
        return header.normCount;
    }

    @Override
    public final double norm(int i) {
        return header.norm[i];
    }

    @Override
    public final int clippedPixels() {
        return header.clippedPixels;
    }
}
