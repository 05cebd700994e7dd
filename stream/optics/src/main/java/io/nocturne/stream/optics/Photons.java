package io.nocturne.stream.optics;

/**
 * How counts and photons translate for a sensor as a whole, and how noisy counts are. Photons are those that reach the
 * sensor, per pixel and exposure; counts are what the camera writes.
 *
 * <p>For Poisson light and linear electronics the variance of counts is a line over their mean,
 * {@code variance = varianceSlope * (mean - offset) + darkVariance}: the photon transfer curve (Janesick, "Photon
 * Transfer", SPIE 2007).
 *
 * @param offset counts without light
 * @param countsPerPhoton mean counts that one photon adds
 * @param varianceSlope variance, in counts squared, per count above the offset
 * @param darkVariance variance at the offset, in counts squared
 */
public record Photons(double offset, double countsPerPhoton, double varianceSlope, double darkVariance) {
    public Photons {
        if (!(countsPerPhoton > 0) || !(varianceSlope >= 0) || !(darkVariance >= 0)) {
            throw new IllegalArgumentException("countsPerPhoton must be above 0 and variances not negative: "
                    + countsPerPhoton + ", " + varianceSlope + ", " + darkVariance);
        }
    }

    /** Mean counts for that many photons. */
    public double toCounts(double photons) {
        return offset + countsPerPhoton * photons;
    }

    /** Photons that these counts stand for; negative below the offset. */
    public double toPhotons(double counts) {
        return (counts - offset) / countsPerPhoton;
    }

    /** Variance of counts whose mean is {@code meanCounts}; below the offset, the dark variance. */
    public double variance(double meanCounts) {
        return varianceSlope * Math.max(0, meanCounts - offset) + darkVariance;
    }
}
