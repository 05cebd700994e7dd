package io.nocturne.bench.quality;

import io.nocturne.stream.optics.GaussianBlur;
import java.util.Arrays;

/**
 * How near a result is to its reference, after the line {@code a x + b} of least squares has brought the result to the
 * reference's scale.
 *
 * @param psnr {@code 20 log10(range / rms error)} in dB, range = max - min of the reference
 * @param ssim structural similarity (Wang et al., IEEE Trans. Image Process. 13(4), 2004): Gaussian window of sigma 1.5,
 *     K1 = 0.01, K2 = 0.03, dynamic range as above; mean over pixels
 * @param nrmse rms error divided by that range
 */
record Score(double psnr, double ssim, double nrmse) {
    private static final double K1 = 0.01;
    private static final double K2 = 0.03;

    static Score of(float[] result, float[] reference, int width, int height) {
        boolean[] everywhere = new boolean[result.length];
        Arrays.fill(everywhere, true);
        return of(result, reference, width, height, everywhere);
    }

    /**
     * Only pixels inside the mask count, for line, range and means.
     */
    static Score of(float[] result, float[] reference, int width, int height, boolean[] mask) {
        double[] line = line(result, reference, mask);
        float[] fitted = new float[result.length];
        double low = Double.MAX_VALUE;
        double high = -Double.MAX_VALUE;
        double squares = 0;
        int count = 0;
        for (int i = 0; i < fitted.length; i++) {
            fitted[i] = (float) (line[0] * result[i] + line[1]);
            if (mask[i]) {
                low = Math.min(low, reference[i]);
                high = Math.max(high, reference[i]);
                double error = fitted[i] - reference[i];
                squares += error * error;
                count++;
            }
        }
        double range = high - low;
        double rms = Math.sqrt(squares / count);
        return new Score(
                20 * Math.log10(range / rms), ssim(fitted, reference, width, height, range, mask), rms / range);
    }

    /** Slope and intercept of the least-squares line from x to y. */
    static double[] line(float[] x, float[] y, boolean[] mask) {
        double n = 0;
        double sx = 0;
        double sy = 0;
        for (int i = 0; i < x.length; i++) {
            if (mask[i]) {
                n++;
                sx += x[i];
                sy += y[i];
            }
        }
        double mx = sx / n;
        double my = sy / n;
        double xx = 0;
        double xy = 0;
        for (int i = 0; i < x.length; i++) {
            if (mask[i]) {
                xx += (x[i] - mx) * (x[i] - mx);
                xy += (x[i] - mx) * (y[i] - my);
            }
        }
        double slope = xx > 0 ? xy / xx : 0;
        return new double[] {slope, my - slope * mx};
    }

    private static double ssim(float[] a, float[] b, int width, int height, double range, boolean[] mask) {
        GaussianBlur window = new GaussianBlur(1.5 * 1.5);
        GaussianBlur.Scratch scratch = new GaussianBlur.Scratch(width, height);
        float shift = b[0]; // a common shift keeps the squares small
        float[] ma = new float[a.length];
        float[] mb = new float[a.length];
        float[] aa = new float[a.length];
        float[] bb = new float[a.length];
        float[] ab = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            float x = a[i] - shift;
            float y = b[i] - shift;
            ma[i] = x;
            mb[i] = y;
            aa[i] = x * x;
            bb[i] = y * y;
            ab[i] = x * y;
        }
        for (float[] plane : new float[][] {ma, mb, aa, bb, ab}) {
            window.apply(plane, scratch);
        }
        double c1 = K1 * range * K1 * range;
        double c2 = K2 * range * K2 * range;
        double sum = 0;
        int count = 0;
        for (int i = 0; i < a.length; i++) {
            if (mask[i]) {
                double x = ma[i] + shift;
                double y = mb[i] + shift;
                double vx = aa[i] - (double) ma[i] * ma[i];
                double vy = bb[i] - (double) mb[i] * mb[i];
                double vxy = ab[i] - (double) ma[i] * mb[i];
                sum += (2 * x * y + c1) * (2 * vxy + c2) / ((x * x + y * y + c1) * (vx + vy + c2));
                count++;
            }
        }
        return sum / count;
    }

    static Score mean(Iterable<Score> scores) {
        double psnr = 0;
        double ssim = 0;
        double nrmse = 0;
        int n = 0;
        for (Score score : scores) {
            psnr += score.psnr;
            ssim += score.ssim;
            nrmse += score.nrmse;
            n++;
        }
        return new Score(psnr / n, ssim / n, nrmse / n);
    }
}
