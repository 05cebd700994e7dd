package io.nocturne.sinks.view;

import io.nocturne.stream.spi.FrameSpec;
import java.util.Arrays;
import java.util.Optional;

/**
 * Estimates {@link Trust} twice a second, from some ten thousand pixels of a raw frame and its product.
 *
 * <p>Noise is told from structure by the second difference of three neighbours, {@code a - 2b + c}: a smooth structure
 * nearly cancels, white noise of variance v gives 6v. Its median size in groups of equal brightness gives variance over
 * mean, whose slope is the photon transfer gain (J. R. Janesick, Photon Transfer, SPIE 2007). Structures as fine as
 * pixels count as noise; a camera's excess noise factor is not known and counts as gain.
 *
 * <p>One channel, one thread; nothing is allocated after construction but a few small objects per estimate.
 */
final class TrustGauge {
    private static final long PERIOD_NANOS = 500_000_000L;
    private static final int SAMPLES = 12_288;
    /** Groups of equal brightness, by their upper quantile: finer where it is bright, as little of a picture is. */
    private static final double[] QUANTILES = {0.4, 0.7, 0.85, 0.93, 0.97, 1};
    /** Standard deviation of white noise from the median size of its second difference. */
    private static final double SIZE_TO_DEVIATION = 1 / (0.67449 * Math.sqrt(6));
    /** A gain is told only if the brightest group is this much noisier than the darkest. */
    private static final double LEAST_GROWTH = 1.25;

    /** A pixel belongs to a structure from this part of the signal on. */
    private static final double BRIGHT = 0.2;

    private static final int LEAST_BRIGHT = 200;

    private final double[] mean = new double[SAMPLES];
    private final double[] size = new double[SAMPLES];
    private final long[] order = new long[SAMPLES];
    private final float[] rawThen = new float[SAMPLES];
    private final float[] restoredThen = new float[SAMPLES];
    private final double[] sizes = new double[SAMPLES];
    private final boolean[] counted = new boolean[SAMPLES];
    private long dueNanos = Long.MIN_VALUE;
    private boolean half;
    private int samples;
    private Optional<Trust> latest = Optional.empty();
    private Trust halfway;

    /** The newest estimate; empty before the second frame. */
    Optional<Trust> latest() {
        return latest;
    }

    /** Looks at a pair that is complete; every other look takes the sample of the frame before. */
    void observe(FramePair pair, FrameSpec raw, FrameSpec product, int significantBits, long nowNanos) {
        if (!pair.hasRaw || raw.width() < 8 || (!half && nowNanos < dueNanos)) {
            return;
        }
        PlaneReader before = new PlaneReader(pair.raw, raw, NewestFrames.middle(raw));
        boolean comparable = pair.hasRestored && product.width() == raw.width() && product.height() == raw.height();
        Optional<PlaneReader> after = comparable
                ? Optional.of(new PlaneReader(pair.restored.orElseThrow(), product, NewestFrames.middle(product)))
                : Optional.empty();
        if (half) {
            double range = halfway.signal();
            structures(after.isPresent() ? restoredThen : rawThen, halfway.background(), range);
            double changeRaw = change(before, raw, rawThen) / range;
            double changeRestored = after.isPresent() ? change(after.get(), raw, restoredThen) / range : Double.NaN;
            latest = Optional.of(new Trust(
                    halfway.background(),
                    halfway.signal(),
                    halfway.countsPerPhoton(),
                    halfway.noise(),
                    halfway.saturated(),
                    halfway.residualCorrelation(),
                    changeRaw,
                    changeRestored));
            half = false;
        } else {
            halfway = estimate(pair, before, after, raw, significantBits);
            dueNanos = nowNanos + PERIOD_NANOS;
            half = true;
        }
    }

    private Trust estimate(
            FramePair pair, PlaneReader before, Optional<PlaneReader> after, FrameSpec raw, int significantBits) {
        double full = Math.pow(2, significantBits) - 1;
        int saturated = 0;
        samples = 0;
        int step = step(raw);
        for (int p = 0; p < raw.width() * raw.height() && samples < SAMPLES; p += step) {
            int pixel = inside(p, raw);
            float a = before.at(pixel - 1);
            float b = before.at(pixel);
            float c = before.at(pixel + 1);
            mean[samples] = (a + b + c) / 3.0;
            size[samples] = Math.abs(a - 2.0 * b + c);
            rawThen[samples] = b;
            saturated += b >= full ? 1 : 0;
            if (after.isPresent()) {
                restoredThen[samples] = after.get().at(pixel);
            }
            samples++;
        }
        sortByMean();
        double background = pair.hasRestored && after.isPresent() ? pair.restoredLow : quantileOfMeans(0.01);
        double bright = pair.hasRestored && after.isPresent() ? pair.restoredHigh : quantileOfMeans(0.998);
        double signal = Math.max(1e-9, bright - background);
        double[] line = photonTransfer(background + signal);
        return new Trust(
                background,
                signal,
                line[0],
                Math.sqrt(line[1]),
                (double) saturated / samples,
                after.isPresent()
                        ? neighbourCorrelation(before, after.get(), raw, background + BRIGHT * signal)
                        : Double.NaN,
                Double.NaN,
                Double.NaN);
    }

