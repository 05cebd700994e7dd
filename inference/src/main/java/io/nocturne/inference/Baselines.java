package io.nocturne.inference;

import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Ops.Edge;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.Value;
import io.nocturne.stream.spi.WindowSpec;
import java.util.List;
import java.util.Locale;

/**
 * Models without trained weights, made in code: what trained ones are compared with, and what runs where there are none.
 * They are ONNX graphs like any other.
 */
public final class Baselines {
    /** Standard deviation of the default blur, in pixels. */
    public static final double DEFAULT_SIGMA = 1.5;

    private static final Shape IMAGE = Shape.parse("n,1,h,w");
    private static final Shape DOUBLE_IMAGE = Shape.parse("n,1,h2,w2");
    private static final Shape STACK = Shape.parse("n,z,h,w");
    private static final List<String> AUTHORS = List.of("Nocturne");

    private Baselines() {}

    /** The frame as it is: measures the cost of everything around a model, and proves that it changes no pixel. */
    public static RestorationModel passthrough() {
        GraphBuilder graph = start("passthrough");
        Value image = graph.input("image", ElementType.FLOAT32, IMAGE);
        graph.output("restored", graph.ops().identity(image), ElementType.FLOAT32, IMAGE);
        return finish(graph, "passthrough", "Gives every pixel back unchanged", 1, ModelCard.Tile.whole(1));
    }

    /**
     * Gaussian blur between a generalised Anscombe transform and its exact unbiased inverse, so that bright and dim
     * pixels count by their noise.
     *
     * @param sigma standard deviation in pixels, 0.3 to 8
     */
    public static RestorationModel gaussian(double sigma) {
        if (!(sigma >= 0.3 && sigma <= 8)) {
            throw new IllegalArgumentException("Gaussian: sigma must be 0.3 to 8 pixels, not " + sigma);
        }
        String name = sigma == DEFAULT_SIGMA ? "gaussian" : String.format(Locale.ROOT, "gaussian-%s", sigma);
        GraphBuilder graph = start(name);
        Stabilised image = Stabilised.input(graph);
        GaussianBlur blur = new GaussianBlur(graph, sigma);
        image.output(blur.apply(image.value()));
        ModelCard card = ModelCard.of(
                        name,
                        "denoise",
                        String.format(Locale.ROOT, "Gaussian blur, sigma %s px, on variance-stabilised counts", sigma))
                .withTile(new ModelCard.Tile(0, 0, 1, 2 * blur.radius(), 0))
                .withInput(Stabilised.PORT)
                .withNormalization(Normalization.anscombe());
        return RestorationModel.of(graph, provenance(card, "Loses detail finer than about two sigma"));
    }

    /** Smooths by the noise: little where there is structure, much where there is none. See {@link AdaptiveBlur}. */
    public static RestorationModel adaptive() {
        GraphBuilder graph = start("adaptive");
        Stabilised image = Stabilised.input(graph);
        image.output(new AdaptiveBlur(graph).apply(image.value()));
        ModelCard card = ModelCard.of(
                        "adaptive", "denoise", "Blur that adapts to noise and structure (local Wiener, three scales)")
                .withTile(new ModelCard.Tile(0, 0, AdaptiveBlur.multiple(), AdaptiveBlur.minimum(), 0))
                .withInput(Stabilised.PORT)
                .withNormalization(Normalization.anscombe());
        return RestorationModel.of(
                graph, provenance(card, "Takes noise for white: correlated noise stays as faint mottle"));
    }

    /**
     * Bicubic enlargement to twice the size (Keys, IEEE Trans. Acoust. Speech Signal Process. 29, 1981); adds no detail.
     * Written as one convolution to the four sub-pixels, which is many times faster than ONNX Runtime's cubic Resize.
     */
    public static RestorationModel upscale2x() {
        GraphBuilder graph = start("upscale2x");
        Ops ops = graph.ops();
        Value image = graph.input("image", ElementType.FLOAT32, IMAGE);
        float[] kernels = new float[4 * 25];
        for (int i = 0; i < kernels.length; i++) {
            int row = i / 5 % 5;
            int column = i % 5;
            kernels[i] = (float) (cubic(row - 2, i / 50) * cubic(column - 2, i / 25 % 2));
        }
        Value weights = graph.constant("sub_pixels", kernels, 4, 1, 5, 5);
        Value larger = ops.depthToSpace(ops.conv(ops.pad(image, Edge.REPLICATE, 0, 0, 2, 2), weights), 2);
        graph.output("restored", larger, ElementType.FLOAT32, DOUBLE_IMAGE);
        return finish(graph, "upscale2x", "Bicubic interpolation to twice the size", 2, ModelCard.Tile.whole(1));
    }

    /** Weight of the pixel at that distance for the sub-pixel a quarter to the left (0) or right (1) of the centre. */
    private static double cubic(int distance, int subPixel) {
        double d = Math.abs(distance - (subPixel == 0 ? -0.25 : 0.25));
        return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
    }

