package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.FrameSpec;
import java.util.Optional;

/** What a frame's record holds. */
public enum KafkaContent {
    /** The product's pixels. */
    FRAMES,
    /** A camera frame's pixels, with the normalisation values to apply: for workers. */
    RAW,
    /** Where in the run's restored stack the frame lies, and its checksum. */
    CLAIM_CHECK,
    /** The frame binned to at most {@value #PREVIEW_SIDE} pixels a side, in 8 bits. */
    PREVIEW;

    static final int PREVIEW_SIDE = 512;

    /** Geometry of the pixels in a record; empty without any. */
    Optional<FrameSpec> valueSpec(FrameSpec frame) {
        return switch (this) {
            case FRAMES, RAW -> Optional.of(frame);
            case PREVIEW -> Optional.of(PreviewPlane.specOf(frame, PREVIEW_SIDE));
            case CLAIM_CHECK -> Optional.empty();
        };
    }
}
