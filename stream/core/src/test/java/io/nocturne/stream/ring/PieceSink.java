package io.nocturne.stream.ring;

import io.nocturne.stream.fakes.PatternFrames;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.SinkContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads each frame in small relative gets, pausing in between, then checks what it put together. */
final class PieceSink implements FrameSink {
    private final String name;
    private final int piece;
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final AtomicInteger frames = new AtomicInteger();

    PieceSink(String name, int piece) {
        this.name = name;
        this.piece = piece;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public Delivery onFrame(FrameView frame) {
        ByteBuffer pixels = frame.pixels();
        ByteBuffer copy = ByteBuffer.allocate(frame.spec().bytes()).order(ByteOrder.nativeOrder());
        while (pixels.hasRemaining()) {
            for (int i = 0; i < piece && pixels.hasRemaining(); i++) {
                if (!copy.hasRemaining()) {
                    faults.add("frame " + frame.index() + " ran over");
                    return Delivery.LOST;
                }
                copy.put(pixels.get());
            }
            Thread.onSpinWait();
        }
        if (copy.hasRemaining() || PatternFrames.mismatch(copy, frame.index()) >= 0) {
            faults.add("frame " + frame.index() + " was torn");
        }
        frames.incrementAndGet();
        return Delivery.DELIVERED;
    }

    @Override
    public void close() {}

    List<String> faults() {
        return faults;
    }

    int frames() {
        return frames.get();
    }
}
