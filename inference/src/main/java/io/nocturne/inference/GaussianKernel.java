package io.nocturne.inference;

/** A sampled Gaussian that sums to one. */
final class GaussianKernel {
    private GaussianKernel() {}

    static double[] samples(double sigma, int radius) {
        double sum = 0;
        double[] samples = new double[2 * radius + 1];
        for (int i = -radius; i <= radius; i++) {
            samples[i + radius] = Math.exp(-0.5 * i * i / (sigma * sigma));
            sum += samples[i + radius];
        }
        for (int i = 0; i < samples.length; i++) {
            samples[i] /= sum;
        }
        return samples;
    }

    static float[] floats(double sigma, int radius) {
        double[] samples = samples(sigma, radius);
        float[] kernel = new float[samples.length];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (float) samples[i];
        }
        return kernel;
    }
}
