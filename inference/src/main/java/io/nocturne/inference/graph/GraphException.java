package io.nocturne.inference.graph;

/** A graph that can't be built or written as asked. The message names the node or tensor. */
public class GraphException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GraphException(String message) {
        super(message);
    }
}
