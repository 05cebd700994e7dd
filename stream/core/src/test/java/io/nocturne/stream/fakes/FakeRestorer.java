package io.nocturne.stream.fakes;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.FrameWindow;
import io.nocturne.stream.spi.RestoreLane;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A restorer whose product is its target frame, byte for byte, after checking that every frame of the window still has
 * the pixels of its index. Its one normalisation value is a running sum over all frames observed, so that a skipped or
 * repeated observation shows.
 */
public final class FakeRestorer implements Restorer {
    /** What happens while computing; may sleep, throw or block. */
    @FunctionalInterface
    public interface Work {
        void on(long index, int lane) throws Exception;
    }

    private final RestorerSpec spec;
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicInteger lanes = new AtomicInteger();
    private final AtomicInteger cancels = new AtomicInteger();
    private Work work = (index, lane) -> {};
    private double sum;

    public FakeRestorer(FrameSpec frame, WindowSpec window) {
        this.spec = new RestorerSpec("copy", "copy-1", frame, frame, window, List.of("sum"));
    }

    public FakeRestorer(FrameSpec frame) {
        this(frame, WindowSpec.SINGLE);
    }

    public FakeRestorer working(Work value) {
        work = value;
        return this;
    }

    /** Windows whose frames were not what they should be. */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    public int cancels() {
        return cancels.get();
    }

    @Override
    public RestorerSpec spec() {
        return spec;
    }

    @Override
    public void observe(FrameView frame, double[] norm) {
        sum = sum * 0.5 + frame.pixels().get(0) + 1e-3 * frame.index();
        norm[0] = sum;
    }

    @Override
    public RestoreLane openLane() {
        return new Lane(lanes.getAndIncrement());
    }

    @Override
    public long laneBytes() {
        return spec.input().bytes();
    }

    @Override
    public void close() {}

    private final class Lane implements RestoreLane {
        private final int number;
        private final ByteBuffer held =
                ByteBuffer.allocateDirect(spec.input().bytes()).order(ByteOrder.nativeOrder());
        private long index;

        Lane(int number) {
            this.number = number;
        }

        @Override
        public void load(FrameWindow window, double[] norm) {
            index = window.target().index();
            for (int i = 0; i < window.size(); i++) {
                FrameView frame = window.frame(i);
                int at = PatternFrames.mismatch(frame.pixels(), frame.index());
                if (at >= 0) {
                    faults.add("window of " + index + ": frame " + frame.index() + " differs at byte " + at);
                }
            }
            held.clear().put(window.target().pixels());
        }

        @Override
        public void compute() throws Exception {
            work.on(index, number);
        }

        @Override
        public int emit(ByteBuffer product) {
            product.put(held.flip());
            return 0;
        }

        @Override
        public void cancel() {
            cancels.incrementAndGet();
        }

        @Override
        public void close() {}
    }
}
