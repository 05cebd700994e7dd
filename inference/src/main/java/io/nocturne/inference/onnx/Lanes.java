package io.nocturne.inference.onnx;

import ai.onnxruntime.OrtException;
import io.nocturne.stream.spi.FrameSpec;
import java.util.List;

/** How lanes of a model look and work, worked out for one stream before anything is opened. Immutable. */
interface Lanes {
    /** What they make. */
    FrameSpec product();

    /** Tensors of every kind of run that there will be. */
    List<LanePlan> plans();

    /** Takes the memory of one lane. */
    OnnxLane open(OnnxSession session) throws OrtException;

    /** Bytes outside the heap that one lane takes. */
    long bytes();

    /** Tiles and runs, in a few words. */
    String description();
}
