package io.nocturne.inference.checkpoint;

import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.TensorContent;
import java.util.List;

/** One named tensor of a network: a weight, a bias, a buffer. Immutable; its elements may be read from disk each time. */
public interface Parameter {
    /** Full name, such as {@code layers.0.conv.weight}. */
    String name();

    /** Type in which the elements are stored: a float type for weights, an integer type or BOOL for some buffers. */
    ElementType type();

    /** Sizes, outermost first; empty for a scalar. */
    List<Long> shape();

    /**
     * All elements, row-major, in an array of the caller's own. Integers are converted; half precision is widened.
     *
     * @throws java.io.UncheckedIOException if the file behind it can't be read any more
     */
    float[] floats();

    /** All elements as they are stored, little-endian and row-major: what a copy bit for bit is made from. */
    TensorContent content();

    /** Number of elements: the product of {@link #shape}. */
    default long count() {
        return shape().stream().reduce(1L, Math::multiplyExact);
    }

    /**
     * A float32 parameter in memory.
     *
     * @param elements row-major; copied
     * @throws IllegalArgumentException if there are more or fewer of them than the shape has
     */
    static Parameter of(String name, float[] elements, long... shape) {
        return new HeldParameter(name, ElementType.FLOAT32, shape, elements.clone());
    }

    /** A half-precision parameter in memory: floats, rounded to the nearest half. */
    static Parameter ofHalf(String name, float[] elements, long... shape) {
        return new HeldParameter(name, ElementType.FLOAT16, shape, HeldParameter.halves(elements));
    }

    /** An int64 parameter in memory, such as a counter or an index table. */
    static Parameter of(String name, long[] elements, long... shape) {
        return new HeldParameter(name, ElementType.INT64, shape, elements.clone());
    }
}
