package io.nocturne.sinks.view;

import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameTap;
import io.nocturne.stream.spi.RunClock;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The newest pair of raw frame and product of each channel, copied from a tap. With a restorer the pair follows the
 * newest product, and the raw frame is the one of the same index; as long as nothing has been restored, or when
 * restoring has stopped for longer than its pace explains, the newest raw frame stands alone.
 *
 * <p>View thread only. Nothing frame-sized is allocated after each channel has been seen once.
 */
final class NewestFrames {
    private static final long LEAST_PATIENCE_NANOS = 1_000_000_000L;
    private static final long MOST_PATIENCE_NANOS = 20_000_000_000L;
    private static final int PATIENCE_PACES = 4;

    private final Attachment attachment;
    private final FrameTap tap;
    private final RunClock clock;
    private final FramePair[] newest;
    private final SteadyContrast[] rawContrast;
    private final SteadyContrast[] restoredContrast;
    private final TrustGauge[] gauges;
    private FramePair spare;
    private long lastRaw = -1;
    private long lastRestored = -1;
    private long restoredSeenNanos;
    private long paceNanos;
    private int newestChannel;

    NewestFrames(Attachment attachment, RunClock clock) {
        this.attachment = attachment;
        this.tap = attachment.tap();
        this.clock = clock;
        int channels = attachment.stream().channels().size();
        newest = new FramePair[channels];
        rawContrast = new SteadyContrast[channels];
        restoredContrast = new SteadyContrast[channels];
        gauges = new TrustGauge[channels];
        spare = newPair();
    }

    Attachment attachment() {
        return attachment;
    }

    /** Channels of the stream. */
    int channels() {
        return newest.length;
    }

    /** The newest pair of a channel; empty if there is none yet. */
    Optional<FramePair> of(int channel) {
        return channel >= newest.length ? Optional.empty() : Optional.ofNullable(newest[channel]);
    }

    /** What the pictures of the newest channel tell about themselves; empty if nothing yet. */
    Optional<Trust> trust(int channel) {
        return channel >= gauges.length || gauges[channel] == null ? Optional.empty() : gauges[channel].latest();
    }

    /** The channel of the newest pair, 0 before the first. */
    int newestChannel() {
        return newestChannel;
    }

    /** Copies what is new. */
    void poll() {
        if (attachment.restorer().isPresent() && takeRestored()) {
            return;
        }
        if (lastRestored < 0 || clock.nanoTime() - restoredSeenNanos > patienceNanos()) {
            takeRaw();
        }
    }

    private long patienceNanos() {
        return Math.min(MOST_PATIENCE_NANOS, Math.max(LEAST_PATIENCE_NANOS, PATIENCE_PACES * paceNanos));
    }

    private boolean takeRestored() {
        spare.clear();
        ByteBuffer product = spare.restored.orElseThrow();
        if (!tap.copyNewestRestored(lastRestored, product)) {
            return false;
        }
        FrameHeader header = tap.header();
        long now = clock.nanoTime();
        if (lastRestored >= 0) {
            paceNanos = now - restoredSeenNanos;
        }
        restoredSeenNanos = now;
        lastRestored = header.index;
        lastRaw = Math.max(lastRaw, header.index);
        spare.header.copyFrom(header);
        spare.hasRestored = true;
        spare.hasRaw = tap.copyRaw(spare.header.index, spare.raw);
        keep(now);
        return true;
    }

    private void takeRaw() {
        spare.clear();
        if (!tap.copyNewestRaw(lastRaw, spare.raw)) {
            return;
        }
        lastRaw = tap.header().index;
        spare.header.copyFrom(tap.header());
        spare.hasRaw = true;
        keep(clock.nanoTime());
    }

    private void keep(long nowNanos) {
        FramePair pair = spare;
        int channel = Math.max(0, Math.min(pair.header.channel, newest.length - 1));
        if (pair.hasRaw) {
            SteadyContrast contrast = contrast(rawContrast, channel);
            contrast.observe(pair.raw, attachment.rawSpec(), middle(attachment.rawSpec()), nowNanos);
            pair.rawLow = contrast.low();
            pair.rawHigh = contrast.high();
        }
        if (pair.hasRestored) {
            FrameSpec product = attachment.productSpec();
            SteadyContrast contrast = contrast(restoredContrast, channel);
            contrast.observe(pair.restored.orElseThrow(), product, middle(product), nowNanos);
            pair.restoredLow = contrast.low();
            pair.restoredHigh = contrast.high();
        }
        if (gauges[channel] == null) {
            gauges[channel] = new TrustGauge();
        }
        StreamSpec stream = attachment.stream();
        gauges[channel].observe(
                pair, attachment.rawSpec(), attachment.productSpec(), stream.significantBits(), nowNanos);
        spare = newest[channel] == null ? newPair() : newest[channel];
        newest[channel] = pair;
        newestChannel = channel;
    }

    private static SteadyContrast contrast(SteadyContrast[] all, int channel) {
        if (all[channel] == null) {
            all[channel] = new SteadyContrast();
        }
        return all[channel];
    }

    /** The slice shown of a volume. */
    static int middle(FrameSpec spec) {
        return spec.depth() / 2;
    }

    private FramePair newPair() {
        return new FramePair(attachment.rawSpec().bytes(), attachment.productBytes());
    }
}
