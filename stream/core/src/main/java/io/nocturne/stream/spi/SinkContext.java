package io.nocturne.stream.spi;

import java.util.Optional;

/** What a sink may know and tell. Methods are safe from any thread. */
public interface SinkContext {
    /** Identifier of the run, the same in files and headers. */
    String runId();

    StreamSpec stream();

    int epoch();

    /** Geometry of the pixels this sink will see: raw frame or product. */
    FrameSpec spec();

    /** The restorer whose products this sink sees; empty on the raw ring or without one. */
    Optional<RestorerSpec> restorer();

    RunClock clock();

    /**
     * A frame that was {@link FrameSink.Delivery#PENDING} has settled. Records the sink's latency from the stamps given.
     *
     * @param index the frame's index
     * @param coreNanos its {@link FrameView#coreNanos()}
     * @param committedNanos its {@link FrameView#committedNanos()}
     * @param delivery DELIVERED or LOST
     */
    void settled(long index, long coreNanos, long committedNanos, FrameSink.Delivery delivery);
}
