package io.nocturne.inference.unifmir;

import io.nocturne.inference.graph.Value;

/** The Swin body from its first convolution to the one behind its last group, in one of the formulations. */
interface Trunk {
    /**
     * Features of an image.
     *
     * @param image [n, inputs, height, width], sides multiples of 8
     * @return features [n, {@link #width}, height, width]
     */
    Value features(Value image);

    /** Channels of what it gives; those beyond the network's own are padding, for the reader to ignore. */
    int width();
}
