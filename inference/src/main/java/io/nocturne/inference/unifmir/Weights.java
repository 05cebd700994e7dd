package io.nocturne.inference.unifmir;

import io.nocturne.inference.checkpoint.Parameter;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.TensorContent;
import io.nocturne.inference.graph.Value;
import java.util.function.Supplier;

/**
 * Parameters on their way into a graph, in the precision in which it computes. The large ones are read when the graph is
 * written, one at a time.
 */
final class Weights {
    private final StateDict parameters;
    private final ElementType type;

    Weights(StateDict parameters, boolean half) {
        this.parameters = parameters;
        this.type = half ? ElementType.FLOAT16 : ElementType.FLOAT32;
    }

    ElementType type() {
        return type;
    }

    /** All elements of a parameter, row-major. */
    float[] read(String name) {
        return find(name).floats();
    }

    /** Sizes of a parameter, outermost first. */
    long[] shape(String name) {
        return find(name).shape().stream().mapToLong(Long::longValue).toArray();
    }

    private Parameter find(String name) {
        return parameters
                .find(name)
                .orElseThrow(() -> new IllegalStateException(parameters.source() + " has no " + name
                        + ": not the parameters that the network was read from"));
    }

    /** A parameter as it is. */
    Value parameter(GraphBuilder graph, String name) {
        Parameter parameter = find(name);
        long[] shape = parameter.shape().stream().mapToLong(Long::longValue).toArray();
        return deferred(graph, name, parameter::floats, shape);
    }

    /** A constant that is computed when the graph is written. */
    Value deferred(GraphBuilder graph, String name, Supplier<float[]> values, long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        return graph.constant(name, type, TensorContent.deferred(type, count, values), shape);
    }

    /** A constant from elements at hand. */
    Value constant(GraphBuilder graph, String name, float[] values, long... shape) {
        TensorContent content = type == ElementType.FLOAT16 ? TensorContent.ofHalf(values) : TensorContent.of(values);
        return graph.constant(name, type, content, shape);
    }

    /** A number in the graph's precision. */
    Value scalar(GraphBuilder graph, float number) {
        return type == ElementType.FLOAT32
                ? graph.scalar(number)
                : constant(graph, graph.fresh("half_scalar"), new float[] {number});
    }
}
