package io.nocturne.config.units;

import io.nocturne.stream.stack.Fsync;
import java.time.Duration;

/**
 * When frames are put on the disk itself: {@code none}, {@code each}, or at least every so often, {@code 1 s}.
 *
 * @param fsync what the words mean
 * @param text as given
 */
public record SyncPolicy(Fsync fsync, String text) {
    /**
     * Reads a policy.
     *
     * @throws IllegalArgumentException if it is neither of the words nor a span of at least 10 ms
     */
    public static SyncPolicy parse(String given) {
        String text = given.strip();
        return switch (text) {
            case "none" -> new SyncPolicy(Fsync.NONE, text);
            case "each" -> new SyncPolicy(Fsync.EACH, text);
            default -> {
                try {
                    Span span = Span.parse(text);
                    if (span.nanos() < 10_000_000L) {
                        throw new IllegalArgumentException("'" + text + "' is below 10 ms, use each");
                    }
                    yield new SyncPolicy(Fsync.every(Duration.ofNanos(span.nanos())), text);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "expected none, each or a span such as '1 s', found '" + given + "'", e);
                }
            }
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
