package io.nocturne.inference.training;

import ai.djl.ndarray.NDArray;

/** A network as one that learns sees it. */
interface Network {
    /**
     * Restores images.
     *
     * @param noisy [n, 1, h, w], in the units of the patches
     * @param readVariance of a dark pixel in the same units squared, [n, 1, 1, 1]
     * @return [n, 1, h scale, w scale]
     */
    NDArray restore(TorchAlgebra algebra, Weights weights, NDArray noisy, NDArray readVariance);
}
