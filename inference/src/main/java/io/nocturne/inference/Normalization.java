package io.nocturne.inference;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A model's normalisation: what is done to pixels before, and undone after.
 *
 * @param rule how values follow from frames
 * @param low percentile of the lower value, 0 to 100
 * @param high percentile of the upper value
 * @param range what the upper value becomes, 1 if left out
 * @param frames time constant of the running values in frames of the same channel and position, 32 if left out
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Normalization(Rule rule, double low, double high, double range, int frames) {
    /** Time constant unless told otherwise. */
    public static final int DEFAULT_FRAMES = 32;

    public Normalization {
        rule = rule == null ? Rule.NONE : rule;
        range = range == 0 ? 1 : range;
        frames = frames == 0 ? DEFAULT_FRAMES : frames;
        boolean percentiles = rule == Rule.PERCENTILE || rule == Rule.BLOCK_PERCENTILE;
        if (percentiles && !(low >= 0 && low < high && high <= 100)) {
            throw new IllegalArgumentException(
                    "'normalization': needs 0 <= low < high <= 100, not " + low + " and " + high);
        }
        if (!(range > 0) || frames < 1) {
            throw new IllegalArgumentException("'normalization': range and frames must be positive");
        }
    }

    public static Normalization none() {
        return new Normalization(Rule.NONE, 0, 0, 1, 0);
    }

    public static Normalization percentile(double low, double high) {
        return new Normalization(Rule.PERCENTILE, low, high, 1, 0);
    }

    public static Normalization blockPercentile(double low, double high, double range) {
        return new Normalization(Rule.BLOCK_PERCENTILE, low, high, range, 0);
    }

    public static Normalization lightField() {
        return new Normalization(Rule.LIGHT_FIELD, 0, 0, 1, 0);
    }

    public static Normalization anscombe() {
        return new Normalization(Rule.ANSCOMBE, 0, 0, 1, 0);
    }

    /** How normalisation values follow from the frames seen so far. */
    public enum Rule {
        /** Counts as they are. */
        @JsonProperty("none")
        NONE,
        /** (x - lo) * range / (hi - lo), both percentiles of pixels. */
        @JsonProperty("percentile")
        PERCENTILE,
        /** The same, lo a percentile of the means of 8 x 8 blocks: the background, free of noise. */
        @JsonProperty("blockPercentile")
        BLOCK_PERCENTILE,
        /** (x - mean) / standard deviation of pixels. */
        @JsonProperty("meanDeviation")
        MEAN_DEVIATION,
        /** Generalised Anscombe transform; values configured for the camera, or estimated. */
        @JsonProperty("anscombe")
        ANSCOMBE,
        /**
         * 2 x / (1.1 peak) - 1, peak the frame's own brightest pixel; products, from -1 to 1, are clipped to that and
         * brought back to counts.
         */
        @JsonProperty("lightField")
        LIGHT_FIELD;

        /** Names of the values, in order. */
        public List<String> names() {
            return switch (this) {
                case NONE -> List.of();
                case PERCENTILE, BLOCK_PERCENTILE -> List.of("lo", "hi");
                case MEAN_DEVIATION -> List.of("mean", "deviation");
                case ANSCOMBE -> List.of("offset", "gain", "readNoise");
                case LIGHT_FIELD -> List.of("peak");
            };
        }
    }
}
