package io.nocturne.inference.training;

import io.nocturne.stream.optics.CameraModel;
import io.nocturne.stream.optics.GaussianBlur;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.optics.Photons;
import io.nocturne.stream.optics.SensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes noisy pictures of clean light with a random camera: sCMOS, EMCCD, photomultiplier, some with correlated noise or
 * 8-bit rounding. Tells the offset, gain and read noise that estimating them at run time would give, errors included, so
 * that a network learns to do with those.
 */
final class Exposure {
    /** Least photons per pixel at bright structures, before the sensor's efficiency. */
    static final double LEAST_PEAK = 2;

    /** Most photons per pixel at bright structures, before the sensor's efficiency. */
    static final double MOST_PEAK = 400;

    private static final int CAMERAS = 48;

    private final NoiseRandom random;
    private final int side;
    private final double dim;
    private final List<CameraModel> cameras = new ArrayList<>();
    private final short[] counts;
    private final float[] expected;
    private final GaussianBlur.Scratch scratch;

    /**
     * @param side of patches, pixels
     * @param dim see {@link Recipe.Mix#dim}
     */
    Exposure(long seed, int side, double dim) {
        random = new NoiseRandom(seed);
        this.side = side;
        this.dim = dim;
        counts = new short[side * side];
        expected = new float[side * side];
        scratch = new GaussianBlur.Scratch(side, side);
        for (int i = 0; i < CAMERAS; i++) {
            cameras.add(new CameraModel(sensor(i % 3), side, side, random.nextLong()));
        }
    }

    private SensorSpec sensor(int kind) {
        double efficiency = between(0.5, 0.95);
        return switch (kind) {
            case 0 -> {
                double read = between(0.9, 2.5);
                yield new SensorSpec(
                        SensorSpec.Kind.SCMOS,
                        efficiency,
                        between(90, 120),
                        between(0, 1),
                        logBetween(0.2, 1.2),
                        0.01,
                        read,
                        between(0.1, 0.4),
                        read + 4,
                        1,
                        1,
                        0.02,
                        0,
                        30_000,
                        16);
            }
            case 1 -> {
                double gain = logBetween(40, 300);
                double read = between(20, 160);
                yield new SensorSpec(
                        SensorSpec.Kind.EMCCD,
                        efficiency,
                        between(100, 500),
                        between(0, 1),
                        logBetween(1, 12),
                        0,
                        read,
                        0,
                        read,
                        gain,
                        2,
                        logBetween(0.001, 0.02),
                        0,
                        800_000,
                        16);
            }
            default -> {
                double gain = logBetween(4, 60);
                double read = between(0.1, 0.4) * gain;
                double lag = random.nextBoolean() ? 0 : between(0, 0.35);
                yield new SensorSpec(
                        SensorSpec.Kind.PMT,
                        efficiency,
                        between(4 * read, 130),
                        0,
                        1,
                        0,
                        read,
                        0,
                        read,
                        gain,
                        between(1.15, 1.6),
                        0.01,
                        lag,
                        65_000,
                        16);
            }
        };
    }

    private double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    private double logBetween(double low, double high) {
        return low * Math.pow(high / low, random.nextDouble());
    }

    /**
     * Exposes a patch at a random light level.
     *
     * @param light without noise, background 0 and bright structure 1, of this exposure's side
     * @param target what is to be learned, in the same units as {@code light}, but perhaps finer
     */
    Patch take(Picture light, Picture target) {
        CameraModel camera = cameras.get(random.nextInt(cameras.size()));
        SensorSpec sensor = camera.sensor();
        double peak = LEAST_PEAK * Math.pow(MOST_PEAK / LEAST_PEAK, Math.pow(random.nextDouble(), dim));
        double background = between(0.1, 4) + peak * Math.max(0, between(-0.2, 0.3));
        float[] photons = new float[side * side];
        for (int i = 0; i < photons.length; i++) {
            photons[i] = (float) (peak * light.values()[i] + background);
        }
        camera.expose(photons, random, counts);
        camera.expectedCounts(photons, expected);
        float[] noisy = new float[photons.length];
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] = counts[i] & 0xffff;
        }
        double correlation = random.nextInt(9) == 0 ? correlate(noisy) : 1;
        Photons line = sensor.photons();
        double gain = line.varianceSlope() * correlation;
        double backgroundCounts = line.countsPerPhoton() * background;
        double offset = line.offset() + backgroundCounts * (random.nextInt(3) == 0 ? random.nextDouble() : 1);
        double readVariance = line.darkVariance() * correlation + gain * (offset - line.offset());
        if (random.nextInt(6) == 0) {
            double step = roundTo8Bit(noisy);
            readVariance += step * step / 12;
        }
        double trueGain = gain;
        double trueRead = readVariance;
        double doubt = random.nextInt(3) == 0 ? 0.05 : 0.22;
        double underestimated = correlation < 1 ? between(0.5, 1) : 1;
        gain *= underestimated * Math.exp(doubt * random.nextGaussian());
        readVariance *= underestimated * Math.exp(doubt * random.nextGaussian());
        offset += 0.15 * doubt * Math.sqrt(trueRead) * random.nextGaussian();
        float[] wanted = new float[target.values().length];
        double perUnit = line.countsPerPhoton() * peak;
        double dark = line.offset() + backgroundCounts;
        double mean = 0;
        for (int i = 0; i < wanted.length; i++) {
            double value = dark + perUnit * target.values()[i];
            wanted[i] = (float) ((value - offset) / gain);
            mean += value / wanted.length;
        }
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] = (float) ((noisy[i] - offset) / gain);
        }
        double variance = trueRead + trueGain * Math.max(0, mean - dark);
        return new Patch(
                new Picture(side, side, noisy),
                new Picture(target.width(), target.height(), wanted),
                (float) (readVariance / (gain * gain)),
                (float) (variance / (gain * gain)));
    }

    /** Blurs the noise and not the light, as demosaicking does; tells what is left of its variance. */
    private double correlate(float[] noisy) {
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] -= expected[i];
        }
        GaussianBlur blur = new GaussianBlur(between(0.15, 0.6));
        blur.apply(noisy, scratch);
        double kept = 0;
        for (int d = -blur.radius(); d <= blur.radius(); d++) {
            kept += blur.weight(d) * blur.weight(d);
        }
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] += expected[i];
        }
        return kept * kept;
    }

    /** Rounds to 256 steps between the extremes; tells the step. */
    private static double roundTo8Bit(float[] noisy) {
        float low = Float.MAX_VALUE;
        float high = -Float.MAX_VALUE;
        for (float value : noisy) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        float step = Math.max(1e-3f, (high - low) / 255);
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] = low + step * Math.round((noisy[i] - low) / step);
        }
        return step;
    }
}
