package io.nocturne.inference.unifmir;

/** How a network is written down as a graph. All give the same result but for rounding. */
public enum Formulation {
    /** The network as published: rolled images, masks, standard operators of opset 17. Slow, and easy to read. */
    PLAIN(17),
    /** For CPUs: windows in quadrants, padded channels, ONNX Runtime's own operators, no masks. */
    CPU(23),
    /** As {@link #CPU}, a few windows at a time through a whole block, so that they stay in the cache. */
    CPU_CHUNKED(23),
    /** For TensorRT and CUDA: windows in quadrants, no masks, standard operators only. */
    TENSORRT(20);

    private final int opset;

    Formulation(int opset) {
        this.opset = opset;
    }

    /** ONNX operator set that it is written in, unless a stage of the network needs a later one. */
    int opset() {
        return opset;
    }
}
