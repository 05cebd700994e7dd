package io.nocturne.stream.ring;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a frame costs in the ring beside its pixels, on one thread: claim, stamp, publish and consume, and the resolution of
 * a window. In the ring's own package because none of it is public.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RingBench {
    private static final int SLOTS = 64;
    private static final FrameSpec FRAME = new FrameSpec(8, 8, PixelType.UINT16);

    private RawRing ring;
    private RingCursor cursor;
    private WindowTracker tracker;
    private final FrameHeader header = new FrameHeader();
    private final long[] window = new long[5];
    private long sequence;

    /** Makes a ring with one consumer, and a tracker of windows of five frames in time. */
    @Setup
    public void make() {
        ring = new RawRing(FRAME, SLOTS);
        cursor = ring.cursor(new Waiter());
        tracker = new WindowTracker(
                new WindowSpec(WindowSpec.Axis.TIME, 4, 0), StreamSpec.movie("cam0", FRAME, 0, -1), SLOTS);
    }

    /** One frame through the ring, without contention. */
    @Benchmark
    public long publishAndConsume() {
        long claimed = ring.claim();
        Slot slot = ring.get(claimed);
        slot.beginWrite();
        slot.header.reset(FrameState.RAW, Cause.NONE, claimed, 1);
        slot.endWrite(claimed);
        ring.publish(claimed);
        if (!cursor.ready()) {
            throw new IllegalStateException("Published, yet not ready");
        }
        long index = ring.get(cursor.next()).header.index;
        cursor.stepAndRelease();
        return index;
    }

    /** One frame's window of five, and what must still be kept. */
    @Benchmark
    public long resolveWindow() {
        header.reset(FrameState.RAW, Cause.NONE, sequence, 1);
        tracker.frame(sequence++, header);
        if (tracker.verdict() != WindowTracker.Verdict.PRODUCT) {
            throw new IllegalStateException("A window of past frames waits");
        }
        tracker.resolve(window);
        tracker.pop();
        return window[0] + tracker.oldestNeeded(sequence);
    }
}
