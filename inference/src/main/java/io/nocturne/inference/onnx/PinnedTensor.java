package io.nocturne.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Float tensors on memory of ours, which ONNX Runtime reads and writes in place. */
final class PinnedTensor {
    private PinnedTensor() {}

    /** Direct memory in native order. */
    static FloatBuffer allocate(long floats) {
        long bytes = floats * Float.BYTES;
        if (bytes > Integer.MAX_VALUE - 64) {
            throw new IllegalArgumentException(
                    "A tensor of " + bytes + " bytes passes 2 GiB: use smaller frames or tiles");
        }
        return ByteBuffer.allocateDirect((int) bytes)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /**
     * A tensor over a buffer, without a copy.
     *
     * @throws IllegalArgumentException if the buffer is on the heap, which would be copied once and then be ignored, or
     *     in foreign byte order, which ONNX Runtime would take for native
     */
    static OnnxTensor over(FloatBuffer buffer, long... shape) throws OrtException {
        if (!buffer.isDirect() || buffer.order() != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException("A tensor's buffer must be direct and in native order, not "
                    + (buffer.isDirect() ? "direct" : "on the heap") + " and " + buffer.order());
        }
        return OnnxTensor.createTensor(OnnxSession.environment(), buffer, shape);
    }
}
