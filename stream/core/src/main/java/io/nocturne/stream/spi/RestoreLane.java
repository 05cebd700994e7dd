package io.nocturne.stream.spi;

import java.nio.ByteBuffer;

/**
 * One worker's tensors. A lane belongs to one thread at a time: intake loads it, a worker computes and emits, with a
 * happens-before edge at each hand-over; only {@link #cancel} comes from another thread.
 *
 * <p>{@code compute} and {@code emit} are apart so that a computation that hung can be given up: its frame leaves as
 * FAILED and the late result is never emitted into a slot that has moved on.
 */
public interface RestoreLane extends AutoCloseable {
    /**
     * Copies the window's pixels, normalised with {@code norm}, into this lane's tensors. Intake thread.
     *
     * @param norm values from {@link Restorer#observe} for the window's target, or from a record
     */
    void load(FrameWindow window, double[] norm);

    /**
     * Runs the model, on this lane's own memory only. Worker thread. May be slow, throw, or be cancelled.
     *
     * @throws Exception any failure: the frame leaves as FAILED
     */
    void compute() throws Exception;

    /**
     * Writes the product. Worker thread, right after a {@link #compute} that returned.
     *
     * @param product {@code spec().product().bytes()} long, native byte order, rewound
     * @return pixels that were clipped to the type's range
     */
    int emit(ByteBuffer product);

    /** Asks a running {@link #compute} to end soon with an exception, where the engine can. Any thread. */
    void cancel();

    @Override
    void close();
}
