package io.nocturne.stream.optics;

/**
 * A detector, pixel by pixel: turns expected photons into counts as a real camera would, and says what mean and variance
 * those counts have.
 *
 * <pre>
 * electrons = Poisson(quantumEfficiency * photons + spurious)
 * multiplied = Gamma(electrons / (F - 1)) * (F - 1)           F = excess factor; just electrons for F = 1
 * signal    = offset[p] + gain[p] * multiplied + N(0, read[p])
 * counts    = round(lag(signal)), clipped to 0 .. saturation
 * </pre>
 *
 * <p>With F = 2 the second line is the exact output of a long EM register for n electrons, a Gamma distribution of shape
 * n (Basden, Haniff and Mackay, MNRAS 345, 2003); for photomultipliers it has the excess variance of the dynode chain.
 *
 * <p>The maps (offset, gain, read noise) are drawn once from the seed and never change. Instances are immutable after
 * construction and safe to share; each thread brings its own {@link NoiseRandom}.
 */
public final class CameraModel {
    private static final int STRETCH = 256;

    private final SensorSpec sensor;
    private final int width;
    private final int height;
    private final float[] offset;
    private final float[] gain;
    private final float[] read;
    private final int saturation;

    /**
     * Draws a sensor.
     *
     * @param seed the sensor's own seed: the same maps for the same seed
     */
    public CameraModel(SensorSpec sensor, int width, int height, long seed) {
        if (width < 1 || height < 1 || (long) width * height > 1 << 28) {
            throw new IllegalArgumentException("A sensor has 1 x 1 to 2^28 pixels, not " + width + " x " + height);
        }
        this.sensor = sensor;
        this.width = width;
        this.height = height;
        int pixels = width * height;
        offset = new float[pixels];
        gain = new float[pixels];
        read = new float[pixels];
        saturation = (int)
                Math.min((1 << sensor.bits()) - 1, sensor.offset() + sensor.fullWell() / sensor.electronsPerCount());
        drawMaps(new NoiseRandom(NoiseRandom.mix(seed + 0x5e4501)));
    }

    private void drawMaps(NoiseRandom random) {
        // Half of the offset's variance belongs to columns, whose amplifiers neighbours share: faint vertical stripes.
        double share = sensor.offsetSpread() * Math.sqrt(0.5);
        double[] column = new double[width];
        for (int x = 0; x < width; x++) {
            column[x] = sensor.offset() + share * random.nextGaussian();
        }
        double readPerPixel = sensor.readNoise() / sensor.electronsPerCount();
        double maxRead = sensor.maxReadNoise() / sensor.electronsPerCount();
        for (int p = 0; p < offset.length; p++) {
            offset[p] = (float) (column[p % width] + share * random.nextGaussian());
            gain[p] = (float) (sensor.countsPerElectron() * (1 + sensor.gainSpread() * random.nextGaussian()));
            read[p] =
                    (float) Math.min(maxRead, readPerPixel * Math.exp(sensor.readNoiseTail() * random.nextGaussian()));
        }
    }

    public SensorSpec sensor() {
        return sensor;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** Offset of a pixel, counts. */
    public double offset(int pixel) {
        return offset[pixel];
    }

    /** Mean counts per photoelectron of a pixel. */
    public double gain(int pixel) {
        return gain[pixel];
    }

    /** Read noise of a pixel, counts rms. */
    public double readNoise(int pixel) {
        return read[pixel];
    }

    /** Highest count that a pixel can have: full well or the digitiser's end. */
    public int saturation() {
        return saturation;
    }

    /** Mean counts of a pixel for expected photons, below saturation. */
    public double meanCounts(int pixel, double photons) {
        return offset[pixel] + gain[pixel] * electrons(photons);
    }

    /** Variance of a pixel's counts for expected photons, below saturation, rounding included; counts squared. */
    public double countsVariance(int pixel, double photons) {
        double g = gain[pixel];
        double r = read[pixel];
        return sensor.bandwidth() * (g * g * sensor.excessFactor() * electrons(photons) + r * r) + 1.0 / 12;
    }

    private double electrons(double photons) {
        return sensor.quantumEfficiency() * photons + sensor.spuriousElectrons();
    }

    /**
     * One noisy exposure. Allocates two kilobytes.
     *
     * @param photons expected photons per pixel, row-major, {@code width * height}
     * @param counts out: unsigned 16-bit counts
     */
    public void expose(float[] photons, NoiseRandom random, short[] counts) {
        checkLength(photons.length, counts.length);
        if (sensor.excessFactor() == 1 && sensor.lag() == 0) {
            exposePlain(photons, random, counts);
        } else {
            exposeMultiplied(photons, random, counts);
        }
    }

    /** In short stretches: all shot noise, then all read noise, then the arithmetic; twice as fast as pixel by pixel. */
    private void exposePlain(float[] photons, NoiseRandom random, short[] counts) {
        double efficiency = sensor.quantumEfficiency();
        double spurious = sensor.spuriousElectrons();
        float[] electrons = new float[STRETCH];
        float[] noise = new float[STRETCH];
        for (int first = 0; first < counts.length; first += STRETCH) {
            int length = Math.min(STRETCH, counts.length - first);
            for (int i = 0; i < length; i++) {
                electrons[i] = random.nextPoisson(efficiency * photons[first + i] + spurious);
            }
            for (int i = 0; i < length; i++) {
                noise[i] = (float) random.nextGaussian();
            }
            for (int i = 0; i < length; i++) {
                int p = first + i;
                counts[p] = digitise(offset[p] + gain[p] * electrons[i] + read[p] * noise[i]);
            }
        }
    }

    private void exposeMultiplied(float[] photons, NoiseRandom random, short[] counts) {
        double efficiency = sensor.quantumEfficiency();
        double spurious = sensor.spuriousElectrons();
        double spread = sensor.excessFactor() - 1;
        float keep = (float) sensor.lag();
        float[] electrons = new float[STRETCH];
        float[] noise = new float[STRETCH];
        float previous = 0;
        for (int first = 0; first < counts.length; first += STRETCH) {
            int length = Math.min(STRETCH, counts.length - first);
            for (int i = 0; i < length; i++) {
                int n = random.nextPoisson(efficiency * photons[first + i] + spurious);
                electrons[i] = n == 0 || spread == 0 ? n : (float) (spread * random.nextGamma(n / spread));
            }
            for (int i = 0; i < length; i++) {
                noise[i] = (float) random.nextGaussian();
            }
            for (int i = 0; i < length; i++) {
                int p = first + i;
                float signal = offset[p] + gain[p] * electrons[i] + read[p] * noise[i];
                previous = p % width == 0 ? signal : keep * previous + (1 - keep) * signal;
                counts[p] = digitise(previous);
            }
        }
    }

    private short digitise(float signal) {
        return (short) Math.min(Math.max((int) (signal + 0.5f), 0), saturation);
    }

    /** Counts that a noiseless exposure would have on average, saturation included; not rounded. */
    public void expectedCounts(float[] photons, float[] counts) {
        checkLength(photons.length, counts.length);
        for (int p = 0; p < counts.length; p++) {
            counts[p] = (float) Math.min(Math.max(meanCounts(p, photons[p]), 0), saturation);
        }
    }

    private void checkLength(int photons, int counts) {
        if (photons != offset.length || counts != offset.length) {
            throw new IllegalArgumentException("This sensor has " + offset.length + " pixels, not " + photons
                    + " (photons) or " + counts + " (counts)");
        }
    }
}
