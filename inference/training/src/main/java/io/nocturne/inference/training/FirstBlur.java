package io.nocturne.inference.training;

/** The Gaussian blur that a network's last convolution starts as. */
final class FirstBlur {
    private static final double SIGMA = 1.2;
    private static final int SIDE = 3;

    private FirstBlur() {}

    /**
     * Makes kernels a blur of blocks, which come after {@code features} channels.
     *
     * @param kernel [block block scale scale, features + block block, 3, 3]
     */
    static void into(float[] kernel, int features, int block, int scale) {
        int fine = block * scale;
        int inputs = features + block * block;
        for (int o = 0; o < fine * fine; o++) {
            int row = o / fine;
            int column = o % fine;
            double y = (row + 0.5) / scale;
            double x = (column + 0.5) / scale;
            double sum = 0;
            double[] taps = new double[block * block * SIDE * SIDE];
            for (int t = 0; t < taps.length; t++) {
                int pixel = t / (SIDE * SIDE);
                int above = (t / SIDE % SIDE - 1) * block + pixel / block;
                int left = (t % SIDE - 1) * block + pixel % block;
                double dy = above + 0.5 - y;
                double dx = left + 0.5 - x;
                taps[t] = Math.exp(-(dx * dx + dy * dy) / (2 * SIGMA * SIGMA));
                sum += taps[t];
            }
            int at = (o * inputs + features) * SIDE * SIDE;
            for (int t = 0; t < taps.length; t++) {
                kernel[at + t] = (float) (taps[t] / sum);
            }
        }
    }
}
