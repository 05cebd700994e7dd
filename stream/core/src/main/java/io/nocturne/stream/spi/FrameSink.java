package io.nocturne.stream.spi;

/**
 * Where frames go. One thread of its own per sink; every call but {@link #close} comes from it. A sink on the raw ring
 * sees RAW frames, one on the restored ring RESTORED, RAW_ONLY and FAILED ones; both see gaps and the end.
 */
public interface FrameSink extends AutoCloseable {
    /** What became of a frame offered to a sink. */
    enum Delivery {
        DELIVERED,
        /** Under way: the sink tells later through {@link SinkContext#settled}. */
        PENDING,
        /** Not meant for this sink, by its policy. */
        SKIPPED,
        LOST
    }

    /** Short name for ledger, latency and reports: {@code raw-disk}, {@code restored-disk}, {@code kafka}. */
    String name();

    /**
     * Prepares the sink, before the source starts. Caller's thread.
     *
     * @throws Exception if it can't work: the run doesn't start, and the message says what to do
     */
    void open(SinkContext context) throws Exception;

    /**
     * Takes one frame, borrowed for the length of this call.
     *
     * @throws Exception the sink is broken: the frame is lost. On the raw recorder that ends the run; elsewhere the
     *     sink is tried again with the next frame
     */
    Delivery onFrame(FrameView frame) throws Exception;

    /** Frames that never reached us. */
    default void onGap(long firstIndex, int count, Cause cause) throws Exception {}

    /**
     * The epoch is over: flush. Pending frames may still settle until {@link #close}.
     *
     * @param deadlineNanos on the run's clock; after it, return with what is unsettled left pending
     */
    default void onEnd(Cause cause, long deadlineNanos) throws Exception {}

    /**
     * CRC-32C of the pixels last delivered, or -1 if the sink computes none. Sink thread, right after
     * {@link #onFrame}; the ledger stores it.
     */
    default long lastCrc32c() {
        return -1;
    }

    /** Releases everything; called once, after {@link #onEnd} or a failed {@link #open}. */
    @Override
    void close() throws java.io.IOException;
}
