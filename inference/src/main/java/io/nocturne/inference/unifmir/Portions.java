package io.nocturne.inference.unifmir;

import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs steps that keep groups of tokens apart, on all groups at once or on a few at a time: a loop (Scan) over portions
 * small enough for the processor's cache.
 */
final class Portions {
    /** Steps on tokens: graph to write to, inputs [tokens, width], outputs alike. */
    interface Steps {
        List<Value> write(GraphBuilder graph, List<Value> inputs);
    }

    /**
     * Tokens that steps read.
     *
     * @param tokens [all, width]
     * @param picked name of the quadrants of a tile to take; empty for all as they are
     */
    record Input(Value tokens, String picked) {
        static Input all(Value tokens) {
            return new Input(tokens, "");
        }
    }

    private static final int QUADRANT = WindowLayout.QUADRANT;

    private final GraphBuilder main;
    private final Weights weights;
    private final Value image;
    private final int quadrants;
    private final int width;
    private final int windows;
    private final Map<String, long[]> picks = new HashMap<>();
    private final Constants constants;

    /**
     * Portions of a stream.
     *
     * @param image anything with the number of tiles as first dimension
     * @param quadrants of a tile
     * @param width of a token
     * @param windows of a portion; 0 for all tokens at once
     */
    Portions(GraphBuilder main, Weights weights, Value image, int quadrants, int width, int windows) {
        this.main = main;
        this.constants = new Constants(main, weights);
        this.weights = weights;
        this.image = image;
        this.quadrants = quadrants;
        this.width = width;
        this.windows = windows;
    }

    /** Names an order of quadrants for {@link Input#picked}. */
    void pick(String name, long[] places) {
        picks.put(name, places);
    }

    /**
     * Runs steps on inputs of as many tokens each.
     *
     * @param count quadrants that a tile has in each input
     */
    List<Value> run(String name, List<Input> inputs, int count, Steps steps) {
        int perWindow = UnifmirNetwork.WINDOW * UnifmirNetwork.WINDOW / QUADRANT;
        int portion = windows == 0 ? count : perWindow * nearestDivisor(count / perWindow, windows);
        if (portion >= count) {
            return steps.write(main, inputs.stream().map(this::gather).toList());
        }
        return loop(name, inputs, portion, steps);
    }

    /** The divisor that is nearest by ratio. */
    static int nearestDivisor(int number, int wanted) {
        int best = 1;
        for (int divisor = 1; divisor <= number; divisor++) {
            if (number % divisor == 0 && ratio(divisor, wanted) < ratio(best, wanted)) {
                best = divisor;
            }
        }
        return best;
    }

    private static double ratio(int a, int b) {
        return (double) Math.max(a, b) / Math.min(a, b);
    }

    private Value gather(Input input) {
        if (input.picked().isEmpty()) {
            return input.tokens();
        }
        Ops ops = main.ops();
        long[] places = picks.get(input.picked());
        Value index = constants.index(input.picked(), () -> places, places.length);
        Value rows = ops.reshape(input.tokens(), -1, quadrants, (long) QUADRANT * width);
        return ops.reshape(ops.gather(rows, index, 1), -1, width);
    }

    private List<Value> loop(String name, List<Input> inputs, int portion, Steps steps) {
        GraphBuilder body = main.body(main.fresh(name));
        Ops ops = main.ops();
        long tokens = (long) portion * QUADRANT;
        List<Value> sequences = new ArrayList<>();
        List<Value> parts = new ArrayList<>();
        for (Input input : inputs) {
            if (input.picked().isEmpty()) {
                sequences.add(ops.reshape(input.tokens(), -1, tokens, width));
                parts.add(body.input(body.fresh("tokens"), weights.type(), Shape.of(tokens, width)));
            } else {
                sequences.add(ops.reshape(places(input.picked()), -1, portion));
                Value index = body.input(body.fresh("places"), ElementType.INT64, Shape.of(portion));
                Value rows = ops.reshape(input.tokens(), -1, (long) QUADRANT * width);
                parts.add(body.ops().reshape(body.ops().gather(rows, index, 0), tokens, width));
            }
        }
        List<Value> results = steps.write(body, parts);
        for (Value result : results) {
            body.output(body.fresh("result"), result, weights.type(), Shape.of(tokens, width));
        }
        List<Value> stacked = main.node("Scan", sequences.toArray(Value[]::new))
                .setGraph("body", body)
                .set("num_scan_inputs", sequences.size())
                .outs(results.size());
        return stacked.stream().map(value -> ops.reshape(value, -1, width)).toList();
    }

    /** Places of the picked quadrants among those of all tiles, [n * count]. */
    private Value places(String picked) {
        return constants.once(picked + "_of_all", () -> {
            Ops ops = main.ops();
            long[] places = picks.get(picked);
            Value own = main.constant(picked + "_of_tile", places, 1, places.length);
            return ops.reshape(ops.add(firstQuadrants(), own), -1);
        });
    }

    /** Place of each tile's first quadrant, [n, 1]. */
    private Value firstQuadrants() {
        return constants.once("first_quadrants", () -> {
            Ops ops = main.ops();
            Value size = main.node("Shape", image).out();
            Value tiles = ops.gather(size, main.constant("tile_axis", new long[] {0}), 0);
            Value numbers = main.node(
                            "Range",
                            main.constant("first_tile", new long[] {0}),
                            tiles,
                            main.constant("next_tile", new long[] {1}))
                    .out();
            Value starts = ops.mul(numbers, main.constant("quadrants_of_tile", new long[] {quadrants}));
            return ops.reshape(starts, -1, 1);
        });
    }
}
