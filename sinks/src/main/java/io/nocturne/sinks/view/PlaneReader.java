package io.nocturne.sinks.view;

import io.nocturne.stream.spi.FrameSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/** Single pixels of one z-slice of a plane, as counts. One thread; a few small objects per plane. */
final class PlaneReader {
    private final FrameSpec spec;
    private final ByteBuffer bytes;
    private final ShortBuffer shorts;
    private final FloatBuffer floats;
    private final int first;

    /**
     * @param plane native byte order; its position is neither read nor moved
     * @param slice which z-slice, from 0
     */
    PlaneReader(ByteBuffer plane, FrameSpec spec, int slice) {
        this.spec = spec;
        bytes = plane.duplicate().clear().order(ByteOrder.nativeOrder());
        shorts = bytes.asShortBuffer();
        floats = bytes.asFloatBuffer();
        first = slice * spec.width() * spec.height();
    }

    /** The value of pixel {@code y * width + x}. */
    float at(int pixel) {
        return switch (spec.pixelType()) {
            case UINT8 -> bytes.get(first + pixel) & 0xFF;
            case UINT16 -> shorts.get(first + pixel) & 0xFFFF;
            case FLOAT32 -> floats.get(first + pixel);
        };
    }
}
