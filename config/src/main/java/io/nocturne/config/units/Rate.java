package io.nocturne.config.units;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Frames per second, written {@code 20 fps}.
 *
 * @param perSecond frames per second, above 0
 */
public record Rate(double perSecond) implements Comparable<Rate> {
    private static final Map<String, BigDecimal> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("fps", BigDecimal.ONE);
        UNITS.put("Hz", BigDecimal.ONE);
    }

    public Rate {
        if (!(perSecond > 0) || Double.isInfinite(perSecond)) {
            throw new IllegalArgumentException("a rate is above 0 fps");
        }
    }

    /**
     * Reads a rate.
     *
     * @throws IllegalArgumentException if the text has no unit or another form, or is 0
     */
    public static Rate parse(String text) {
        return new Rate(Quantity.parse(text, UNITS, "20 fps").doubleValue());
    }

    /** Time from frame to frame. */
    public long periodNanos() {
        return Math.max(1, Math.round(1e9 / perSecond));
    }

    @Override
    public int compareTo(Rate other) {
        return Double.compare(perSecond, other.perSecond);
    }

    /** Exact, and reads back to the same. */
    @Override
    public String toString() {
        return new BigDecimal(Double.toString(perSecond)).stripTrailingZeros().toPlainString() + " fps";
    }
}
