package io.nocturne.inference.training;

import ai.djl.ndarray.NDArray;
import io.nocturne.stream.optics.NoiseRandom;
import java.util.Map;

/**
 * A network of ours: it works on blocks of pixels, and keeps to photons at both ends.
 *
 * <pre>
 *   photons --unshuffle--> blocks --stabilise--> z --between--> z' --algebraic inverse--> blocks --shuffle--> photons
 * </pre>
 *
 * Noise has a standard deviation of one in z, whatever the camera; the loss is taken on photons, so that means stay means (a
 * mean of roots would come out too dark). The last convolution of each network sees the blocks themselves and starts as a
 * Gaussian blur (or, for a scale of two, as an interpolation), so that learning starts from a fair result.
 */
interface PhotonNetwork extends Network {
    /** Added to a camera's counts before the root (Anscombe, Biometrika 35, 1948). */
    float THREE_EIGHTHS = 3f / 8;

    /** Side of the blocks. */
    int block();

    /** Output pixels per input pixel along an axis. */
    int scale();

    /** Sides of images must be multiples of this. */
    int multiple();

    /** What travels inside a model file, and makes the network anew. */
    String describe();

    /** Fresh weights from a seed. */
    Weights begin(long seed);

    /**
     * Restores blocks of stabilised pixels.
     *
     * @param blocks [n, block block, h / block, w / block]
     * @return [n, block block scale scale, h / block, w / block]
     */
    <T> T between(Algebra<T> algebra, Weights weights, T blocks);

    /**
     * Numbers for this network that make it answer as a narrower one of its kind does; what has this network's size
     * already stays as it is.
     *
     * @param given numbers of the other network, by name
     * @param fresh weights of this one, as {@link #begin} made them
     */
    default Map<String, float[]> widened(Map<String, float[]> given, Weights fresh) {
        return given;
    }

    /**
     * The network that {@link #describe} told of.
     *
     * @throws IllegalArgumentException if it tells of none
     */
    static PhotonNetwork parse(String description) {
        String[] words = description.split(" ", -1);
        try {
            return switch (words[0]) {
                case "unet" -> Unet.parse(words);
                case "swin" -> Swin.parse(words);
                default -> throw new IllegalArgumentException("there is no such kind");
            };
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + description + "' is no network that can be trained here, which would be " + Unet.FORM + " or "
                            + Swin.FORM + ": " + e.getMessage(),
                    e);
        }
    }

    /**
     * Restores images.
     *
     * @param photons [n, 1, h, w], counts above the offset divided by the gain
     * @param readVariance of a dark pixel in the same units squared, [n, 1, 1, 1]
     * @return photons, [n, 1, h scale, w scale]
     */
    default <T> T apply(Algebra<T> algebra, Weights weights, T photons, T readVariance) {
        T dark = algebra.plus(readVariance, THREE_EIGHTHS);
        T zero = algebra.times(algebra.sqrt(dark), 2);
        T squares = algebra.times(algebra.unshuffle(algebra.add(photons, dark), block()), 4);
        T restored = algebra.shuffle(applyToSquares(algebra, weights, squares, zero), block() * scale());
        T light = algebra.sub(algebra.times(restored, 0.25f), dark);
        return weights.lowPass().map(cutoff -> algebra.lowPass(light, cutoff)).orElse(light);
    }

    @Override
    default NDArray restore(TorchAlgebra algebra, Weights weights, NDArray noisy, NDArray readVariance) {
        return apply(algebra, weights, noisy, readVariance);
    }

    /**
     * Restores blocks of stabilised pixels, given and returned as their squares, in which photons are linear.
     *
     * @param squares [n, block block, h / block, w / block], (photons + readVariance + 3/8) 4, times how many frames a
     *     pixel is the mean of
     * @param zero of no photons, stabilised: the root of what {@code squares} is there
     * @return [n, block block scale scale, h / block, w / block]
     */
    default <T> T applyToSquares(Algebra<T> algebra, Weights weights, T squares, T zero) {
        T z = algebra.sub(algebra.sqrt(algebra.relu(squares)), zero);
        T restored = algebra.relu(algebra.add(between(algebra, weights, z), zero));
        return algebra.mul(restored, restored);
    }

    /**
     * Adds the last convolution, which starts as a blur of the blocks.
     *
     * @param features channels before those of the blocks
     * @param share of the usual deviation that its random kernels for the features have
     */
    default void addLast(Weights weights, String name, int features, double share, NoiseRandom random) {
        int pixels = block() * block();
        int outputs = pixels * scale() * scale();
        Weights.Layer last = weights.addConvolution(name, features + pixels, outputs, 3, share, random);
        FirstBlur.into(last.kernel().values(), features, block(), scale());
    }
}
