package io.nocturne.stream.stack;

import java.nio.ByteOrder;

/** NumPy's names of types, as in {@code .npy} headers and Zarr v2. */
final class NumpyType {
    private NumpyType() {}

    /** Parses {@code <u2}, {@code |u1}, {@code >f4} and the like; the order is the caller's business. */
    static SampleType parse(String name, String where) throws StackException {
        String kind = name.length() == 3 ? name.substring(1) : name;
        return switch (kind) {
            case "u1" -> SampleType.UINT8;
            case "u2" -> SampleType.UINT16;
            case "u4" -> SampleType.UINT32;
            case "i1" -> SampleType.INT8;
            case "i2" -> SampleType.INT16;
            case "i4" -> SampleType.INT32;
            case "f4" -> SampleType.FLOAT32;
            case "f8" -> SampleType.FLOAT64;
            default ->
                throw new StackException(where + " has samples of the NumPy type '" + name
                        + "', which isn't read here: save it as uint8, uint16 or float32");
        };
    }

    /** The name of a type of ours, such as {@code <u2}. */
    static String name(SampleType type, ByteOrder order) {
        String end = order == ByteOrder.LITTLE_ENDIAN ? "<" : ">";
        return switch (type) {
            case UINT8 -> "|u1";
            case UINT16 -> end + "u2";
            case FLOAT32 -> end + "f4";
            default -> throw new IllegalArgumentException("Samples of type " + type + " are only read here");
        };
    }
}
