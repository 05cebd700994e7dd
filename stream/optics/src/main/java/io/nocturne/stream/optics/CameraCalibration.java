package io.nocturne.stream.optics;

import java.util.Arrays;
import java.util.List;

/**
 * What a camera does to light, measured: offset and read noise from dark frames, gain from frames of still scenes by the
 * photon transfer method (Janesick, "Photon Transfer", SPIE 2007): above the dark, a pixel's variance grows with its mean,
 * {@code variance = gain * signal + flicker^2 * signal^2}. The second term is light that flickers as a whole; it can be told
 * from the first where a scene has bright and dim parts. Immutable; maps are row-major and copied out.
 */
public final class CameraCalibration {
    /** Fewest frames of a set. */
    public static final int LEAST_FRAMES = 20;

    private static final int BINS = 64;
    private static final int ROUNDS = 3;

    /** A pixel whose variance is that many times the expected one moved, or isn't well. */
    private static final double OUTLIER = 6;

    /** Signals must differ by this factor to tell flicker from gain. */
    private static final double FLICKER_RANGE = 3;

    private final float[] offsets;
    private final float[] readNoises;
    private final float[] gains;
    private final double gain;
    private final double gainError;
    private final double flicker;

    private CameraCalibration(float[] offsets, float[] readNoises, float[] gains, Line line) {
        this.offsets = offsets;
        this.readNoises = readNoises;
        this.gains = gains;
        gain = line.gain;
        gainError = line.gainError();
        flicker = Math.sqrt(Math.max(0, line.flickerSquared));
    }

    /**
     * Measures.
     *
     * @param dark frames without light
     * @param bright frames of scenes that hold still, one set per scene or light level
     * @param saturation counts from which on a pixel no longer follows the light
     * @throws IllegalArgumentException if there are too few frames, sizes differ, or the bright frames are no brighter
     *     than the dark ones; the message says what to do
     */
    public static CameraCalibration of(PixelMoments dark, List<PixelMoments> bright, double saturation) {
        requireFrames("dark", dark, dark.pixels());
        if (bright.isEmpty()) {
            throw new IllegalArgumentException(
                    "The gain needs frames with light: a flat field, or a scene that holds still");
        }
        bright.forEach(set -> requireFrames("bright", set, dark.pixels()));
        int pixels = dark.pixels();
        float[] offsets = new float[pixels];
        float[] readNoises = new float[pixels];
        for (int p = 0; p < pixels; p++) {
            offsets[p] = (float) dark.mean(p);
            readNoises[p] = (float) Math.sqrt(dark.variance(p));
        }
        Line line = new Line(dark, bright, saturation);
        for (int round = 0; round < ROUNDS; round++) {
            line.fit();
        }
        if (!(line.gain > 0)) {
            throw new IllegalArgumentException(
                    "The bright frames are no noisier where they are brighter than the dark ones:"
                            + " is there light in them, and are they the camera's own counts?");
        }
        return new CameraCalibration(offsets, readNoises, line.gains(), line);
    }

    private static void requireFrames(String what, PixelMoments set, int pixels) {
        if (set.pixels() != pixels) {
            throw new IllegalArgumentException(
                    "Dark and bright frames differ in size: " + pixels + " and " + set.pixels() + " pixels");
        }
        if (set.frames() < LEAST_FRAMES) {
            throw new IllegalArgumentException("A set of " + what + " frames needs at least " + LEAST_FRAMES
                    + " frames, 100 are better; there are " + set.frames());
        }
    }

    /** Variance over signal, fitted by least squares to means of pixels of like signal. */
    private static final class Line {
        private final PixelMoments dark;
        private final List<PixelMoments> bright;
        private final double saturation;
        private double gain;
        private double flickerSquared;
        private double information;

        Line(PixelMoments dark, List<PixelMoments> bright, double saturation) {
            this.dark = dark;
            this.bright = bright;
            this.saturation = saturation;
        }

        private boolean counts(PixelMoments set, int pixel) {
            double signal = signal(set, pixel);
            return signal > 0
                    && set.highest(pixel) < saturation
                    && (gain == 0 || excess(set, pixel) < OUTLIER * expected(signal, dark.variance(pixel)));
        }

        private double signal(PixelMoments set, int pixel) {
            return set.mean(pixel) - dark.mean(pixel);
        }

        private double excess(PixelMoments set, int pixel) {
            return set.variance(pixel) - dark.variance(pixel);
        }

        private double expected(double signal, double darkVariance) {
            return gain * signal + flickerSquared * signal * signal + darkVariance;
        }

