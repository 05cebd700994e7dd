package io.nocturne.inference.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** A network's numbers by name, in the order in which the network asks for them. One thread at a time. */
final class Weights {
    /** A named array of numbers, trained in place. */
    static final class Parameter {
        private final String name;
        private final List<Long> shape;
        private final float[] values;

        private Parameter(String name, List<Long> shape, float[] values) {
            this.name = name;
            this.shape = shape;
            this.values = values;
        }

        String name() {
            return name;
        }

        long[] shape() {
            return shape.stream().mapToLong(Long::longValue).toArray();
        }

        /** The numbers themselves. */
        float[] values() {
            return values;
        }
    }

    /** A convolution's kernels [out, in, side, side] and biases [out]. */
    record Layer(Parameter kernel, Parameter bias) {
        int side() {
            return (int) kernel.shape()[2];
        }
    }

    private static final String LOW_PASS = "lowpass.cutoff";

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();

    /** Adds a convolution with random kernels for ReLU networks (He et al., ICCV 2015), times {@code scale}. */
    Layer addConvolution(String name, int in, int out, int side, double scale, RandomGenerator random) {
        float[] kernel = new float[out * in * side * side];
        double deviation = scale * Math.sqrt(2.0 / (in * side * side));
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (float) (deviation * random.nextGaussian());
        }
        return new Layer(add(name + ".weight", kernel, out, in, side, side), add(name + ".bias", new float[out], out));
    }

    /**
     * Adds a low-pass filter behind the network, whose cutoff learns with the rest; see {@link Algebra#lowPass}.
     *
     * @param cutoff cycles per pixel, 0.5 for one that changes nothing yet
     */
    void addLowPass(float cutoff) {
        add(LOW_PASS, new float[] {cutoff}, 1);
    }

    /** The cutoff of a low-pass filter, if there is one. */
    Optional<Parameter> lowPass() {
        return Optional.ofNullable(parameters.get(LOW_PASS));
    }

    /** The same numbers in arrays of their own. */
    Weights copy() {
        Weights copy = new Weights();
        for (Parameter parameter : parameters.values()) {
            copy.add(parameter.name(), parameter.values().clone(), parameter.shape());
        }
        return copy;
    }

    private Parameter add(String name, float[] values, long... shape) {
        Parameter parameter = new Parameter(name, Arrays.stream(shape).boxed().toList(), values);
        parameters.put(name, parameter);
        return parameter;
    }

    /** Adds numbers that are there already; they become this object's own. */
    Parameter addParameter(String name, float[] values, long... shape) {
        return add(name, values, shape);
    }

    Parameter parameter(String name) {
        Parameter parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("The network has no parameter " + name);
        }
        return parameter;
    }

    /** A convolution's kernels and biases. */
    Layer layer(String name) {
        return new Layer(parameter(name + ".weight"), parameter(name + ".bias"));
    }

    List<Parameter> parameters() {
        return List.copyOf(parameters.values());
    }

    int count() {
        return parameters.values().stream().mapToInt(p -> p.values().length).sum();
    }

    /** All numbers in one array. */
    float[] flat() {
        float[] all = new float[count()];
        int at = 0;
        for (Parameter parameter : parameters.values()) {
            System.arraycopy(parameter.values(), 0, all, at, parameter.values().length);
            at += parameter.values().length;
        }
        return all;
    }

    /** Which numbers belong to layers other than the first and the last, by their place in {@link #flat()}. */
    BitSet body() {
        List<Parameter> ordered = parameters.values().stream()
                .filter(parameter -> !parameter.name().equals(LOW_PASS))
                .toList();
        Set<Parameter> inside = new HashSet<>(ordered.subList(2, Math.max(2, ordered.size() - 2)));
        BitSet body = new BitSet(count());
        int at = 0;
        for (Parameter parameter : parameters.values()) {
            int length = parameter.values().length;
            body.set(at, at + length, inside.contains(parameter));
            at += length;
        }
        return body;
    }

    /** Takes all numbers from one array. */
    void set(float[] all) {
        if (all.length != count()) {
            throw new IllegalArgumentException("The network has " + count() + " numbers, not " + all.length);
        }
        int at = 0;
        for (Parameter parameter : parameters.values()) {
            System.arraycopy(all, at, parameter.values(), 0, parameter.values().length);
            at += parameter.values().length;
        }
    }

    /** Takes the numbers of parameters by name, such as a model file's. */
    void load(Map<String, float[]> byName) {
        List<String> missing = new ArrayList<>();
        for (Parameter parameter : parameters.values()) {
            float[] values = byName.get(parameter.name());
            if (values == null || values.length != parameter.values().length) {
                missing.add(parameter.name());
            } else {
                System.arraycopy(values, 0, parameter.values(), 0, values.length);
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "The model lacks these weights, or has them in another size: " + missing);
        }
    }
}
