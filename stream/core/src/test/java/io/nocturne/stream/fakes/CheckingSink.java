package io.nocturne.stream.fakes;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.SinkContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongPredicate;

/** Checks that every frame's pixels are those of its index, and keeps what it saw in order. */
public final class CheckingSink implements FrameSink {
    /** One entry as seen. */
    public record Seen(long index, int count, FrameState state, Cause cause) {}

    private final String name;
    private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
    private final List<String> faults = Collections.synchronizedList(new ArrayList<>());
    private LongPredicate before = index -> true;
    private volatile Cause end;

    public CheckingSink(String name) {
        this.name = name;
    }

    /** Runs at each frame, on the sink's thread: may block, throw, or return false to lose the frame. */
    public CheckingSink before(LongPredicate action) {
        before = action;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public Delivery onFrame(FrameView frame) {
        if (!before.test(frame.index())) {
            return Delivery.LOST;
        }
        if (frame.hasPixels()) {
            int at = PatternFrames.mismatch(frame.pixels(), frame.index());
            if (at >= 0) {
                faults.add("frame " + frame.index() + " differs at byte " + at);
            }
        }
        seen.add(new Seen(frame.index(), frame.count(), frame.state(), frame.cause()));
        return frame.hasPixels() ? Delivery.DELIVERED : Delivery.SKIPPED;
    }

    @Override
    public void onGap(long firstIndex, int count, Cause cause) {
        seen.add(new Seen(firstIndex, count, FrameState.GAP, cause));
    }

    @Override
    public void onEnd(Cause cause, long deadlineNanos) {
        end = cause;
    }

    @Override
    public void close() {}

    /** Entries in the order seen. */
    public List<Seen> seen() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }

    /** Indices of the entries in that state. */
    public List<Long> indices(FrameState state) {
        return seen().stream().filter(s -> s.state() == state).map(Seen::index).toList();
    }

    /** Frames whose pixels were not those of their index. */
    public List<String> faults() {
        synchronized (faults) {
            return List.copyOf(faults);
        }
    }

    public Cause end() {
        return end;
    }
}
