package io.nocturne.inference.unifmir;

import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.unifmir.Portions.Input;
import io.nocturne.inference.unifmir.UnifmirNetwork.SwinBody;
import java.util.List;

/**
 * The body with tokens in {@link WindowLayout}: the residual stream [n * tokens, width] never leaves it, from one group's
 * convolution to the next. Only what attention reads and gives is picked from elsewhere, in shifted blocks.
 */
final class WindowTrunk implements Trunk {

    private final GraphBuilder graph;
    private final Ops ops;
    private final UnifmirNetwork network;
    private final SwinBody body;
    private final List<Integer> groups;
    private final BlockOps steps;
    private final WindowLayout layout;
    private final Portions portions;
    private final int height;
    private final int width;
    private final Value imageRuns;
    private final Value layoutRuns;

    /** With the portions and steps that the formulation uses. */
    WindowTrunk(
            GraphBuilder graph,
            UnifmirNetwork network,
            List<Integer> groups,
            BlockOps steps,
            WindowLayout layout,
            Portions portions) {
        this.graph = graph;
        this.ops = graph.ops();
        this.network = network;
        this.body = network.body();
        this.groups = groups;
        this.steps = steps;
        this.layout = layout;
        this.portions = portions;
        this.height = layout.height();
        this.width = layout.width();
        this.imageRuns = graph.constant("image_runs", layout.imageRuns(), layout.imageRuns().length);
        this.layoutRuns = graph.constant("layout_runs", layout.layoutRuns(), layout.layoutRuns().length);
        for (WindowLayout.Groups shifted : layout.shifted()) {
            portions.pick(shifted.name(), shifted.quadrants());
        }
        portions.pick("unshift", layout.fromShifted());
    }

    @Override
    public int width() {
        return steps.width();
    }

    @Override
    public Value features(Value image) {
        ParameterNames names = network.names();
        Value first = steps.convolution(graph, image, names.first(), body.inputs());
        Value stream = steps.asStream(graph, steps.norm(graph, toTokens(first), names.patchNorm()));
        for (int group : groups) {
            Value blocks = blocks(stream, group);
            Value convolved = steps.convolution(graph, toImage(blocks), names.groupConvolution(group), 0);
            stream = ops.add(toTokens(convolved), stream);
        }
        Value normed = steps.norm(graph, stream, names.lastNorm());
        Value last = steps.convolution(graph, toImage(normed), names.afterBody(), 0);
        return body.longSkip() ? ops.add(last, first) : last;
    }

    /** Image [n, width, rows, columns] to tokens, four of a row at a time. */
    private Value toTokens(Value image) {
        Value rows = ops.reshape(ops.transpose(image, 0, 2, 3, 1), -1, layout.tokens() / WindowLayout.SIDE, runWidth());
        return ops.reshape(ops.gather(rows, imageRuns, 1), -1, steps.width());
    }

    private Value toImage(Value tokens) {
        Value rows = ops.reshape(tokens, -1, layout.tokens() / WindowLayout.SIDE, runWidth());
        Value image = ops.reshape(ops.gather(rows, layoutRuns, 1), -1, height, width, steps.width());
        return ops.transpose(image, 0, 3, 1, 2);
    }

    private long runWidth() {
        return (long) WindowLayout.SIDE * steps.width();
    }

    /**
     * The blocks of a group. What lies between two shifted attentions keeps windows apart, and so goes through in portions:
     * the rest of a shifted block, a whole block that isn't shifted, and the norm before the next.
     */
    private Value blocks(Value stream, int group) {
        int depth = body.depths().get(group);
        List<Input> inputs = List.of(Input.all(stream));
        for (int start = 0; ; start += 2) {
            int block = start;
            boolean more = block + 1 < depth;
            List<Value> outputs = portions.run(
                    "windows", inputs, layout.quadrants(), (part, read) -> between(part, read, group, block));
            if (!more) {
                return outputs.get(0);
            }
            Value attended = shiftedAttention(outputs.get(1), network.names().block(group, block + 1));
            inputs = List.of(Input.all(outputs.get(0)), new Input(attended, "unshift"));
        }
    }

    /**
     * From one shifted attention to the next.
     *
     * @param read the stream, and what the shifted block before attended to, if there is one
     * @param block the next block that isn't shifted; there may be none left
     * @return the stream, and normed what the next shifted block attends to, if there is one
     */
    private List<Value> between(GraphBuilder part, List<Value> read, int group, int block) {
        ParameterNames names = network.names();
        int depth = body.depths().get(group);
        Value stream = read.get(0);
        Value normed = null;
        if (block > 0) {
            String before = names.block(group, block - 1);
            BlockOps.Normed sum = steps.addAttention(part, stream, read.get(1), before, before + "norm2");
            Value output = steps.perceptron(part, sum.normed(), before);
            if (block == depth) {
                return List.of(part.ops().add(sum.sum(), output));
            }
            BlockOps.Normed next = steps.addPerceptron(part, sum.sum(), output, names.block(group, block) + "norm1");
            stream = next.sum();
            normed = next.normed();
        } else {
            normed = steps.norm(part, stream, names.block(group, block) + "norm1");
        }
        String own = names.block(group, block);
        Value attended = steps.attention(part, normed, own, layout.whole());
        BlockOps.Normed sum = steps.addAttention(part, stream, attended, own, own + "norm2");
        Value output = steps.perceptron(part, sum.normed(), own);
        if (block + 1 == depth) {
            return List.of(part.ops().add(sum.sum(), output));
        }
        BlockOps.Normed next = steps.addPerceptron(part, sum.sum(), output, names.block(group, block + 1) + "norm1");
        return List.of(next.sum(), next.normed());
    }

    /** Attention within shifted windows; its quadrants stay in the order of the shifted groups. */
    private Value shiftedAttention(Value normed, String block) {
        long quadrantWidth = (long) WindowLayout.QUADRANT * steps.width();
        Value[] attended = layout.shifted().stream()
                .map(shifted -> {
                    int count = shifted.quadrants().length;
                    List<Value> outputs = portions.run(
                            shifted.name(),
                            List.of(new Input(normed, shifted.name())),
                            count,
                            (part, read) -> List.of(steps.attention(part, read.get(0), block, shifted)));
                    return ops.reshape(outputs.get(0), -1, count, quadrantWidth);
                })
                .toArray(Value[]::new);
        Value joined = attended.length == 1 ? attended[0] : ops.concat(1, attended);
        return ops.reshape(joined, -1, steps.width());
    }
}
