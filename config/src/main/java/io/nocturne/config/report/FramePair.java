package io.nocturne.config.report;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.stack.StackReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** One frame before and after, as pictures for a page. */
public record FramePair(List<Picture> pictures) {
    private static final int SIDE = 256;

    /** A picture and what it shows. */
    public record Picture(String caption, String dataUri) {}

    /**
     * The first, the middle and the last of the frames that have a product.
     *
     * @param of what captions begin with, such as {@code epoch 1, }; may be empty
     * @param raw the camera's frames
     * @param restored the products, one per frame
     */
    public static List<FramePair> ofRun(String of, StackReader raw, StackReader restored) throws IOException {
        List<FramePair> pairs = new ArrayList<>();
        long last = Math.min(raw.frames(), restored.frames()) - 1;
        List<Long> wanted = List.of(0L, last / 2, last);
        for (long index : wanted.stream().distinct().toList()) {
            long shown = nearestRestored(index, last, restored);
            if (shown >= 0 && raw.has(shown)) {
                pairs.add(pair(of, shown, raw, restored));
            }
        }
        return pairs;
    }

    private static long nearestRestored(long index, long last, StackReader restored) throws IOException {
        for (long away = 0; away <= last && away < 1000; away++) {
            if (index + away <= last && restored.has(index + away)) {
                return index + away;
            }
            if (index - away >= 0 && restored.has(index - away)) {
                return index - away;
            }
        }
        return -1;
    }

    private static FramePair pair(String of, long index, StackReader raw, StackReader restored) throws IOException {
        FrameSpec rawSpec = raw.stream().frame();
        FramePicture before = picture(index, raw);
        FramePicture after = picture(index, restored);
        double part = Math.min(1, SIDE / (double) Math.max(rawSpec.width(), rawSpec.height()));
        float[] range = before.range();
        return new FramePair(List.of(
                new Picture(of + "frame " + index + ", raw", before.dataUri(range, part)),
                new Picture(of + "frame " + index + ", restored", after.dataUri(range, part))));
    }

    private static FramePicture picture(long index, StackReader stack) throws IOException {
        FrameSpec spec = stack.stream().frame();
        ByteBuffer pixels = ByteBuffer.allocate(spec.bytes()).order(ByteOrder.nativeOrder());
        stack.read(index, pixels);
        return new FramePicture(spec, pixels);
    }
}
