package io.nocturne.stream.spi;

/**
 * Pixels in, pixels out, with no threads of its own. One restorer serves one stream and epoch; its lanes share what is
 * heavy (the session, the weights).
 */
public interface Restorer extends AutoCloseable {
    RestorerSpec spec();

    /**
     * Advances the causal statistics by one frame and tells the values to apply to it. Intake thread only, for every
     * frame in capture order, restored or not, so that the result never depends on workers, timing or skips.
     *
     * @param norm out: {@code spec().normNames().size()} values for this frame
     */
    void observe(FrameView frame, double[] norm);

    /** True if frames of this channel are restored at all. */
    default boolean restores(int channel) {
        return true;
    }

    /** Opens one worker's place to work; called before the start, and again to replace a lane that hung. */
    RestoreLane openLane();

    /** Off-heap bytes of one lane, for the run plan. */
    long laneBytes();

    @Override
    void close();
}
