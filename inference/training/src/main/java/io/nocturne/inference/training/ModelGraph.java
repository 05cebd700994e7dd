package io.nocturne.inference.training;

import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.Value;
import java.util.Arrays;
import java.util.List;

/**
 * A trained network with what it takes to run on counts, as an ONNX graph.
 *
 * <pre>
 *   image --unshuffle--> blocks --affine--> squares --network--> squares' --affine--> + G(blocks - that) --shuffle--> restored
 *   noise = [offset, gain, readNoise] makes both affine maps
 * </pre>
 *
 * Between the first operator and the last, a pixel's place in its block is its channel: a twentieth of the memory moves
 * that DepthToSpace and Resize would make of it. {@code G} is a wide blur: it works on means of blocks, and the
 * interpolation back to pixels is a convolution with as many outputs as a block has pixels.
 */
final class ModelGraph {
    private static final Shape IMAGE = Shape.parse("n,1,h,w");

    private final GraphBuilder graph;
    private final Ops ops;
    private final GraphAlgebra algebra;
    private final PhotonNetwork network;
    private final Weights weights;

    /** Gain, and counts of no photons less those of the root's constant. */
    private Value gain;

    private Value readVariance;
    private Value offset;
    private Value dark;
    private Value floor;

    ModelGraph(String name, PhotonNetwork network, Weights weights) {
        this.network = network;
        this.weights = weights;
        graph = GraphBuilder.named(name)
                .description("A Nocturne network; counts in, counts out")
                .metadata(NetworkFile.NETWORK_KEY, network.describe());
        weights.lowPass().ifPresent(cutoff -> graph.metadata(NetworkFile.LOW_PASS_KEY, "" + cutoff.values()[0]));
        ops = graph.ops();
        algebra = new GraphAlgebra(graph);
    }

    /**
     * The whole graph.
     *
     * @param wideSigma of the blur that restores brightness in pixels, 0 for none
     */
    GraphBuilder of(Form form, int wideSigma) {
        form.tell(graph);
        return form.earlier() == 0 ? ofFrames(form.views(), wideSigma) : ofWindow(form.earlier(), wideSigma);
    }

    private GraphBuilder ofFrames(int views, int wideSigma) {
        Value image = graph.input("image", ElementType.FLOAT32, IMAGE);
        noise();
        Value blocks = algebra.unshuffle(image, network.block());
        Value squares = views == 1 ? restore(blocks) : restoreViews(image, views);
        return finish(blocks, squares, wideSigma);
    }

    /** The newest of a few frames restored, with what the others add where nothing moves. */
    private GraphBuilder ofWindow(int earlier, int wideSigma) {
        Value images = graph.input("image", ElementType.FLOAT32, Shape.parse("n," + (earlier + 1) + ",h,w"));
        noise();
        long[] ones = new long[earlier + 1];
        Arrays.fill(ones, 1);
        List<Value> squares = ops.split(images, 1, ones).stream()
                .map(image -> squares(algebra.unshuffle(image, network.block())))
                .toList();
        MotionGate.Mean mean = new MotionGate(graph, network.block()).mean(squares);
        Value zero = ops.mul(ops.sqrt(ops.mul(dark, mean.frames())), graph.scalar(2));
        Value restored = network.applyToSquares(algebra, weights, ops.mul(mean.squares(), mean.frames()), zero);
        Value slope = ops.mul(gain, graph.scalar(0.25f));
        Value blocks = ops.add(ops.mul(mean.squares(), slope), floor);
        return finish(blocks, ops.div(restored, mean.frames()), wideSigma);
    }

    private void noise() {
        Value all = graph.input("noise", ElementType.FLOAT32, Shape.parse("3"));
        Value[] each = ops.split(all, 0, 1, 1, 1).toArray(Value[]::new);
        offset = each[0];
        gain = each[1];
        Value read = ops.div(each[2], gain);
        readVariance = ops.reshape(ops.mul(read, read), 1, 1, 1, 1);
        dark = ops.add(readVariance, graph.scalar(PhotonNetwork.THREE_EIGHTHS));
        floor = ops.sub(offset, ops.mul(dark, gain));
    }

    /** Squares of stabilised pixels from blocks of counts: (counts - floor) 4 / gain. */
    private Value squares(Value blocks) {
        Value slope = ops.div(graph.scalar(4), gain);
        return ops.sub(ops.mul(blocks, slope), ops.mul(floor, slope));
    }

    private Value restore(Value blocks) {
        Value zero = ops.mul(ops.sqrt(dark), graph.scalar(2));
        return network.applyToSquares(algebra, weights, squares(blocks), zero);
    }

    private Value restoreViews(Value image, int views) {
        Value photons = ops.div(ops.sub(image, offset), gain);
        Value mean = new ManyViews(graph, network.multiple(), network.scale())
                .mean(photons, views, x -> network.apply(algebra, weights, x, readVariance));
        Value squares = ops.mul(ops.add(mean, dark), graph.scalar(4));
        return algebra.unshuffle(squares, network.block() * network.scale());
    }

    private GraphBuilder finish(Value blocks, Value squares, int wideSigma) {
        int fine = network.block() * network.scale();
        Value slope = ops.mul(gain, graph.scalar(0.25f));
        Value scaled = ops.mul(squares, slope);
        Value ground = floor;
        if (wideSigma > 0) {
            Value before = Blocks.mean(graph, blocks, network.block());
            Value after = ops.add(Blocks.mean(graph, scaled, fine), floor);
            Value lost = Blocks.smooth(graph, ops.sub(before, after), (double) wideSigma / network.block(), 1);
            ground = ops.add(Blocks.pixels(graph, lost, fine), floor);
        }
        Value counts = algebra.shuffle(ops.add(scaled, ground), fine);
        Value restored =
                weights.lowPass().map(cutoff -> algebra.lowPass(counts, cutoff)).orElse(counts);
        Shape product = network.scale() == 1 ? IMAGE : Shape.parse("n,1,h2,w2");
        return graph.output("restored", restored, ElementType.FLOAT32, product);
    }
}
