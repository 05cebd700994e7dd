package io.nocturne.bench.handover;

import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.StreamSpec;

/** One way to bring every frame from a source through workers to a sink, in capture order and without loss. */
public interface HandOver {
    /** A word for tables. */
    String name();

    /**
     * Runs the source to its end and returns when the sink has had the last frame. Calls nothing of the sink but
     * {@link FrameSink#onFrame} unless the design needs it.
     *
     * @param source opened
     * @param workers threads that restore
     * @param slots raw frames that may be under way at once, a power of two
     * @throws Exception if a thread failed
     */
    void run(FrameSource source, StreamSpec stream, Restorer restorer, FrameSink sink, int workers, int slots)
            throws Exception;
}
