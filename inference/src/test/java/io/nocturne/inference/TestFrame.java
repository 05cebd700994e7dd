package io.nocturne.inference;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWindow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** A frame outside any ring. */
public final class TestFrame implements FrameView {
    public final FrameHeader header = new FrameHeader();
    private final FrameSpec spec;
    private final ByteBuffer pixels;

    public TestFrame(FrameSpec spec, IntToDoubleFunction values) {
        this.spec = spec;
        pixels = plane(spec);
        for (int i = 0; i < spec.pixels(); i++) {
            put(spec, pixels, i, values.applyAsDouble(i));
        }
        header.reset(FrameState.RAW, Cause.NONE, 0, 1);
    }

    public static ByteBuffer plane(FrameSpec spec) {
        return ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
    }

    public static void put(FrameSpec spec, ByteBuffer plane, int i, double value) {
        switch (spec.pixelType()) {
            case UINT8 -> plane.put(i, (byte) value);
            case UINT16 -> plane.putShort(2 * i, (short) (int) value);
            case FLOAT32 -> plane.putFloat(4 * i, (float) value);
        }
    }

    public static float get(FrameSpec spec, ByteBuffer plane, int i) {
        return switch (spec.pixelType()) {
            case UINT8 -> plane.get(i) & 0xff;
            case UINT16 -> plane.getShort(2 * i) & 0xffff;
            case FLOAT32 -> plane.getFloat(4 * i);
        };
    }

    /** A window of these frames, whose target is the last one. */
    public static FrameWindow window(List<TestFrame> frames) {
        return new FrameWindow() {
            @Override
            public int size() {
                return frames.size();
            }

            @Override
            public FrameView frame(int i) {
                return frames.get(i);
            }

            @Override
            public FrameView target() {
                return frames.get(frames.size() - 1);
            }
        };
    }

    public FrameWindow alone() {
        return window(List.of(this));
    }

    public TestFrame at(int channel, int zSlice, int position) {
        header.channel = channel;
        header.zSlice = zSlice;
        header.position = position;
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
        return pixels.rewind();
    }
}
