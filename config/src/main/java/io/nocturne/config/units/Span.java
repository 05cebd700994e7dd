package io.nocturne.config.units;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A length of time, written {@code 2 s}, {@code 250 ms}, {@code 10 us} or {@code 5 min}.
 *
 * @param nanos nanoseconds, not negative
 */
public record Span(long nanos) implements Comparable<Span> {
    private static final Map<String, BigDecimal> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("ns", BigDecimal.ONE);
        UNITS.put("us", BigDecimal.valueOf(1_000));
        UNITS.put("ms", BigDecimal.valueOf(1_000_000));
        UNITS.put("s", BigDecimal.valueOf(1_000_000_000));
        UNITS.put("min", BigDecimal.valueOf(60_000_000_000L));
        UNITS.put("h", BigDecimal.valueOf(3_600_000_000_000L));
    }

    /**
     * Reads a span.
     *
     * @throws IllegalArgumentException if the text has no unit or another form
     */
    public static Span parse(String text) {
        BigDecimal nanos = Quantity.parse(text, UNITS, "2 s");
        if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is longer than 292 years");
        }
        return new Span(nanos.longValue());
    }

    public static Span ofNanos(long nanos) {
        return new Span(nanos);
    }

    public long millis() {
        return nanos / 1_000_000;
    }

    public double seconds() {
        return nanos / 1e9;
    }

    public Duration toDuration() {
        return Duration.ofNanos(nanos);
    }

    @Override
    public int compareTo(Span other) {
        return Long.compare(nanos, other.nanos);
    }

    /** Exact, and reads back to the same. */
    @Override
    public String toString() {
        return Quantity.exact(nanos, UNITS);
    }

    /** A measured or computed time for a person: three digits, in the unit that suits. */
    public static String about(long nanos) {
        double value = nanos;
        String[] units = {"ns", "us", "ms", "s", "min", "h", "days"};
        double[] steps = {1000, 1000, 1000, 120, 120, 48};
        int unit = 0;
        while (unit < steps.length && value >= steps[unit]) {
            value /= unit == 5 ? 24 : unit >= 3 ? 60 : 1000;
            unit++;
        }
        double digits = value >= 100 ? 1 : value >= 10 ? 10 : 100;
        return Quantity.rounded(Math.rint(value * digits) / digits) + " " + units[unit];
    }
}
