package io.nocturne.acquisition.scene;

/**
 * The photon budget. Photons are those that reach the sensor, per pixel and exposure.
 *
 * @param peakPhotons at the brightest structures (99.9th percentile of the first frame, without background), above 0
 * @param backgroundPhotons everywhere, 0 or more
 * @param bleachingSeconds exposure after which a fluorophore's light has fallen to 1/e; 0 for no bleaching
 * @param falloff how much darker the illumination is at the field's corners than at its centre, 0 to 0.9
 */
public record Light(double peakPhotons, double backgroundPhotons, double bleachingSeconds, double falloff) {
    /** Dim live imaging: 30 photons at the brightest pixels, two of background. */
    public static final Light DIM = new Light(30, 2, 120, 0.25);

    public Light {
        Specimen.require(peakPhotons > 0 && peakPhotons <= 1e6, "peakPhotons", peakPhotons, "above 0 to 1e6");
        Specimen.require(
                backgroundPhotons >= 0 && backgroundPhotons <= 1e6, "backgroundPhotons", backgroundPhotons, "0 to 1e6");
        Specimen.require(
                bleachingSeconds >= 0 && bleachingSeconds <= 1e9,
                "bleachingSeconds",
                bleachingSeconds,
                "0 (none) or more seconds");
        Specimen.require(falloff >= 0 && falloff <= 0.9, "falloff", falloff, "0 to 0.9");
    }

    /** The same light at another level, for dose series; the background keeps its ratio. */
    public Light withPeakPhotons(double photons) {
        return new Light(photons, backgroundPhotons * photons / peakPhotons, bleachingSeconds, falloff);
    }

    /** Fluorescence left after that many seconds of exposure, 1 at the start. */
    public double remaining(double exposureSeconds) {
        return bleachingSeconds == 0 ? 1 : Math.exp(-exposureSeconds / bleachingSeconds);
    }
}
