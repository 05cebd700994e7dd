package io.nocturne.bench.load;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.HdrHistogram.Histogram;

/**
 * Finds the last of several sinks to finish each frame. Each sink has a {@link Gate} of its own, used by that sink's thread;
 * nothing is allocated or locked.
 */
final class LastArrival {
    /** Added by a sink that got no product. */
    private static final int WITHOUT_PRODUCT = 1 << 16;

    private static final long MOST_MICROS = 3_600_000_000L;

    private final AtomicIntegerArray arrivals;
    private final int mask;
    private final int sinks;
    private final long firstIndex;

    /**
     * @param sinks how many must have a frame
     * @param framesUnderWay more frames than can be between the first sink's arrival and the last one's
     * @param firstIndex frames before this one are not timed: the JVM is still warming up
     */
    LastArrival(int sinks, int framesUnderWay, long firstIndex) {
        int size = Integer.highestOneBit(Math.max(1, framesUnderWay) * 2 - 1);
        this.arrivals = new AtomicIntegerArray(size);
        this.mask = size - 1;
        this.sinks = sinks;
        this.firstIndex = firstIndex;
    }

    Gate gate() {
        return new Gate();
    }

    /** True for exactly one of the sinks, the last, and only if all of them had pixels. */
    private boolean last(long index, boolean hasPixels) {
        int at = (int) index & mask;
        int sum = arrivals.addAndGet(at, hasPixels ? 1 : 1 + WITHOUT_PRODUCT);
        if ((sum & WITHOUT_PRODUCT - 1) < sinks) {
            return false;
        }
        arrivals.set(at, 0);
        return sum < WITHOUT_PRODUCT;
    }

    /** One sink's side. Sink thread; the histograms may be read once that thread has ended. */
    final class Gate {
        private final Histogram sinceCommit = new Histogram(1, MOST_MICROS, 3);
        private final Histogram sinceDue = new Histogram(1, MOST_MICROS, 3);

        /** This sink is done with {@code count} frames from {@code index} on. */
        void arrived(long index, int count, boolean hasPixels, long committedNanos, long coreNanos, long nowNanos) {
            for (int i = 0; i < count; i++) {
                if (last(index + i, hasPixels) && index >= firstIndex) {
                    sinceCommit.recordValue(micros(nowNanos - committedNanos));
                    sinceDue.recordValue(micros(nowNanos - coreNanos));
                }
            }
        }

        Histogram sinceCommit() {
            return sinceCommit;
        }

        Histogram sinceDue() {
            return sinceDue;
        }

        private static long micros(long nanos) {
            return Math.max(0, Math.min(MOST_MICROS, nanos / 1000));
        }
    }
}
