package io.nocturne.bench.quality;

import boofcv.alg.transform.fft.GeneralPurposeFFT_F64_2D;
import java.util.Arrays;
import java.util.List;

/**
 * Results and truths by spatial frequency: what part of the truth's power a result has, and how much of it is the truth.
 * The correlation is that of Fourier rings (Saxton and Baumeister, Journal of Microscopy 127, 1982). Images are square,
 * without their means and under a Hann window.
 */
final class Spectrum {
    /** Upper ends of the bands, cycles per pixel. */
    static final List<Double> BANDS = List.of(0.05, 0.1, 0.2, 0.35, 0.5);

    private final int side;
    private final double[] window;
    private final GeneralPurposeFFT_F64_2D transform;
    private final double[] resultPower = new double[BANDS.size()];
    private final double[] truthPower = new double[BANDS.size()];
    private final double[] cross = new double[BANDS.size()];

    Spectrum(int side) {
        this.side = side;
        transform = new GeneralPurposeFFT_F64_2D(side, side);
        window = new double[side];
        for (int i = 0; i < side; i++) {
            window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * (i + 0.5) / side);
        }
    }

    /** Adds a pair; the result is brought to the truth's scale by a line first. */
    void add(float[] result, float[] truth) {
        boolean[] all = new boolean[truth.length];
        Arrays.fill(all, true);
        double[] line = Score.line(result, truth, all);
        double[] a = transformed(result, line[0]);
        double[] b = transformed(truth, 1);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                double fx = (double) Math.min(x, side - x) / side;
                double fy = (double) Math.min(y, side - y) / side;
                int band = band(Math.hypot(fx, fy));
                if (band >= 0) {
                    int at = 2 * (y * side + x);
                    resultPower[band] += a[at] * a[at] + a[at + 1] * a[at + 1];
                    truthPower[band] += b[at] * b[at] + b[at + 1] * b[at + 1];
                    cross[band] += a[at] * b[at] + a[at + 1] * b[at + 1];
                }
            }
        }
    }

    private static int band(double frequency) {
        for (int band = 0; band < BANDS.size(); band++) {
            if (frequency <= BANDS.get(band)) {
                return frequency == 0 ? -1 : band;
            }
        }
        return -1;
    }

    private double[] transformed(float[] image, double scale) {
        double mean = 0;
        for (float value : image) {
            mean += value;
        }
        mean /= image.length;
        double[] complex = new double[2 * side * side];
        for (int i = 0; i < image.length; i++) {
            complex[2 * i] = scale * (image[i] - mean) * window[i % side] * window[i / side];
        }
        transform.complexForward(complex);
        return complex;
    }

    /** Power of the results as part of the truths'. */
    double power(int band) {
        return resultPower[band] / truthPower[band];
    }

    /** Correlation with the truths, 1 for nothing but truth, 0 for nothing of it. */
    double correlation(int band) {
        return cross[band] / Math.sqrt(resultPower[band] * truthPower[band]);
    }
}
