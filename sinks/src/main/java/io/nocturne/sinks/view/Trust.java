package io.nocturne.sinks.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How far a picture can be trusted, from a sample of its pixels. NaN where it can't be told.
 *
 * @param background counts of dark places: 1st percentile
 * @param signal counts of bright structures above the background: 99.8th percentile less the 1st, of the restored
 *     picture where there is one
 * @param countsPerPhoton slope of the raw noise's variance over its mean, which is the gain where photons make the noise
 * @param noise standard deviation of one raw pixel at a bright structure, in counts
 * @param saturated part of raw pixels at the camera's highest value, 0 to 1
 * @param residualCorrelation of neighbouring pixels of raw minus restored, at structures: 0 for noise
 * @param changeRaw median change of a raw pixel at a structure from frame to frame, as a part of {@code signal}
 * @param changeRestored the same of the restored picture
 */
record Trust(
        double background,
        double signal,
        double countsPerPhoton,
        double noise,
        double saturated,
        double residualCorrelation,
        double changeRaw,
        double changeRestored) {
    /** Part of saturated pixels from which on it is said. */
    private static final double MOST_SATURATED = 0.001;

    /** Photons that a bright structure gives in a pixel and frame. */
    double photons() {
        return signal / countsPerPhoton;
    }

    /** Of one raw pixel at a bright structure. */
    double snr() {
        return signal / noise;
    }

    /**
     * What speaks against the model on these frames, most urgent first; empty if nothing does.
     *
     * @param least photons at bright structures that the model is made for, NaN if its card names none
     * @param most the same, most
     */
    List<String> warnings(double least, double most) {
        List<String> warnings = new ArrayList<>();
        if (saturated > MOST_SATURATED) {
            warnings.add(String.format(Locale.ROOT, "%.2g %% of the raw pixels are saturated", 100 * saturated));
        }
        if (photons() < least || photons() > most) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "about %.0f photons at bright structures; the model is made for %.0f to %.0f",
                    photons(),
                    least,
                    most));
        }
        return warnings;
    }
}