        void fit() {
            double[] s = new double[BINS * bright.size()];
            double[] v = new double[s.length];
            double[] weight = new double[s.length];
            for (int set = 0; set < bright.size(); set++) {
                bin(bright.get(set), set * BINS, s, v, weight);
            }
            double ss = 0;
            double sss = 0;
            double ssss = 0;
            double sv = 0;
            double ssv = 0;
            double low = Double.MAX_VALUE;
            double high = 0;
            for (int i = 0; i < s.length; i++) {
                if (weight[i] > 0) {
                    double square = s[i] * s[i];
                    ss += weight[i] * square;
                    sss += weight[i] * square * s[i];
                    ssss += weight[i] * square * square;
                    sv += weight[i] * s[i] * v[i];
                    ssv += weight[i] * square * v[i];
                    low = Math.min(low, s[i]);
                    high = Math.max(high, s[i]);
                }
            }
            if (ss == 0) {
                throw new IllegalArgumentException(
                        "No pixel of the bright frames is brighter than in the dark ones and below saturation at "
                                + saturation + " counts");
            }
            double determinant = ss * ssss - sss * sss;
            flickerSquared = high > FLICKER_RANGE * low && determinant > 1e-9 * ss * ssss
                    ? Math.max(0, (ss * ssv - sss * sv) / determinant)
                    : 0;
            gain = (sv - flickerSquared * sss) / ss;
            information = ss;
        }

        /** Means of signal and excess variance of pixels in order of signal, each bin with the weight of its certainty. */
        private void bin(PixelMoments set, int at, double[] s, double[] v, double[] weight) {
            double[] signals = new double[set.pixels()];
            int count = 0;
            for (int p = 0; p < signals.length; p++) {
                if (counts(set, p)) {
                    signals[count++] = signal(set, p);
                }
            }
            if (count == 0) {
                return;
            }
            Arrays.sort(signals, 0, count);
            double[] edges = new double[BINS - 1];
            for (int b = 0; b < edges.length; b++) {
                edges[b] = signals[(int) ((long) count * (b + 1) / BINS)];
            }
            double[] noise = new double[BINS];
            int[] members = new int[BINS];
            for (int p = 0; p < set.pixels(); p++) {
                if (counts(set, p)) {
                    double signal = signal(set, p);
                    int found = Arrays.binarySearch(edges, signal);
                    int b = found < 0 ? -found - 1 : found + 1;
                    s[at + b] += signal;
                    v[at + b] += excess(set, p);
                    noise[b] += set.variance(p);
                    members[b]++;
                }
            }
            for (int b = 0; b < BINS; b++) {
                if (members[b] > 0) {
                    s[at + b] /= members[b];
                    v[at + b] /= members[b];
                    double variance = Math.max(noise[b] / members[b], 1e-12);
                    weight[at + b] =
                            members[b] * (set.frames() - 1.0) / (PixelMoments.ERROR_FACTOR * variance * variance);
                }
            }
        }

        double gainError() {
            return 1 / Math.sqrt(information);
        }

        /** Each pixel's own gain, drawn towards the sensor's as far as its own is uncertain. */
        float[] gains() {
            int pixels = dark.pixels();
            double[] own = new double[pixels];
            double[] error = new double[pixels];
            double scatter = 0;
            double doubt = 0;
            int measured = 0;
            for (int p = 0; p < pixels; p++) {
                double top = 0;
                double below = 0;
                for (PixelMoments set : bright) {
                    if (counts(set, p)) {
                        double signal = signal(set, p);
                        double expected = expected(signal, dark.variance(p));
                        double weight = (set.frames() - 1.0) / (PixelMoments.ERROR_FACTOR * expected * expected);
                        top += weight * signal * (excess(set, p) - flickerSquared * signal * signal);
                        below += weight * signal * signal;
                    }
                }
                own[p] = below > 0 ? top / below : gain;
                error[p] = below > 0 ? 1 / below : Double.POSITIVE_INFINITY;
                if (below > 0) {
                    scatter += (own[p] - gain) * (own[p] - gain);
                    doubt += error[p];
                    measured++;
                }
            }
            double spread = Math.max(0, (scatter - doubt) / Math.max(1, measured));
            float[] gains = new float[pixels];
            for (int p = 0; p < pixels; p++) {
                gains[p] = (float) (gain + (own[p] - gain) * spread / (spread + error[p]));
            }
            return gains;
        }
    }

    /** Counts without light: median of the pixels. */
    public double offset() {
        return median(offsets);
    }

    /** Variance per count of signal; without multiplication of electrons, counts per photoelectron. */
    public double gain() {
        return gain;
    }

    /** Standard error of {@link #gain}. */
    public double gainError() {
        return gainError;
    }

    /** Standard deviation of a dark pixel, counts: median of the pixels. */
    public double readNoise() {
        return median(readNoises);
    }

    /** Relative standard deviation of the light from frame to frame; 0 if the scenes couldn't tell. */
    public double flicker() {
        return flicker;
    }

    /** Share of pixels whose read noise is more than five times the median. */
    public double noisyShare() {
        double limit = 5 * readNoise();
        int noisy = 0;
        for (float value : readNoises) {
            noisy += value > limit ? 1 : 0;
        }
        return (double) noisy / readNoises.length;
    }

    /** Offset of every pixel, counts. */
    public float[] offsets() {
        return offsets.clone();
    }

    /** Read noise of every pixel, counts. */
    public float[] readNoises() {
        return readNoises.clone();
    }

    /** Gain of every pixel; the sensor's where the frames can't tell pixels apart. */
    public float[] gains() {
        return gains.clone();
    }

    private static double median(float[] values) {
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    }
}
