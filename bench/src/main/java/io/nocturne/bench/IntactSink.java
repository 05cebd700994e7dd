package io.nocturne.bench;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.SinkContext;

/**
 * Checks every pixel of a {@link PatternSource} against its frame's index, and that indices come in order, each once.
 * Allocates nothing. Sink thread only; read the counts after the run.
 */
public final class IntactSink implements FrameSink {
    private final String name;
    private long frames;
    private long wrongPixels;
    private long outOfOrder;
    private long missing;
    private long nextIndex;
    private long firstCommittedNanos;
    private long lastNanos;

    public IntactSink(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public Delivery onFrame(FrameView frame) {
        entry(frame.index(), frame.count());
        if (!frame.hasPixels()) {
            return Delivery.SKIPPED;
        }
        if (frames++ == 0) {
            firstCommittedNanos = frame.committedNanos();
        }
        if (PatternSource.mismatch(frame, frame.index()) >= 0) {
            wrongPixels++;
        }
        lastNanos = System.nanoTime();
        return Delivery.DELIVERED;
    }

    @Override
    public void onGap(long firstIndex, int count, Cause cause) {
        entry(firstIndex, count);
        missing += count;
    }

    private void entry(long index, int count) {
        if (index < nextIndex) {
            outOfOrder++;
        } else {
            missing += index - nextIndex;
            nextIndex = index + count;
        }
    }

    @Override
    public void close() {}

    /** Frames with pixels. */
    public long frames() {
        return frames;
    }

    /** Frames whose pixels were not those of their index. */
    public long wrongPixels() {
        return wrongPixels;
    }

    /** Indices that came again or late. */
    public long outOfOrder() {
        return outOfOrder;
    }

    /** Indices that were never seen, gaps included. */
    public long missing() {
        return missing;
    }

    /** Seconds from the first frame's commit to the end of the last frame's check; the run's clock is the system's. */
    public double seconds() {
        return (lastNanos - firstCommittedNanos) / 1e9;
    }

    /** True if so many frames came, each once, in order, every pixel right. */
    public boolean sawExactly(long expected) {
        return frames == expected && wrongPixels == 0 && outOfOrder == 0 && missing == 0;
    }
}
