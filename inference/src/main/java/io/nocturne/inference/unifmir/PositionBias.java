package io.nocturne.inference.unifmir;

/**
 * Relative position bias: what a head adds to a pair of tokens depends on the step from one to the other alone. Tables
 * have a row for each step, {@code (rows + 7) * 15 + columns + 7}, and a column for each head.
 */
final class PositionBias {
    private static final int WINDOW = UnifmirNetwork.WINDOW;
    private static final int SPAN = 2 * WINDOW - 1;

    private PositionBias() {}

    /** Bias [heads, 64, 64] of windows whose tokens are in row-major order. */
    static float[] rowMajor(int heads, float[] table) {
        int[] rows = new int[WINDOW * WINDOW];
        int[] columns = new int[WINDOW * WINDOW];
        for (int token = 0; token < rows.length; token++) {
            rows[token] = token / WINDOW;
            columns[token] = token % WINDOW;
        }
        return expand(heads, table, rows, columns);
    }

    /**
     * Bias [heads, tokens, tokens].
     *
     * @param rows of each token within the window
     * @param columns of each token within the window
     */
    static float[] expand(int heads, float[] table, int[] rows, int[] columns) {
        int tokens = rows.length;
        float[] bias = new float[heads * tokens * tokens];
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < tokens; i++) {
                for (int j = 0; j < tokens; j++) {
                    int step = (rows[i] - rows[j] + WINDOW - 1) * SPAN + columns[i] - columns[j] + WINDOW - 1;
                    bias[(head * tokens + i) * tokens + j] = table[step * heads + head];
                }
            }
        }
        return bias;
    }
}
