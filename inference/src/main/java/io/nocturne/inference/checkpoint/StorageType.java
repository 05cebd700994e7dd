package io.nocturne.inference.checkpoint;

import io.nocturne.inference.graph.ElementType;
import java.util.Arrays;
import java.util.Optional;

/** Element types of PyTorch's storages, by the class that stands for them in a checkpoint. */
enum StorageType implements Pickled {
    FLOAT("FloatStorage", 4, ElementType.FLOAT32),
    HALF("HalfStorage", 2, ElementType.FLOAT16),
    LONG("LongStorage", 8, ElementType.INT64),
    INT("IntStorage", 4, ElementType.INT32),
    BYTE("ByteStorage", 1, ElementType.UINT8),
    BOOL("BoolStorage", 1, ElementType.BOOL),
    DOUBLE("DoubleStorage", 8, null),
    BFLOAT16("BFloat16Storage", 2, null),
    SHORT("ShortStorage", 2, null),
    CHAR("CharStorage", 1, null),
    COMPLEX_FLOAT("ComplexFloatStorage", 8, null),
    COMPLEX_DOUBLE("ComplexDoubleStorage", 16, null);

    private final String className;
    private final int bytes;
    private final ElementType element;

    StorageType(String className, int bytes, ElementType element) {
        this.className = className;
        this.bytes = bytes;
        this.element = element;
    }

    static Optional<StorageType> ofClass(String name) {
        return Arrays.stream(values())
                .filter(type -> type.className.equals(name))
                .findFirst();
    }

    static StorageType of(ElementType element) {
        return Arrays.stream(values())
                .filter(type -> type.element == element)
                .findFirst()
                .orElseThrow();
    }

    /** Name of the class in Python's module {@code torch}. */
    String className() {
        return className;
    }

    int bytes() {
        return bytes;
    }

    /** The type as parameters have it; empty for those that no network of ours uses. */
    Optional<ElementType> element() {
        return Optional.ofNullable(element);
    }

    @Override
    public String kind() {
        return "the class torch." + className;
    }
}
