package io.nocturne.stream.optics;

import java.util.Objects;

/**
 * What a detector does to light. Electrons are photoelectrons before multiplication unless said otherwise.
 *
 * @param kind which physics applies
 * @param quantumEfficiency photoelectrons per photon, above 0 to 1
 * @param offset counts without light, sensor mean
 * @param offsetSpread standard deviation of the offset from pixel to pixel and column to column, counts
 * @param electronsPerCount electrons per count at the digitiser, after multiplication
 * @param gainSpread relative standard deviation of the gain from pixel to pixel
 * @param readNoise median read noise at the digitiser, electrons rms
 * @param readNoiseTail standard deviation of the logarithm of the read noise from pixel to pixel
 * @param maxReadNoise read noise of the worst pixel, electrons rms
 * @param multiplication mean electrons at the digitiser per photoelectron; 1 without a gain register or dynode chain
 * @param excessFactor growth of the shot-noise variance by multiplication, 1 or more; 2 for an EM register
 * @param spuriousElectrons dark and clock-induced electrons per pixel and exposure, before multiplication
 * @param lag correlation of a pixel's noise with its left neighbour's, from the bandwidth of scanning electronics; 0 to
 *     below 1
 * @param fullWell electrons at the digitiser where a pixel saturates
 * @param bits bits of the digitiser, 8 to 16
 */
