package io.nocturne.inference.training;

/**
 * The operators that our networks are made of. A network is written once against them and read twice: as tensors with
 * gradients while it learns, and as an ONNX graph when it is done. Tensors are [batch, channels, rows, columns].
 *
 * @param <T> a tensor, or the place of one in a graph
 */
interface Algebra<T> {
    /** Convolution of stride 1 by an odd kernel, zeros around, with bias. */
    T conv(T x, Weights.Layer layer);

    /** The same of the channels of two tensors, the first having so many. */
    T conv(T a, int channels, T b, Weights.Layer layer);

    T relu(T x);

    T add(T a, T b);

    T sub(T a, T b);

    T mul(T a, T b);

    T plus(T x, float number);

    T times(T x, float number);

    /** Square root of what isn't negative. */
    T sqrt(T x);

    /** Means of blocks of 2 x 2 pixels. */
    T halve(T x);

    /**
     * Separable low-pass filter of planes, mirrored at the borders: {@link io.nocturne.stream.optics.LowPass} of the usual
     * radius. Its cutoff can learn (Fourier noise suppression, Qiao et al., Nature Biotechnology 41, 2023: there a disc of
     * frequencies, here the square around it).
     *
     * @param cutoff cycles per pixel; beyond 0.5, nothing is filtered
     */
    T lowPass(T planes, Weights.Parameter cutoff);

    /** Blocks of pixels of one channel to channels: row in the block first, then column. */
    T unshuffle(T x, int block);

    /** Channels to blocks of pixels, the opposite; each output channel's block lies together. */
    T shuffle(T x, int block);

    /** The operators on tokens, with the same tensors. */
    Tokens<T> tokens();
}
