package io.nocturne.stream.ring;

import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.HeaderView;
import java.nio.ByteBuffer;

/** One consumer's look at a slot; pointed at the next entry instead of being made anew. One thread. */
final class SlotView extends HeaderView {
    private ByteBuffer pixels;

    SlotView(FrameSpec spec) {
        super(spec, new FrameHeader());
    }

    SlotView point(FrameHeader newHeader, ByteBuffer newPixels) {
        show(newHeader);
        pixels = newPixels;
        return this;
    }

    @Override
    public ByteBuffer pixels() {
        if (!hasPixels()) {
            throw new IllegalStateException("Frame " + index() + " is " + state() + " and has no pixels");
        }
        return pixels.clear();
    }
}
