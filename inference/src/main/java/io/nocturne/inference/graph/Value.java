package io.nocturne.inference.graph;

/**
 * A tensor inside a graph that is being built: an input, a constant, or what a node yields. Comes from
 * {@link GraphBuilder} only, and belongs to it.
 */
public final class Value {
    /** An optional input that is left out. */
    public static final Value ABSENT = new Value(null, "");

    private final GraphBuilder graph;
    private String name;

    Value(GraphBuilder graph, String name) {
        this.graph = graph;
        this.name = name;
    }

    public String name() {
        return name;
    }

    GraphBuilder graph() {
        return graph;
    }

    void rename(String newName) {
        name = newName;
    }

    @Override
    public String toString() {
        return this == ABSENT ? "(absent)" : name;
    }
}
