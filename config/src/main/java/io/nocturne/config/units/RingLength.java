package io.nocturne.config.units;

import java.math.BigDecimal;
import java.util.Map;

/**
 * How much a ring holds: camera time, {@code 2 s}, or a number of frames, {@code 64 frames}.
 *
 * @param span camera time, or null
 * @param frames frames, 0 where {@code span} is given
 */
public record RingLength(Span span, int frames) {
    private static final Map<String, BigDecimal> FRAMES = Map.of("frames", BigDecimal.ONE);

    /**
     * Reads a ring's length.
     *
     * @throws IllegalArgumentException if it is neither a span nor a whole number of frames
     */
    public static RingLength parse(String text) {
        if (!text.strip().endsWith("frames")) {
            try {
                return new RingLength(Span.parse(text), 0);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(e.getMessage() + " or '64 frames'", e);
            }
        }
        BigDecimal frames = Quantity.parse(text, FRAMES, "64 frames");
        if (frames.stripTrailingZeros().scale() > 0
                || frames.signum() == 0
                || frames.compareTo(BigDecimal.valueOf(1 << 20)) > 0) {
            throw new IllegalArgumentException("a ring has 1 to 1048576 whole frames, not '" + text + "'");
        }
        return new RingLength(null, frames.intValueExact());
    }

    /**
     * Frames that the ring must hold at least.
     *
     * @param periodNanos time from frame to frame, 0 if unknown
     * @param unpaced frames to hold where a span means nothing, because the source has no rate
     */
    public int framesAt(long periodNanos, int unpaced) {
        if (span == null) {
            return frames;
        }
        if (periodNanos <= 0) {
            return unpaced;
        }
        return (int) Math.min(1 << 20, Math.max(2, -Math.floorDiv(-span.nanos(), periodNanos)));
    }

    @Override
    public String toString() {
        return span != null ? span.toString() : frames + " frames";
    }
}
