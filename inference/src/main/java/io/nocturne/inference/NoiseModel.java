package io.nocturne.inference;

/**
 * A camera's noise in counts: the variance of a pixel of mean m is {@code gain * (m - offset) + readNoise^2}.
 *
 * @param offset counts of a dark pixel
 * @param gain variance per count of signal; for a camera without electron multiplication, counts per photoelectron
 * @param readNoise standard deviation of a dark pixel, in counts
 */
public record NoiseModel(double offset, double gain, double readNoise) {
    public NoiseModel {
        if (!Double.isFinite(offset) || !(gain > 0) || !(readNoise >= 0) || !Double.isFinite(gain + readNoise)) {
            throw new IllegalArgumentException("A noise model needs a finite offset, gain above 0 and readNoise of at"
                    + " least 0, not offset " + offset + ", gain " + gain + ", readNoise " + readNoise);
        }
    }
}
