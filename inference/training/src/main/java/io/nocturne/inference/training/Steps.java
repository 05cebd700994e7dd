package io.nocturne.inference.training;

/** Constants of attention in square windows of one side, in the order that {@link Tokens} tells. */
final class Steps {
    /** Logit of tokens that don't see each other; its exponential is 0, not a subnormal number, which would be slow. */
    static final float APART = -1000;

    private Steps() {}

    /** For each pair of tokens the row of a bias table that tells of the step between them. */
    static long[] steps(int side) {
        int tokens = side * side;
        long[] steps = new long[tokens * tokens];
        for (int i = 0; i < tokens; i++) {
            for (int j = 0; j < tokens; j++) {
                int rows = i / side - j / side + side - 1;
                int columns = i % side - j % side + side - 1;
                steps[i * tokens + j] = (long) rows * (2 * side - 1) + columns;
            }
        }
        return steps;
    }

    /** {@link #APART} for pairs of tokens that lie in different halves of a window, upper and lower or left and right. */
    static float[] halves(int side, boolean rows) {
        int tokens = side * side;
        float[] apart = new float[tokens * tokens];
        for (int i = 0; i < tokens; i++) {
            for (int j = 0; j < tokens; j++) {
                int one = (rows ? i / side : i % side) * 2 / side;
                int other = (rows ? j / side : j % side) * 2 / side;
                apart[i * tokens + j] = one == other ? 0 : APART;
            }
        }
        return apart;
    }
}
