package io.nocturne.inference.checkpoint;

import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.HalfFloat;
import io.nocturne.inference.graph.TensorContent;
import java.util.Arrays;
import java.util.List;

/** A parameter whose elements are in memory. */
final class HeldParameter implements Parameter {
    private final String name;
    private final ElementType type;
    private final List<Long> shape;
    /** {@code float[]}, {@code short[]} with halves, or {@code long[]}; nobody else holds it. */
    private final Object elements;

    HeldParameter(String name, ElementType type, long[] shape, Object elements) {
        this.name = name;
        this.type = type;
        this.shape = Arrays.stream(shape).boxed().toList();
        this.elements = elements;
        long asked = count();
        int given = length();
        if (asked != given) {
            throw new IllegalArgumentException(
                    name + ": shape " + this.shape + " has " + asked + " elements, " + given + " are given");
        }
    }

    private int length() {
        if (elements instanceof float[] floats) {
            return floats.length;
        }
        return elements instanceof short[] halves ? halves.length : ((long[]) elements).length;
    }

    static short[] halves(float[] floats) {
        short[] halves = new short[floats.length];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = HalfFloat.fromFloat(floats[i]);
        }
        return halves;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public List<Long> shape() {
        return shape;
    }

    @Override
    public float[] floats() {
        if (elements instanceof float[] floats) {
            return floats.clone();
        }
        float[] floats = new float[length()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = elements instanceof short[] halves ? HalfFloat.toFloat(halves[i]) : ((long[]) elements)[i];
        }
        return floats;
    }

    @Override
    public TensorContent content() {
        if (elements instanceof float[] floats) {
            return TensorContent.of(floats);
        }
        return elements instanceof short[] halves ? TensorContent.of(halves) : TensorContent.of((long[]) elements);
    }

    @Override
    public String toString() {
        return name + " " + shape + " " + type;
    }
}
