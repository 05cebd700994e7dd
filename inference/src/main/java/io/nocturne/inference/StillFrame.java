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

/**
 * A frame outside any ring, for measuring, calibrating and training; also a window that shows nothing but this frame, as
 * often as asked. One thread at a time.
 */
public final class StillFrame extends HeaderView implements FrameWindow {
    private final int frames;
    private final ByteBuffer pixels;

    public StillFrame(FrameSpec spec) {
        this(spec, 1);
    }

    /**
     * @param frames length of the window that this frame stands for
     */
    public StillFrame(FrameSpec spec, int frames) {
        super(spec, raw());
        this.frames = frames;
        pixels = ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
    }

    private static FrameHeader raw() {
        FrameHeader header = new FrameHeader();
        header.reset(FrameState.RAW, Cause.NONE, 0, 1);
        return header;
    }

    /** Counts of a pixel, row-major. */
    public float get(int i) {
        return switch (spec().pixelType()) {
            case UINT8 -> pixels.get(i) & 0xff;
            case UINT16 -> pixels.getShort(2 * i) & 0xffff;
            case FLOAT32 -> pixels.getFloat(4 * i);
        };
    }

    /** Sets a pixel; whole-number types round and clip. */
    public void set(int i, float counts) {
        switch (spec().pixelType()) {
            case UINT8 -> pixels.put(i, (byte) Math.round(Math.min(255, Math.max(0, counts))));
            case UINT16 -> pixels.putShort(2 * i, (short) Math.round(Math.min(65_535, Math.max(0, counts))));
            case FLOAT32 -> pixels.putFloat(4 * i, counts);
        }
    }

    /** All counts, row-major. */
    public float[] counts() {
        float[] all = new float[spec().pixels()];
        for (int i = 0; i < all.length; i++) {
            all[i] = get(i);
        }
        return all;
    }

    @Override
    public int size() {
        return frames;
    }

    @Override
    public FrameView frame(int i) {
        return this;
    }

    @Override
    public FrameView target() {
        return this;
    }

    @Override
    public ByteBuffer pixels() {
        return pixels.rewind();
    }
}