    /** Maximum projection: all z-slices of a stack to one image. */
    public static RestorationModel maxProjection() {
        GraphBuilder graph = start("maxprojection");
        Value stack = graph.input("stack", ElementType.FLOAT32, STACK);
        graph.output("projection", graph.ops().reduceMax(stack, 1), ElementType.FLOAT32, IMAGE);
        ModelCard card = ModelCard.of("maxprojection", "projection", "Brightest slice at each pixel of a z-stack")
                .withTile(ModelCard.Tile.whole(1))
                .withWindow(WindowSpec.WHOLE_STACK)
                .withInput(ModelCard.Input.image("stack"))
                .withOutput(ModelCard.Output.image("projection"));
        return RestorationModel.of(graph, provenance(card, "Noise makes maxima too bright"));
    }

    static GraphBuilder start(String name) {
        return GraphBuilder.named(name).description("Made by Nocturne; no weights");
    }

    static ModelCard provenance(ModelCard card, String limits) {
        return card.withProvenance(null, "Apache-2.0", AUTHORS, List.of(), limits);
    }

    private static RestorationModel finish(
            GraphBuilder graph, String name, String summary, int scale, ModelCard.Tile tile) {
        String task = scale > 1 ? "super-resolution" : "none";
        ModelCard card = ModelCard.of(name, task, summary).withScale(scale).withTile(tile);
        return RestorationModel.of(graph, provenance(card, "Removes no noise"));
    }

    /** Counts to variance-stabilised values and back, inside a graph, from offset, gain and read noise. */
    static final class Stabilised {
        static final ModelCard.Input PORT = new ModelCard.Input("image", ModelCard.Layout.NCHW, List.of(), "noise");

        private final GraphBuilder graph;
        private final Value offset;
        private final Value gain;
        private final Value readVariance;
        private final Value stabilised;

        private Stabilised(GraphBuilder graph) {
            this.graph = graph;
            Ops ops = graph.ops();
            Value image = graph.input("image", ElementType.FLOAT32, IMAGE);
            Value noise = graph.input("noise", ElementType.FLOAT32, Shape.parse("3"));
            List<Value> parts = ops.split(noise, 0, 1, 1, 1);
            offset = parts.get(0);
            gain = parts.get(1);
            Value electrons = ops.div(parts.get(2), gain);
            readVariance = ops.mul(electrons, electrons);
            // 2 sqrt((x - offset) / gain + 3/8 + readVariance), with the factors drawn into the root
            Value scale = ops.div(graph.scalar(4), gain);
            Value shift = ops.sub(
                    ops.mul(ops.add(readVariance, graph.scalar(3f / 8)), graph.scalar(4)), ops.mul(offset, scale));
            stabilised = ops.sqrt(ops.relu(ops.add(ops.mul(image, scale), shift)));
        }

        static Stabilised input(GraphBuilder graph) {
            return new Stabilised(graph);
        }

        /** Values whose noise has a standard deviation of one. */
        Value value() {
            return stabilised;
        }

        /** Back to counts, and out. */
        void output(Value restored) {
            Ops ops = graph.ops();
            Value d = ops.max(restored, graph.scalar(NormTransform.LEAST_STABILISED));
            Value r = ops.reciprocal(d);
            Value inner =
                    ops.add(ops.mul(r, graph.scalar(NormTransform.INVERSE_3)), graph.scalar(NormTransform.INVERSE_2));
            Value series = ops.mul(r, ops.add(ops.mul(r, inner), graph.scalar(NormTransform.INVERSE_1)));
            Value photons = ops.add(ops.mul(ops.mul(d, d), graph.scalar(0.25f)), series);
            // (photons - 1/8 - readVariance) * gain + offset
            Value shift = ops.sub(offset, ops.mul(ops.sub(readVariance, graph.scalar(NormTransform.INVERSE_0)), gain));
            Value counts = ops.add(ops.mul(photons, gain), shift);
            graph.output("restored", counts, ElementType.FLOAT32, IMAGE);
        }
    }

    /** Separable Gaussian convolution with mirrored borders. */
    static final class GaussianBlur {
        private final GraphBuilder graph;
        private final int radius;
        private final Value rows;
        private final Value columns;

        GaussianBlur(GraphBuilder graph, double sigma) {
            this.graph = graph;
            radius = (int) Math.ceil(3.5 * sigma);
            float[] kernel = GaussianKernel.floats(sigma, radius);
            String suffix = String.format(Locale.ROOT, "_%s", sigma);
            rows = graph.constant("along_rows" + suffix, kernel, 1, 1, 1, kernel.length);
            columns = graph.constant("along_columns" + suffix, kernel, 1, 1, kernel.length, 1);
        }

        int radius() {
            return radius;
        }

        Value apply(Value image) {
            Ops ops = graph.ops();
            Value padded = ops.pad(image, Edge.REFLECT, 0, 0, radius, radius);
            return ops.conv(ops.conv(padded, rows), columns);
        }
    }
}
