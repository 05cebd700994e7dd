package io.nocturne.config.units;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An amount of memory or disk, written {@code 512 MiB} (1024 based) or {@code 2 GB} (1000 based).
 *
 * @param bytes bytes, not negative
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    private static final Map<String, BigDecimal> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("B", BigDecimal.ONE);
        long binary = 1;
        long decimal = 1;
        for (String prefix : new String[] {"K", "M", "G", "T"}) {
            binary *= 1024;
            decimal *= 1000;
            UNITS.put(prefix + "iB", BigDecimal.valueOf(binary));
            UNITS.put(prefix.equals("K") ? "kB" : prefix + "B", BigDecimal.valueOf(decimal));
        }
    }

    /**
     * Reads an amount.
     *
     * @throws IllegalArgumentException if the text has no unit or another form
     */
    public static ByteSize parse(String text) {
        BigDecimal bytes = Quantity.parse(text, UNITS, "512 MiB");
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is more than any disk holds");
        }
        return new ByteSize(bytes.longValue());
    }

    /** A measured or computed amount for a person: about three digits, such as {@code 20.5 MiB}. */
    public static String about(long amount) {
        double value = amount;
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        double shown = value >= 100 ? Math.rint(value) : Math.rint(value * 10) / 10;
        return Quantity.rounded(shown) + " " + units[unit];
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** Exact, and reads back to the same. */
    @Override
    public String toString() {
        return Quantity.exact(bytes, UNITS);
    }
}