public record SensorSpec(
        Kind kind,
        double quantumEfficiency,
        double offset,
        double offsetSpread,
        double electronsPerCount,
        double gainSpread,
        double readNoise,
        double readNoiseTail,
        double maxReadNoise,
        double multiplication,
        double excessFactor,
        double spuriousElectrons,
        double lag,
        double fullWell,
        int bits) {
    /** Families of detectors. */
    public enum Kind {
        /** Every pixel has an amplifier of its own. */
        SCMOS,
        /** One amplifier behind a register that multiplies electrons by impact ionisation. */
        EMCCD,
        /** A point detector, scanned. */
        PMT
    }

    public SensorSpec {
        Objects.requireNonNull(kind, "kind");
        require(
                quantumEfficiency > 0 && quantumEfficiency <= 1,
                "quantumEfficiency",
                quantumEfficiency,
                "above 0 to 1");
        require(bits >= 8 && bits <= 16, "bits", bits, "8 to 16");
        require(offset >= 0 && offset < (1 << bits), "offset", offset, "0 to below 2^bits counts");
        require(offsetSpread >= 0, "offsetSpread", offsetSpread, "0 or more counts");
        require(electronsPerCount > 0, "electronsPerCount", electronsPerCount, "above 0");
        require(gainSpread >= 0 && gainSpread < 0.3, "gainSpread", gainSpread, "0 to below 0.3");
        require(readNoise >= 0, "readNoise", readNoise, "0 or more electrons");
        require(readNoiseTail >= 0 && readNoiseTail <= 2, "readNoiseTail", readNoiseTail, "0 to 2");
        require(maxReadNoise >= readNoise, "maxReadNoise", maxReadNoise, "readNoise or more");
        require(multiplication >= 1, "multiplication", multiplication, "1 or more");
        require(excessFactor >= 1, "excessFactor", excessFactor, "1 or more");
        require(spuriousElectrons >= 0, "spuriousElectrons", spuriousElectrons, "0 or more");
        require(lag >= 0 && lag < 1, "lag", lag, "0 to below 1");
        require(fullWell > 0, "fullWell", fullWell, "above 0 electrons");
    }

    /**
     * A scientific CMOS camera of the common kind with 6.5 um pixels: 0.46 electrons per count, 1.5 electrons read noise
     * with a tail of noisy pixels. Single-pixel statistics as in Huang et al., Nature Methods 10 (2013).
     */
    public static SensorSpec scmos() {
        return new SensorSpec(Kind.SCMOS, 0.8, 100, 0.6, 0.46, 0.01, 1.5, 0.25, 6, 1, 1, 0.02, 0, 30_000, 16);
    }

    /**
     * An EMCCD at gain 130: about 60 counts squared of variance per count-equivalent photon, offset 450, 35 counts read
     * noise, excess factor 2 (Robbins and Hadwen, IEEE Trans. Electron Devices 50, 2003).
     */
    public static SensorSpec emccd() {
        return new SensorSpec(Kind.EMCCD, 0.92, 450, 0.6, 4.33, 0, 150, 0, 150, 130, 2, 0.005, 0, 400_000, 16);
    }

    /** A photomultiplier on a scanning confocal: few photons, large steps, neighbours correlated along the scan line. */
    public static SensorSpec pmt() {
        return new SensorSpec(Kind.PMT, 0.3, 40, 0, 1, 0, 6, 0, 6, 30, 1.35, 0.01, 0.2, 65_000, 12);
    }

    /** The usual sensor of a kind. */
    public static SensorSpec of(Kind kind) {
        return switch (kind) {
            case SCMOS -> scmos();
            case EMCCD -> emccd();
            case PMT -> pmt();
        };
    }

    /**
     * A sensor without multiplication whose photon transfer curve is that one; pixels differ as before.
     *
     * @param newOffset counts without light
     * @param gain counts per photoelectron
     * @param readNoiseCounts median standard deviation of a dark pixel, counts
     */
    public SensorSpec withLine(double newOffset, double gain, double readNoiseCounts) {
        double electrons = readNoiseCounts / gain;
        return new SensorSpec(
                kind,
                quantumEfficiency,
                newOffset,
                offsetSpread,
                1 / gain,
                gainSpread,
                electrons,
                readNoiseTail,
                Math.max(electrons, electrons * maxReadNoise / Math.max(readNoise, 1e-9)),
                1,
                1,
                spuriousElectrons,
                lag,
                ((1 << bits) - 1) / gain,
                bits);
    }

    public SensorSpec withBits(int newBits) {
        return new SensorSpec(
                kind,
                quantumEfficiency,
                offset,
                offsetSpread,
                electronsPerCount,
                gainSpread,
                readNoise,
                readNoiseTail,
                maxReadNoise,
                multiplication,
                excessFactor,
                spuriousElectrons,
                lag,
                fullWell,
                newBits);
    }

    /**
     * The same detector written as 8-bit pixels, as acquisition software does it: offset 10, and a scale where full
     * well would be far beyond white, as one sets it for dim light.
     */
    public SensorSpec asEightBit(double countsPerPhotoelectron) {
        double newElectronsPerCount = multiplication / countsPerPhotoelectron;
        return new SensorSpec(
                kind,
                quantumEfficiency,
                10,
                0,
                newElectronsPerCount,
                gainSpread,
                readNoise,
                readNoiseTail,
                maxReadNoise,
                multiplication,
                excessFactor,
                spuriousElectrons,
                lag,
                fullWell,
                8);
    }

    /** Mean counts per photoelectron. */
    public double countsPerElectron() {
        return multiplication / electronsPerCount;
    }

    /** Conversion between photons and counts, and the noise line, for the sensor's median pixel below saturation. */
    public Photons photons() {
        double gain = countsPerElectron();
        double band = bandwidth();
        double read = readNoise / electronsPerCount;
        double slope = band * gain * excessFactor;
        double dark = band * (gain * gain * excessFactor * spuriousElectrons + read * read) + 1.0 / 12;
        return new Photons(offset + gain * spuriousElectrons, gain * quantumEfficiency, slope, dark);
    }

    /** What remains of the variance of white noise behind the electronics: the first-order lag averages it. */
    double bandwidth() {
        return (1 - lag) / (1 + lag);
    }

    private static void require(boolean holds, String name, double value, String range) {
        if (!holds) {
            throw new IllegalArgumentException("Sensor setting " + name + " must be " + range + ", not " + value);
        }
    }
}
