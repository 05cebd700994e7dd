package io.nocturne.inference.training;

import java.util.List;

/**
 * The operators that transformers add to {@link Algebra}: on the pixels of an image as tokens, cut into square windows,
 * [batch, rows of windows, columns of windows, tokens of a window, channels]. Tokens of a window are in row-major order.
 *
 * @param <T> a tensor, or the place of one in a graph
 */
interface Tokens<T> {
    /** Cuts an image [n, c, h, w] into windows; sides are multiples of {@code side}. */
    T windows(T image, int side);

    /** Puts windows together again. */
    T image(T windows, int side);

    /** Rolls an image towards lower rows and columns; towards higher ones if {@code by} is below 0. */
    T roll(T image, int by);

    /** Norm over channels (Ba et al., 2016). */
    T norm(T x, Weights.Parameter gamma, Weights.Parameter beta);

    /**
     * Product of each token with a matrix, and a bias.
     *
     * @param matrix [out, in]
     */
    T linear(T x, Weights.Parameter matrix, Weights.Parameter bias);

    /** The Gaussian error linear unit, exact. */
    T gelu(T x);

    /** Equal parts of the channels. */
    List<T> split(T x, int parts);

    /** Channels [.., tokens, c] as those of several heads, [.., heads, tokens, c / heads]. */
    T heads(T x, int heads);

    /** Heads side by side again. */
    T joined(T heads);

    /** Matrix product of the last two axes. */
    T product(T a, T b);

    /** Matrix product of the last two axes, b transposed. */
    T productTurned(T a, T b);

    T add(T a, T b);

    T times(T x, float number);

    /** Over the last axis. */
    T softmax(T x);

    /**
     * What each head adds to a pair of tokens for the step between them, [heads, tokens, tokens].
     *
     * @param table [(2 side - 1)^2, heads]: step of rows first, from the most negative on
     */
    T positionBias(Weights.Parameter table, int side);

    /**
     * What keeps tokens apart that a roll by half a window brought together, as a term of their logits: 0 or a number so
     * low that nothing is left of its exponential. [1, rows, columns, 1, tokens, tokens].
     *
     * @param windows of the rolled image
     */
    T apart(T windows, int side);
}
