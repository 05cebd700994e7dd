package io.nocturne.inference.unifmir;

import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** A main graph's constants by name, each made when it is first asked for; bodies of loops read them too. */
final class Constants {
    private final GraphBuilder graph;
    private final Weights weights;
    private final Map<String, Value> values = new HashMap<>();

    Constants(GraphBuilder graph, Weights weights) {
        this.graph = graph;
        this.weights = weights;
    }

    /** A parameter as it is. */
    Value parameter(String name) {
        return once(name, () -> weights.parameter(graph, name));
    }

    Value matrix(String name, Supplier<Matrix> matrix) {
        return once(name, () -> {
            Matrix made = matrix.get();
            return weights.constant(graph, name, made.elements(), made.rows(), made.columns());
        });
    }

    /** A vector, given as a matrix of one row. */
    Value row(String name, Supplier<Matrix> row) {
        return once(name, () -> {
            Matrix made = row.get();
            return weights.constant(graph, name, made.elements(), made.columns());
        });
    }

    Value tensor(String name, Supplier<float[]> elements, long... shape) {
        return once(name, () -> weights.constant(graph, name, elements.get(), shape));
    }

    /** An index list. */
    Value index(String name, Supplier<long[]> places, long... shape) {
        return once(name, () -> graph.constant(name, places.get(), shape));
    }

    /** A value that several places of the graph read. */
    Value once(String name, Supplier<Value> maker) {
        Value known = values.get(name);
        if (known == null) {
            known = maker.get();
            values.put(name, known);
        }
        return known;
    }
}
