package io.nocturne.inference.training;

import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Value;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Shows a network several views of one image, one after the other, and takes the mean of what it makes of them. Views are
 * mirrored and shifted against the grid of blocks; borders are
 * mirrored by {@code multiple / 2} pixels and a little more or less.
 */
final class ManyViews {
    private final GraphBuilder graph;
    private final Ops ops;
    private final int multiple;
    private final int scale;

    ManyViews(GraphBuilder graph, int multiple, int scale) {
        this.graph = graph;
        ops = graph.ops();
        this.multiple = multiple;
        this.scale = scale;
    }

    /** How one view lies: pixels added above and to the left, and along which axes it is mirrored. */
    private record View(int top, int left, boolean upsideDown, boolean leftToRight) {}

    /**
     * Mean of a network's answers.
     *
     * @param image [n, 1, h, w], sides multiples of {@code multiple}
     * @param count 4, or 8 for twice as many shifts
     */
    Value mean(Value image, int count, UnaryOperator<Value> network) {
        if (count != 4 && count != 8) {
            throw new IllegalArgumentException("Views are 1, 4 or 8, not " + count);
        }
        int half = multiple / 2;
        List<View> views = List.of(
                new View(half, half, false, false),
                new View(half + 2, half, true, false),
                new View(half, half + 2, false, true),
                new View(half + 2, half + 2, true, true),
                new View(half + 1, half + 3, false, false),
                new View(half - 1, half + 1, true, false),
                new View(half + 3, half - 1, false, true),
                new View(half + 1, half + 1, true, true));
        Value sum = null;
        for (View view : views.subList(0, count)) {
            Value answer = undo(view, network.apply(show(view, image)));
            sum = sum == null ? answer : ops.add(sum, answer);
        }
        return ops.mul(sum, graph.scalar(1f / count));
    }

    private Value show(View view, Value image) {
        Value padded = graph.node(
                        "Pad",
                        image,
                        graph.ints(0, 0, view.top(), view.left(), 0, 0, multiple - view.top(), multiple - view.left()))
                .set("mode", "reflect")
                .out();
        return mirror(view, padded);
    }

    private Value undo(View view, Value answer) {
        Value upright = mirror(view, answer);
        Value rows = ops.slice(upright, 2, (long) scale * view.top(), (long) -scale * (multiple - view.top()));
        return ops.slice(rows, 3, (long) scale * view.left(), (long) -scale * (multiple - view.left()));
    }

    private Value mirror(View view, Value x) {
        Value rows = view.upsideDown() ? reversed(x, 2) : x;
        return view.leftToRight() ? reversed(rows, 3) : rows;
    }

    private Value reversed(Value x, int axis) {
        return graph.node("Slice", x, graph.ints(-1), graph.ints(Long.MIN_VALUE + 1), graph.ints(axis), graph.ints(-1))
                .out();
    }
}
