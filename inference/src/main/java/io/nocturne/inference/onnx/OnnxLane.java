package io.nocturne.inference.onnx;

import ai.onnxruntime.OrtException;
import io.nocturne.stream.spi.RestoreLane;

/** A worker's tensors and what it computes on them; see {@link RunGuard} for cancelling and closing. */
interface OnnxLane extends RestoreLane {
    /**
     * Computes one representative part of what {@link #compute} computes, for warming up.
     *
     * @return how many times as much {@link #compute} does
     */
    double computeSome() throws OrtException;
}
