package io.nocturne.config.units;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number and its unit, read strictly: one number, one known unit, nothing else. */
final class Quantity {
    private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([^0-9\\s.]*)");

    private Quantity() {}

    /**
     * Reads a quantity.
     *
     * @param units what one of each unit is worth
     * @param example a value of the right form, for the message
     * @return number times worth of its unit
     * @throws IllegalArgumentException if the text is anything else
     */
    static BigDecimal parse(String text, Map<String, BigDecimal> units, String example) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "expected a number with a unit, such as '" + example + "', found '" + text + "'");
        }
        String unit = form.group(2);
        if (unit.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' has no unit; write '" + text.strip() + " "
                    + example.split(" ", 2)[1] + "', for example");
        }
        BigDecimal worth = units.get(unit);
        if (worth == null) {
            throw new IllegalArgumentException(
                    "unknown unit '" + unit + "' in '" + text + "'; known are " + String.join(", ", units.keySet()));
        }
        return new BigDecimal(form.group(1)).multiply(worth);
    }

    /** The value exactly, in the unit that writes it shortest. */
    static String exact(long value, Map<String, BigDecimal> units) {
        BigDecimal number = BigDecimal.valueOf(value);
        String shortest = null;
        String text = null;
        for (Map.Entry<String, BigDecimal> unit : units.entrySet()) {
            BigDecimal inUnit =
                    number.divide(unit.getValue(), MathContext.DECIMAL128).stripTrailingZeros();
            boolean exact = inUnit.multiply(unit.getValue()).compareTo(number) == 0;
            String digits = inUnit.toPlainString();
            boolean nicer = shortest == null || (value != 0 && digits.length() <= shortest.length());
            if (exact && nicer) {
                shortest = digits;
                text = digits + " " + unit.getKey();
            }
        }
        return text;
    }

    /** A measured value to at most three digits behind the point. */
    static String rounded(double value) {
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