    /** An odd step without a common factor with the width walks over all columns. */
    private static int step(FrameSpec raw) {
        int step = Math.max(1, raw.width() * raw.height() / SAMPLES) | 1;
        while (step > 1 && raw.width() % step == 0) {
            step += 2;
        }
        return step;
    }

    /** The pixel, or its neighbour further inside where it lies at the left or right edge. */
    private static int inside(int pixel, FrameSpec raw) {
        int x = pixel % raw.width();
        return x == 0 ? pixel + 1 : x == raw.width() - 1 ? pixel - 1 : pixel;
    }

    private void sortByMean() {
        for (int i = 0; i < samples; i++) {
            // The mean as an integer of the same order, above the sample's number.
            int bits = Float.floatToIntBits((float) mean[i]);
            int sortable = bits ^ (bits >> 31 & 0x7FFF_FFFF);
            order[i] = ((long) sortable << 16) | i;
        }
        Arrays.sort(order, 0, samples);
    }

    private double quantileOfMeans(double part) {
        return mean[(int) (order[(int) (part * (samples - 1))] & 0xFFFF)];
    }

    /** Slope of variance over mean, NaN if there is none to tell; and the variance at that mean. */
    private double[] photonTransfer(double bright) {
        double sumW = 0;
        double sumX = 0;
        double sumY = 0;
        double sumXx = 0;
        double sumXy = 0;
        double darkest = Double.NaN;
        double brightest = Double.NaN;
        int from = 0;
        for (double upTo : QUANTILES) {
            int to = (int) (upTo * samples);
            if (to - from < 64) {
                continue;
            }
            double x = 0;
            for (int i = from; i < to; i++) {
                int sample = (int) (order[i] & 0xFFFF);
                x += mean[sample];
                sizes[i - from] = size[sample];
            }
            x /= to - from;
            double deviation = median(sizes, to - from) * SIZE_TO_DEVIATION;
            double y = deviation * deviation;
            double weight = (to - from) / Math.max(1e-12, y * y);
            darkest = Double.isNaN(darkest) ? y : darkest;
            brightest = y;
            sumW += weight;
            sumX += weight * x;
            sumY += weight * y;
            sumXx += weight * x * x;
            sumXy += weight * x * y;
            from = to;
        }
        double slope = (sumW * sumXy - sumX * sumY) / (sumW * sumXx - sumX * sumX);
        boolean grows = slope > 0 && brightest > LEAST_GROWTH * darkest;
        double variance = grows ? (sumY - slope * sumX) / sumW + slope * bright : sumY / sumW;
        return new double[] {grows ? slope : Double.NaN, Math.max(1e-12, variance)};
    }

    /** Which samples lie on a structure; all, if too few do to tell. Elsewhere hardly anything could change. */
    private void structures(float[] then, double background, double range) {
        int found = 0;
        for (int i = 0; i < samples; i++) {
            counted[i] = then[i] >= background + BRIGHT * range;
            found += counted[i] ? 1 : 0;
        }
        if (found < LEAST_BRIGHT) {
            Arrays.fill(counted, true);
        }
    }

    private double change(PlaneReader now, FrameSpec raw, float[] then) {
        int step = step(raw);
        int sample = 0;
        int count = 0;
        for (int p = 0; p < raw.width() * raw.height() && sample < samples; p += step) {
            if (counted[sample]) {
                sizes[count] = Math.abs(now.at(inside(p, raw)) - then[sample]);
                count++;
            }
            sample++;
        }
        return count == 0 ? Double.NaN : median(sizes, count);
    }

    /** Only where structures are, because elsewhere there is nothing that restoring could take away with the noise. */
    private static double neighbourCorrelation(PlaneReader before, PlaneReader after, FrameSpec raw, double bright) {
        int step = step(raw) / 4 | 1;
        double n = 0;
        double sumA = 0;
        double sumB = 0;
        double sumAa = 0;
        double sumBb = 0;
        double sumAb = 0;
        for (int p = 0; p < raw.width() * raw.height() && n < SAMPLES; p += step) {
            int pixel = inside(p, raw);
            if (after.at(pixel) < bright) {
                continue;
            }
            double a = before.at(pixel) - after.at(pixel);
            double b = before.at(pixel + 1) - after.at(pixel + 1);
            sumA += a;
            sumB += b;
            sumAa += a * a;
            sumBb += b * b;
            sumAb += a * b;
            n++;
        }
        double spread = Math.sqrt((n * sumAa - sumA * sumA) * (n * sumBb - sumB * sumB));
        return n >= LEAST_BRIGHT && spread > 0 ? (n * sumAb - sumA * sumB) / spread : Double.NaN;
    }

    private static double median(double[] values, int count) {
        Arrays.sort(values, 0, count);
        return values[count / 2];
    }
}
