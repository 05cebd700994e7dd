package io.nocturne.inference;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.HeaderView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** A frame outside any ring. */
public final class TestFrame extends HeaderView {
    public final FrameHeader header;
    private final ByteBuffer pixels;

    public TestFrame(FrameSpec spec, IntToDoubleFunction values) {
        this(spec, values, new FrameHeader());
    }

    private TestFrame(FrameSpec spec, IntToDoubleFunction values, FrameHeader header) {
        super(spec, header);
        this.header = header;
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
    public ByteBuffer pixels() {
        return pixels.rewind();
    }
}
