package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Frames whose pixels follow from their index, so that a torn or mixed-up frame shows. */
final class Patterns {
    private Patterns() {}

    static StreamSpec stream(FrameSpec frame, int channels, int slices, int positions) {
        List<String> names = List.of("DAPI", "GFP", "a", "b", "c").subList(0, channels);
        return new StreamSpec(
                "cam0",
                frame,
                names,
                slices,
                positions,
                0.065,
                0.3,
                8 * frame.pixelType().bytes(),
                50_000_000L,
                10_000_000L,
                -1);
    }

    static ByteBuffer direct(FrameSpec frame) {
        return ByteBuffer.allocateDirect(frame.bytes()).order(ByteOrder.nativeOrder());
    }

    static ByteBuffer fill(ByteBuffer frame, FrameSpec spec, long index) {
        frame.clear();
        for (int i = 0; i < spec.pixels(); i++) {
            switch (spec.pixelType()) {
                case UINT8 -> frame.put((byte) value(index, i));
                case UINT16 -> frame.putShort((short) value(index, i));
                case FLOAT32 -> frame.putFloat(value(index, i) * 0.25f - 1000);
            }
        }
        return frame.flip();
    }

    static ByteBuffer frame(FrameSpec spec, long index) {
        return fill(direct(spec), spec, index);
    }

    private static int value(long index, int pixel) {
        return (int) (((index + 1) * 2654435761L + pixel * 40503L) >>> 7) & 0xffff;
    }
}
