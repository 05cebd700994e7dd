package io.nocturne.inference.unifmir;

import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Value;

/**
 * The steps of a Swin block on tokens [any, {@link #width}], in the operators of one runtime. Constants go to the main
 * graph, once, so that the bodies of loops share them.
 */
interface BlockOps {
    /** Width of a token in the residual stream: the network's channels, and padding. */
    int width();

    /** A sum and its layer norm. */
    record Normed(Value sum, Value normed) {}

    /** Layer norm of the stream alone. */
    Value norm(GraphBuilder graph, Value stream, String norm);

    /** Adds what {@link #attention} gave to the stream, and norms the sum. */
    Normed addAttention(GraphBuilder graph, Value stream, Value attended, String block, String norm);

    /** Adds what {@link #perceptron} gave to the stream, and norms the sum. */
    Normed addPerceptron(GraphBuilder graph, Value stream, Value output, String norm);

    /** Attention within groups of tokens that follow each other, up to the projection without its bias. */
    Value attention(GraphBuilder graph, Value normed, String block, WindowLayout.Groups groups);

    /** The multilayer perceptron. */
    Value perceptron(GraphBuilder graph, Value normed, String block);

    /** A normed image of tokens as the start of a residual stream. */
    Value asStream(GraphBuilder graph, Value normed);

    /** 3 x 3 convolution from {@code inputs} channels, or from the stream's if 0, to the stream's. */
    Value convolution(GraphBuilder graph, Value image, String name, int inputs);
}
