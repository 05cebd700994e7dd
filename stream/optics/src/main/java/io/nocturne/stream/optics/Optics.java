package io.nocturne.stream.optics;

import java.util.Objects;

/**
 * The light path between specimen and detector.
 *
 * @param modality how the image is formed
 * @param numericalAperture of the objective, below the refractive index
 * @param refractiveIndex of the immersion, 1 to 1.6
 * @param emissionUm emission wavelength in micrometres, 0.3 to 1.2
 * @param excitationUm excitation wavelength in micrometres, at most the emission's; confocal only
 * @param pinholeAiry pinhole diameter in Airy units, above 0; confocal only
 */
public record Optics(
        Modality modality,
        double numericalAperture,
        double refractiveIndex,
        double emissionUm,
        double excitationUm,
        double pinholeAiry) {
    /** How the image is formed. */
    public enum Modality {
        WIDEFIELD,
        CONFOCAL
    }

    public Optics {
        Objects.requireNonNull(modality, "modality");
        require(refractiveIndex >= 1 && refractiveIndex <= 1.6, "refractiveIndex", refractiveIndex, "1 to 1.6");
        require(
                numericalAperture > 0 && numericalAperture < refractiveIndex,
                "numericalAperture",
                numericalAperture,
                "above 0 and below the refractive index " + refractiveIndex);
        require(emissionUm >= 0.3 && emissionUm <= 1.2, "emissionUm", emissionUm, "0.3 to 1.2 micrometres");
        require(
                excitationUm >= 0.3 && excitationUm <= emissionUm,
                "excitationUm",
                excitationUm,
                "0.3 micrometres to the emission wavelength");
        require(pinholeAiry > 0, "pinholeAiry", pinholeAiry, "above 0");
    }

    /** A wide-field microscope with an oil objective of that aperture, for a green dye. */
    public static Optics widefield(double numericalAperture) {
        return new Optics(Modality.WIDEFIELD, numericalAperture, 1.515, 0.52, 0.488, 1);
    }

    /** A point-scanning confocal microscope with an oil objective of that aperture, for a green dye. */
    public static Optics confocal(double numericalAperture) {
        return new Optics(Modality.CONFOCAL, numericalAperture, 1.515, 0.52, 0.488, 1);
    }

    /** The Gaussian approximation of this light path's point spread. */
    public PointSpread pointSpread() {
        return switch (modality) {
            case WIDEFIELD -> PointSpread.widefield(numericalAperture, refractiveIndex, emissionUm);
            case CONFOCAL ->
                PointSpread.confocal(numericalAperture, refractiveIndex, excitationUm, emissionUm, pinholeAiry);
        };
    }

    private static void require(boolean holds, String name, double value, String range) {
        if (!holds) {
            throw new IllegalArgumentException("Optics setting " + name + " must be " + range + ", not " + value);
        }
    }
}
