package io.nocturne.bench.quality;

import io.nocturne.inference.StillFrame;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.stack.StackReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A dim frame and what it would be with light in plenty, over the pixels that count. */
final class Pair {
    private final String name;
    private final StillFrame noisy;
    private final float[] reference;
    private final boolean[] mask;

    Pair(String name, StillFrame noisy, float[] reference, boolean[] mask) {
        this.name = name;
        this.noisy = noisy;
        this.reference = reference;
        this.mask = mask;
    }

    /** A part of two files, all of it if {@code side} is 0. */
    static Pair read(String name, Path dim, Path bright, int left, int top, int side) throws IOException {
        StillFrame noisy = part(first(dim), left, top, side);
        float[] reference = part(first(bright), left, top, side).counts();
        boolean[] all = new boolean[reference.length];
        Arrays.fill(all, true);
        return new Pair(name, noisy, reference, all);
    }

    private static StillFrame first(Path file) throws IOException {
        try (StackReader reader = StackReader.open(file)) {
            StillFrame frame = new StillFrame(reader.stream().frame());
            reader.read(0, frame.pixels());
            return frame;
        }
    }

    private static StillFrame part(StillFrame whole, int left, int top, int side) {
        if (side == 0) {
            return whole;
        }
        StillFrame part = new StillFrame(new FrameSpec(side, side, whole.spec().pixelType()));
        for (int i = 0; i < side * side; i++) {
            part.set(i, whole.get((top + i / side) * whole.spec().width() + left + i % side));
        }
        return part;
    }

    String name() {
        return name;
    }

    StillFrame noisy() {
        return noisy;
    }

    float[] reference() {
        return reference;
    }

    int width() {
        return noisy.spec().width();
    }

    int height() {
        return noisy.spec().height();
    }

    Score score(float[] result) {
        return Score.of(result, reference, width(), height(), mask);
    }
}
