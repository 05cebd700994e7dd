package io.nocturne.inference.graph;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/** Elements of a constant, little-endian and row-major, as the ONNX schema stores them. May be written more than once. */
public interface TensorContent {
    long byteCount();

    /** Writes exactly {@link #byteCount()} bytes. */
    void writeTo(OutputStream out) throws IOException;

    static TensorContent of(float... values) {
        return chunked(values.length, 4, (chunk, i) -> chunk.putFloat(values[i]));
    }

    static TensorContent of(long... values) {
        return chunked(values.length, 8, (chunk, i) -> chunk.putLong(values[i]));
    }

    static TensorContent of(int... values) {
        return chunked(values.length, 4, (chunk, i) -> chunk.putInt(values[i]));
    }

    static TensorContent of(short... values) {
        return chunked(values.length, 2, (chunk, i) -> chunk.putShort(values[i]));
    }

    /** IEEE 754 half precision, rounded to nearest even; beyond its range infinite. */
    static TensorContent ofHalf(float... values) {
        return chunked(values.length, 2, (chunk, i) -> chunk.putShort(HalfFloat.fromFloat(values[i])));
    }

    /**
     * Elements that are read or computed each time they are written, so that none of them is kept meanwhile.
     *
     * @param type FLOAT32 or FLOAT16
     * @param count of elements that the supplier gives
     */
    static TensorContent deferred(ElementType type, long count, Supplier<float[]> values) {
        if (type != ElementType.FLOAT32 && type != ElementType.FLOAT16) {
            throw new GraphException("Deferred content is FLOAT32 or FLOAT16, not " + type);
        }
        return new TensorContent() {
            @Override
            public long byteCount() {
                return count * type.bytes();
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                float[] elements = values.get();
                if (elements.length != count) {
                    throw new GraphException("Deferred content gave " + elements.length + " elements, not " + count);
                }
                (type == ElementType.FLOAT32 ? of(elements) : ofHalf(elements)).writeTo(out);
            }
        };
    }

    private static TensorContent chunked(int count, int elementBytes, ChunkPut put) {
        return new TensorContent() {
            @Override
            public long byteCount() {
                return (long) count * elementBytes;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < count; i++) {
                    put.put(chunk, i);
                    if (chunk.remaining() < elementBytes || i == count - 1) {
                        out.write(chunk.array(), 0, chunk.position());
                        chunk.clear();
                    }
                }
            }
        };
    }

    /** Puts element {@code i} into a chunk. */
    interface ChunkPut {
        void put(ByteBuffer chunk, int i);
    }
}
