package io.nocturne.stream.ring;

/**
 * Sizes and policies of one pipeline.
 *
 * @param rawSlots slots of the raw ring, a power of two, 4 to 2^20
 * @param outcomeSlots entries of the restored ring (headers only), a power of two, at least 64
 * @param productPlanes product planes behind the restored ring, at least workers + 2
 * @param workers threads that restore, 0 to 64
 * @param backlog loaded frames that may wait for a worker, 0 to 64; more means fewer skips in bursts, more latency
 * @param lossless true: intake waits for workers and sinks, nothing is skipped (offline); false: live
 * @param maxRunMillis longest one restoration may take before it is cancelled, 0 for no limit
 * @param failuresBeforeOff failures in a row that switch the restorer off, at least 1
 * @param drainMillis how long the drain may stand still before what is left is given up
 * @param onRawFailure what happens when raw frames can't be stored, or can't be stored fast enough
 */
public record PipelineSettings(
        int rawSlots,
        int outcomeSlots,
        int productPlanes,
        int workers,
        int backlog,
        boolean lossless,
        long maxRunMillis,
        int failuresBeforeOff,
        long drainMillis,
        RawFailure onRawFailure) {

    /** Policy for raw frames that can't be stored. */
    public enum RawFailure {
        /** End the run at once, loudly. */
        STOP,
        /** Go on, and record what is missing. */
        GAP
    }

    public PipelineSettings {
        require(Integer.bitCount(rawSlots) == 1 && rawSlots >= 4 && rawSlots <= 1 << 20, "rawSlots", rawSlots);
        require(Integer.bitCount(outcomeSlots) == 1 && outcomeSlots >= 64, "outcomeSlots", outcomeSlots);
        require(workers >= 0 && workers <= 64, "workers", workers);
        require(backlog >= 0 && backlog <= 64, "backlog", backlog);
        require(productPlanes >= workers + 2, "productPlanes", productPlanes);
        require(maxRunMillis >= 0, "maxRunMillis", maxRunMillis);
        require(failuresBeforeOff >= 1, "failuresBeforeOff", failuresBeforeOff);
        require(drainMillis >= 1, "drainMillis", drainMillis);
    }

    private static void require(boolean holds, String name, long value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + " is outside its range");
        }
    }

    /** Live settings with a raw ring of that many slots and that many workers. */
    public static PipelineSettings live(int rawSlots, int workers) {
        return new PipelineSettings(
                rawSlots, 4096, planesFor(workers), workers, 1, false, 10_000, 8, 30_000, RawFailure.STOP);
    }

    /** Offline settings: nothing is skipped. */
    public static PipelineSettings offline(int rawSlots, int workers) {
        return new PipelineSettings(
                rawSlots, 4096, planesFor(workers), workers, 1, true, 0, 8, 600_000, RawFailure.STOP);
    }

    /**
     * Planes that keep all workers busy while one of them is several times slower than the others: what finished behind
     * it waits on planes of its own.
     */
    public static int planesFor(int workers) {
        return 4 + 5 * workers;
    }

    /** The smallest power of two that is at least {@code n}. */
    public static int powerOfTwoFrom(long n) {
        return n <= 4 ? 4 : (int) Math.min(1 << 20, Long.highestOneBit(n - 1) << 1);
    }

    public PipelineSettings withBacklog(int frames) {
        return new PipelineSettings(
                rawSlots,
                outcomeSlots,
                productPlanes,
                workers,
                frames,
                lossless,
                maxRunMillis,
                failuresBeforeOff,
                drainMillis,
                onRawFailure);
    }

    public PipelineSettings withMaxRunMillis(long millis) {
        return new PipelineSettings(
                rawSlots,
                outcomeSlots,
                productPlanes,
                workers,
                backlog,
                lossless,
                millis,
                failuresBeforeOff,
                drainMillis,
                onRawFailure);
    }

    public PipelineSettings withDrainMillis(long millis) {
        return new PipelineSettings(
                rawSlots,
                outcomeSlots,
                productPlanes,
                workers,
                backlog,
                lossless,
                maxRunMillis,
                failuresBeforeOff,
                millis,
                onRawFailure);
    }

    public PipelineSettings withOnRawFailure(RawFailure policy) {
        return new PipelineSettings(
                rawSlots,
                outcomeSlots,
                productPlanes,
                workers,
                backlog,
                lossless,
                maxRunMillis,
                failuresBeforeOff,
                drainMillis,
                policy);
    }

    public PipelineSettings withProductPlanes(int planes) {
        return new PipelineSettings(
                rawSlots,
                outcomeSlots,
                planes,
                workers,
                backlog,
                lossless,
                maxRunMillis,
                failuresBeforeOff,
                drainMillis,
                onRawFailure);
    }

    public PipelineSettings withFailuresBeforeOff(int failures) {
        return new PipelineSettings(
                rawSlots,
                outcomeSlots,
                productPlanes,
                workers,
                backlog,
                lossless,
                maxRunMillis,
                failures,
                drainMillis,
                onRawFailure);
    }
}
