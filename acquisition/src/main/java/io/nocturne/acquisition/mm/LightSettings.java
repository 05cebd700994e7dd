package io.nocturne.acquisition.mm;

import java.util.Objects;
import java.util.Optional;

/**
 * Excitation under Nocturne's control. All of it is optional; without a shutter and a power property the light is left
 * alone.
 *
 * @param shutter label of the shutter that is open only while frames are taken
 * @param powerDevice label of the light source whose power is set; empty for none
 * @param powerProperty its property, such as {@code Power} or {@code Level}
 * @param limit highest level that may ever be set, in {@code unit}
 * @param unit of the level, such as {@code mW} or {@code %}
 * @param areaUm2 illuminated area of the sample in square micrometres, to state dose per area; NaN if unknown
 */
public record LightSettings(
        Optional<String> shutter,
        Optional<String> powerDevice,
        String powerProperty,
        double limit,
        String unit,
        double areaUm2) {
    /** Leaves the light alone. */
    public static final LightSettings NONE =
            new LightSettings(Optional.empty(), Optional.empty(), "", Double.POSITIVE_INFINITY, "", Double.NaN);

    public LightSettings {
        Objects.requireNonNull(unit, "unit");
        if (!(limit > 0)) {
            throw new IllegalArgumentException("The limit of the light must be above 0 " + unit + ", not " + limit);
        }
        if (powerDevice.isPresent() && powerProperty.isEmpty()) {
            throw new IllegalArgumentException(
                    "Name the property of " + powerDevice.get() + " that sets the power of the light");
        }
        if (powerDevice.isPresent() && Double.isInfinite(limit)) {
            throw new IllegalArgumentException(
                    "A light whose power is set needs a limit: the highest " + unit + " that the sample may be given");
        }
    }

    /** Unit of the dose of a frame: level times seconds, per square micrometre if the area is known. */
    public String doseUnit() {
        return unit + " s" + (areaUm2 > 0 ? "/um2" : "");
    }

    /**
     * A level that may be set.
     *
     * @throws IllegalArgumentException if it is negative or above the limit
     */
    public double allowed(double level) {
        if (!(level >= 0 && level <= limit)) {
            throw new IllegalArgumentException("A light level of " + level + " " + unit
                    + " is not within 0 and the limit of " + limit + " " + unit);
        }
        return level;
    }
}
