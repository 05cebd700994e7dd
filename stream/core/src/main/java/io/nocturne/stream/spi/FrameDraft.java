package io.nocturne.stream.spi;

import java.nio.ByteBuffer;

/**
 * The slot a source is filling, between {@link FrameWriter#tryClaim()} and commit. Source thread only. Coordinates are
 * preset from the frame's index as {@link StreamSpec} defines and may be overwritten.
 */
public interface FrameDraft {
    /** Index that this frame will have. */
    long index();

    /** Where the pixels go: {@code spec.frame().bytes()} long, native byte order, rewound. */
    ByteBuffer pixels();

    FrameDraft cameraNumber(long number);

    FrameDraft at(long timePoint, int position, int zSlice, int channel);

    FrameDraft exposureNanos(long nanos);

    FrameDraft exposedNanos(long nanos);

    /** End-to-end latency starts here: driver's receipt for real cameras, the due time for simulated and replayed. */
    FrameDraft coreNanos(long nanos);

    FrameDraft receivedNanos(long nanos);

    /** Light that the sample was given for this frame, in the unit that the source's {@link FrameWriter#note} states. */
    default FrameDraft lightDose(double dose) {
        return this;
    }

    /**
     * Presets the normalisation, for frames replayed from a run: intake then applies these values instead of its own
     * statistics.
     */
    FrameDraft norm(double[] values, int count);

    /** Marks a frame that already has its product: intake lets it pass, as a neighbour for windows only. */
    FrameDraft alreadyRestored(boolean value);
}
