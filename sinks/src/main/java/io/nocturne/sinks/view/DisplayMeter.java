package io.nocturne.sinks.view;

import org.HdrHistogram.Histogram;

/**
 * Counts what was sent and painted, and how long a frame took from its commit to the screen. That time ends when the
 * page's word arrives here, so the way back over the network is part of it: an upper bound, and on one machine a tight
 * one.
 *
 * <p>The view thread writes; readers get a {@link LiveView.Displayed} of a finished window.
 */
final class DisplayMeter {
    private static final long HOUR_MICROS = 3_600_000_000L;
    private static final long WINDOW_NANOS = 5_000_000_000L;

    private final LiveView.DisplayListener listener;
    private final Histogram toScreen = new Histogram(HOUR_MICROS, 3);
    private final Histogram inBrowser = new Histogram(HOUR_MICROS, 3);
    private long sent;
    private long painted;
    private long distinct;
    private long lastIndex = -1;
    private long windowStartNanos;
    private long distinctBeforeWindow;
    private volatile LiveView.Displayed shown = LiveView.Displayed.NOTHING;

    DisplayMeter(LiveView.DisplayListener listener) {
        this.listener = listener;
    }

    /** A new epoch's indices start over. */
    void newEpoch() {
        lastIndex = -1;
    }

    void sent() {
        sent++;
    }

    void painted(long index, long coreNanos, long committedNanos, long heardNanos, double browserMillis) {
        painted++;
        if (index > lastIndex) {
            lastIndex = index;
            distinct++;
        }
        if (committedNanos != 0) {
            toScreen.recordValue(micros((heardNanos - committedNanos) / 1e3));
            listener.painted(index, coreNanos, committedNanos, heardNanos);
        }
        inBrowser.recordValue(micros(browserMillis * 1e3));
    }

    /** Publishes the counts; starts a new window of the latencies where one is over. */
    void publish(int viewers, long nowNanos) {
        double seconds = (nowNanos - windowStartNanos) / 1e9;
        boolean over = nowNanos - windowStartNanos >= WINDOW_NANOS;
        LiveView.Displayed before = shown;
        shown = new LiveView.Displayed(
                viewers,
                sent,
                painted,
                distinct,
                over ? (distinct - distinctBeforeWindow) / seconds : before.framesPerSecond(),
                over ? percentile(toScreen, 50) : before.toScreenP50Micros(),
                over ? percentile(toScreen, 99) : before.toScreenP99Micros(),
                over ? percentile(inBrowser, 50) : before.inBrowserP50Micros(),
                over ? percentile(inBrowser, 99) : before.inBrowserP99Micros());
        if (over) {
            toScreen.reset();
            inBrowser.reset();
            windowStartNanos = nowNanos;
            distinctBeforeWindow = distinct;
        }
    }

    LiveView.Displayed shown() {
        return shown;
    }

    private static long percentile(Histogram histogram, double percent) {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percent);
    }

    /** Within the histogram's range, whatever a page claims. */
    private static long micros(double value) {
        return value > 0 ? (long) Math.min(value, HOUR_MICROS) : 0;
    }
}
