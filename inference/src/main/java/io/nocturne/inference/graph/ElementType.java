package io.nocturne.inference.graph;

/** Types of tensor elements that the writer knows, with their numbers in the ONNX schema. */
public enum ElementType {
    FLOAT32(1, 4),
    UINT8(2, 1),
    INT32(6, 4),
    INT64(7, 8),
    BOOL(9, 1),
    FLOAT16(10, 2);

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** {@code TensorProto.DataType} of the ONNX schema. */
    public int code() {
        return code;
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }
}
