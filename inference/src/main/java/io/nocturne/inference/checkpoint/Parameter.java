package io.nocturne.inference.checkpoint;

import io.nocturne.inference.graph.ElementType;
import java.util.List;

/** One named tensor of a network: a weight, a bias, a buffer. Immutable; its elements may be read from disk each time. */
public interface Parameter {
    /** Full name, such as {@code layers.0.conv.weight}. */
    String name();

    /** Type in which the elements are stored: FLOAT32, FLOAT16 or INT64. */
    ElementType type();

    /** Sizes, outermost first; empty for a scalar. */
    List<Long> shape();

    /**
     * All elements, row-major, in an array of the caller's own. Integers are converted; half precision is widened.
     *
     * @throws java.io.UncheckedIOException if the file behind it can't be read any more
     */
    float[] floats();

    /** Number of elements: the product of {@link #shape}. */
    default long count() {
        return shape().stream().reduce(1L, Math::multiplyExact);
    }
}
