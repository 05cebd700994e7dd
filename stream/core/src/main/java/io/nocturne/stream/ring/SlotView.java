package io.nocturne.stream.ring;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import java.nio.ByteBuffer;

/** One consumer's look at a slot; pointed at the next entry instead of being made anew. One thread. */
final class SlotView implements FrameView {
    private final FrameSpec spec;
    private FrameHeader header;
    private ByteBuffer pixels;

    SlotView(FrameSpec spec) {
        this.spec = spec;
    }

    SlotView point(FrameHeader newHeader, ByteBuffer newPixels) {
        header = newHeader;
        pixels = newPixels;
        return this;
    }

    @Override
    public FrameState state() {
        return header.state;
    }

    @Override
    public Cause cause() {
        return header.cause;
    }

    @Override
    public FrameSpec spec() {
        return spec;
    }

    @Override
    public long index() {
        return header.index;
    }

    @Override
    public int count() {
        return header.count;
    }

    @Override
    public long cameraNumber() {
        return header.cameraNumber;
    }

    @Override
    public int channel() {
        return header.channel;
    }

    @Override
    public int zSlice() {
        return header.zSlice;
    }

    @Override
    public int position() {
        return header.position;
    }

    @Override
    public long timePoint() {
        return header.timePoint;
    }

    @Override
    public long exposureNanos() {
        return header.exposureNanos;
    }

    @Override
    public long exposedNanos() {
        return header.exposedNanos;
    }

    @Override
    public long coreNanos() {
        return header.coreNanos;
    }

    @Override
    public long receivedNanos() {
        return header.receivedNanos;
    }

    @Override
    public double lightDose() {
        return header.lightDose;
    }

    @Override
    public long committedNanos() {
        return header.committedNanos;
    }

    @Override
    public long intakeNanos() {
        return header.intakeNanos;
    }

    @Override
    public long restoreStartNanos() {
        return header.restoreStartNanos;
    }

    @Override
    public long restoreEndNanos() {
        return header.restoreEndNanos;
    }

    @Override
    public int normCount() {
        return header.normCount;
    }

    @Override
    public double norm(int i) {
        return header.norm[i];
    }

    @Override
    public int clippedPixels() {
        return header.clippedPixels;
    }

    @Override
    public ByteBuffer pixels() {
        if (!hasPixels()) {
            throw new IllegalStateException("Frame " + header.index + " is " + header.state + " and has no pixels");
        }
        return pixels.clear();
    }
}
