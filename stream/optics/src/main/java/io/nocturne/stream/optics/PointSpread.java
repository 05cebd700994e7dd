package io.nocturne.stream.optics;

/**
 * Gaussian approximation of a microscope's point spread function. Lengths are micrometres in the specimen.
 *
 * <p>In focus the widths are the least-squares fits of Zhang, Zerubia and Olivo-Marin, Applied Optics 46 (2007),
 * paraxial form: lateral {@code sqrt(2) / (k NA)}, axial {@code 2 sqrt(6) n / (k NA^2)}, with {@code k = 2 pi / lambda}.
 * Confocal: product of the excitation's Gaussian with the detection's, the latter widened by the pinhole's disc, whose
 * variance per axis is a sixteenth of its diameter squared.
 *
 * <p>Out of focus, wide-field light is spread over the cone's disc of radius {@code |z| tan(alpha)}, variance per axis a
 * quarter of that squared, and none is lost; confocal light is cut off by the pinhole instead.
 *
 * @param lateralSigmaUm standard deviation in x and y, in focus
 * @param axialSigmaUm standard deviation in z
 * @param tanAlpha tangent of the objective's half angle
 * @param sectioning true if light from out of focus is cut off
 */
public record PointSpread(double lateralSigmaUm, double axialSigmaUm, double tanAlpha, boolean sectioning) {
    public PointSpread {
        if (!(lateralSigmaUm > 0) || !(axialSigmaUm > 0) || !(tanAlpha > 0)) {
            throw new IllegalArgumentException("A point spread's widths must be above 0, not " + lateralSigmaUm + ", "
                    + axialSigmaUm + ", " + tanAlpha);
        }
    }

    /** A wide-field microscope. */
    public static PointSpread widefield(double numericalAperture, double refractiveIndex, double emissionUm) {
        return new PointSpread(
                lateral(numericalAperture, emissionUm),
                axial(numericalAperture, refractiveIndex, emissionUm),
                tanAlpha(numericalAperture, refractiveIndex),
                false);
    }

    /** A point-scanning confocal microscope; the pinhole's diameter in units of the Airy disc's. */
    public static PointSpread confocal(
            double numericalAperture,
            double refractiveIndex,
            double excitationUm,
            double emissionUm,
            double pinholeAiry) {
        double excitation = lateral(numericalAperture, excitationUm);
        double emission = lateral(numericalAperture, emissionUm);
        double pinholeUm = pinholeAiry * 1.22 * emissionUm / numericalAperture;
        double detection = Math.sqrt(emission * emission + pinholeUm * pinholeUm / 16);
        double axialExcitation = axial(numericalAperture, refractiveIndex, excitationUm);
        double axialDetection = axial(numericalAperture, refractiveIndex, emissionUm) * detection / emission;
        return new PointSpread(
                product(excitation, detection),
                product(axialExcitation, axialDetection),
                tanAlpha(numericalAperture, refractiveIndex),
                true);
    }

    /** Lateral variance per axis of a point at that distance from focus, square micrometres. */
    public double lateralVariance(double defocusUm) {
        double inFocus = lateralSigmaUm * lateralSigmaUm;
        if (sectioning) {
            return inFocus;
        }
        double radius = defocusUm * tanAlpha;
        return inFocus + radius * radius / 4;
    }

    /** Share of a point's light that is detected at that distance from focus, 1 in focus. */
    public double axialResponse(double defocusUm) {
        if (!sectioning) {
            return 1;
        }
        double z = defocusUm / axialSigmaUm;
        return Math.exp(-0.5 * z * z);
    }

    private static double lateral(double numericalAperture, double wavelengthUm) {
        return Math.sqrt(2) * wavelengthUm / (2 * Math.PI * numericalAperture);
    }

    private static double axial(double numericalAperture, double refractiveIndex, double wavelengthUm) {
        return 2
                * Math.sqrt(6)
                * refractiveIndex
                * wavelengthUm
                / (2 * Math.PI * numericalAperture * numericalAperture);
    }

    private static double tanAlpha(double numericalAperture, double refractiveIndex) {
        return Math.tan(Math.asin(numericalAperture / refractiveIndex));
    }

    private static double product(double a, double b) {
        return a * b / Math.hypot(a, b);
    }
}
