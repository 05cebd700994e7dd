package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.HeaderView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A frame outside any ring: a record's header, with pixels of the record or of its product. */
final class RelayedFrame extends HeaderView {
    private final ByteBuffer pixels;

    /**
     * @param header not copied
     * @param pixels {@code spec.bytes()} long, native order; not copied
     */
    RelayedFrame(FrameSpec spec, FrameHeader header, ByteBuffer pixels) {
        super(spec, header);
        this.pixels = pixels.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /** A raw frame on its record's own bytes. */
    static RelayedFrame raw(Ad00Frame frame, FrameHeader header) {
        ByteBuffer stored = frame.pixels();
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            return new RelayedFrame(frame.spec(), header, stored);
        }
        ByteBuffer swapped = ByteBuffer.allocate(stored.remaining()).order(ByteOrder.nativeOrder());
        switch (frame.spec().pixelType()) {
            case UINT8 -> swapped.put(stored).rewind();
            case UINT16 -> swapped.asShortBuffer().put(stored.asShortBuffer());
            case FLOAT32 -> swapped.asIntBuffer().put(stored.asIntBuffer());
        }
        return new RelayedFrame(frame.spec(), header, swapped);
    }

    @Override
    public ByteBuffer pixels() {
        if (!hasPixels()) {
            throw new IllegalStateException("Frame " + index() + " is " + state() + ": it has no pixels");
        }
        return pixels.rewind();
    }
}
