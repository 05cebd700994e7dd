package io.nocturne.config.units;

import java.util.Optional;

/**
 * How fast a recording is replayed: {@code recorded}, {@code maximal} or a rate such as {@code 20 fps}.
 *
 * @param kind which of the three
 * @param rate the rate, for {@link Kind#RATE} only
 */
public record Pace(Kind kind, Optional<Rate> rate) {
    /** The three ways. */
    public enum Kind {
        /** At the pace written in the recording. */
        RECORDED,
        /** As fast as the pipeline takes frames. */
        MAXIMAL,
        /** At a set rate. */
        RATE
    }

    /**
     * Reads a pace.
     *
     * @throws IllegalArgumentException if it is neither of the words nor a rate
     */
    public static Pace parse(String text) {
        return switch (text.strip()) {
            case "recorded" -> new Pace(Kind.RECORDED, Optional.empty());
            case "maximal" -> new Pace(Kind.MAXIMAL, Optional.empty());
            default -> {
                try {
                    yield new Pace(Kind.RATE, Optional.of(Rate.parse(text)));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "expected recorded, maximal or a rate such as '20 fps', found '" + text + "'", e);
                }
            }
        };
    }

    @Override
    public String toString() {
        return rate.map(Rate::toString).orElse(kind == Kind.RECORDED ? "recorded" : "maximal");
    }
}
