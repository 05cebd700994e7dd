package io.nocturne.stream.accounting;

import io.nocturne.stream.spi.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Frozen counts of one stream and epoch, and the identities that must hold once it has ended:
 *
 * <pre>
 * camera   = acquired + lost before us
 * acquired = raw stored + raw not stored            (when raw frames are recorded)
 * acquired = restored + raw-only + failed + passed
 * each sink: offered = delivered + skipped + lost + pending
 * </pre>
 *
 * @param acquired frames committed to the raw ring
 * @param rawStored frames that the raw recorder delivered
 * @param restored products released to the sinks
 * @param passed frames that had their product already (backfill)
 * @param clippedPixels pixels clipped to the product's range
 * @param byCause frames by cause, zero counts left out
 * @param sinks tallies per sink
 */
public record Accounting(
        long acquired,
        long rawStored,
        long restored,
        long passed,
        long clippedPixels,
        Map<Cause, Long> byCause,
        List<SinkTally.Snapshot> sinks) {

    /** Frames of one kind of cause. */
    public long total(Cause.Kind kind) {
        return byCause.entrySet().stream()
                .filter(e -> e.getKey().kind() == kind)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Frames that the camera took, as far as known. */
    public long camera() {
        return acquired + lostBefore();
    }

    /** Frames lost before they reached us. */
    public long lostBefore() {
        return total(Cause.Kind.GAP);
    }

    public long rawNotStored() {
        return total(Cause.Kind.NOT_STORED);
    }

    public long rawOnly() {
        return total(Cause.Kind.RAW_ONLY);
    }

    public long failed() {
        return total(Cause.Kind.FAILED);
    }

    /**
     * Identities that do not hold, as sentences; empty when every frame is accounted for.
     *
     * @param rawRecorded whether the run records raw frames
     */
    public List<String> mismatches(boolean rawRecorded) {
        List<String> found = new ArrayList<>();
        if (rawRecorded && acquired != rawStored + rawNotStored()) {
            found.add("acquired " + acquired + " != raw stored " + rawStored + " + raw not stored " + rawNotStored());
        }
        long outcomes = restored + rawOnly() + failed() + passed;
        if (acquired != outcomes) {
            found.add("acquired " + acquired + " != restored " + restored + " + raw-only " + rawOnly() + " + failed "
                    + failed() + " + passed " + passed);
        }
        for (SinkTally.Snapshot sink : sinks) {
            if (sink.pending() < 0) {
                found.add("sink " + sink.name() + " settled more frames than it was offered");
            }
        }
        return found;
    }

    /**
     * What was lost or left undone, as sentences; empty when raw is complete and no sink lost or left anything.
     *
     * @param rawRecorded whether the run records raw frames
     * @param live whether frames come from a camera; gaps of a recording that is replayed were lost before
     */
    public List<String> losses(boolean rawRecorded, boolean live) {
        List<String> found = new ArrayList<>();
        byCause.forEach((cause, n) -> {
            boolean loss =
                    (live && cause.kind() == Cause.Kind.GAP) || (rawRecorded && cause.kind() == Cause.Kind.NOT_STORED);
            if (loss) {
                found.add(n + " frames: " + cause.description() + " (" + cause + ")");
            }
        });
        for (SinkTally.Snapshot sink : sinks) {
            if (sink.lost() > 0) {
                found.add("sink " + sink.name() + " lost " + sink.lost() + " frames");
            }
            if (sink.pending() > 0) {
                found.add("sink " + sink.name() + " left " + sink.pending() + " frames pending");
            }
        }
        return found;
    }
}
