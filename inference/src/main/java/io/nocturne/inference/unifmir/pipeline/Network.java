package io.nocturne.inference.unifmir.pipeline;

import io.nocturne.inference.ModelException;

/**
 * A network as the published pipelines call it: images of any size in, images out. Continuing sides to multiples of 8, and
 * cutting that off again, is the network's own business. One thread at a time.
 */
public interface Network {
    /** Channels of an image that it reads. */
    int inputs();

    /** Channels of an image that it gives. */
    int outputs();

    /** Pixels out per pixel in, along each axis. */
    int scale();

    /**
     * Runs it.
     *
     * @param images row-major [count, inputs, height, width]
     * @return a new array [count, outputs, height * scale, width * scale]
     * @throws ModelException if it can't be run on that size
     */
    float[] run(float[] images, int count, int height, int width) throws ModelException;
}
