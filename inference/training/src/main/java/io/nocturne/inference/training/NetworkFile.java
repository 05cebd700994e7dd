package io.nocturne.inference.training;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.OnnxConstants;
import io.nocturne.inference.graph.Ops;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
import io.nocturne.stream.optics.GaussianBlur;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A trained network as a model: counts in, counts out, the camera's noise in a tensor beside them.
 *
 * <pre>
 *   image ----> (x - offset) / gain --> network --> * gain + offset --> + G(image - that) --> restored
 *   noise = [offset, gain, readNoise]
 * </pre>
 *
 * {@code G} is a wide blur: brightness over {@value #WIDE_SIGMA} pixels and more is the camera's own, and no network's
 * guess. A mean of that many pixels has next to no noise.
 */
final class NetworkFile {
    /** Metadata key under which a model tells its network. */
    static final String NETWORK_KEY = "nocturne.network";

    /** Metadata key under which a model tells how many views it averages. */
    static final String VIEWS_KEY = "nocturne.views";

    /**
     * Standard deviation of the blur that restores brightness, pixels. 16, 8 and 5 were compared: 5 is the widest that
     * keeps the field's mean within 0.3 % at 3 photons, and costs nothing in PSNR but on flat scenes.
     */
    static final int WIDE_SIGMA = 5;

    private static final double AGREEMENT = 1e-4;
    private static final int COARSE = 4;
    private static final Shape IMAGE = Shape.parse("n,1,h,w");

    private NetworkFile() {}

    /** Whole frames, padded to what the network's levels and the wide blur need. */
    static ModelCard.Tile tile(Unet network) {
        int multiple = Math.max(network.multiple(), COARSE);
        return new ModelCard.Tile(0, 0, multiple, 2 * multiple, 0);
    }

    /** Numbers of a model file by name. */
    static Map<String, float[]> weights(Path onnx) throws IOException {
        try (InputStream in = Files.newInputStream(onnx)) {
            return OnnxConstants.read(in);
        }
    }

    /**
     * The whole model.
     *
     * @param views mirrored and shifted views of each frame that its product is the mean of: 1, 4 or 8. The grid of
     *     blocks and the network's own habits lie differently in each (cycle spinning, Coifman and Donoho, 1995)
     */
    static GraphBuilder graph(String name, Unet network, Weights weights, int views) {
        return graph(name, network, weights, views, WIDE_SIGMA);
    }

    /**
     * @param wideSigma of the blur that restores brightness, 0 for none
     */
    static GraphBuilder graph(String name, Unet network, Weights weights, int views, int wideSigma) {
        GraphBuilder graph = GraphBuilder.named(name)
                .description("A Nocturne network; counts in, counts out")
                .metadata(NETWORK_KEY, network.describe())
                .metadata(VIEWS_KEY, Integer.toString(views));
        Ops ops = graph.ops();
        Value image = graph.input("image", ElementType.FLOAT32, IMAGE);
        List<Value> noise = ops.split(graph.input("noise", ElementType.FLOAT32, Shape.parse("3")), 0, 1, 1, 1);
        Value offset = noise.get(0);
        Value gain = noise.get(1);
        Value read = ops.div(noise.get(2), gain);
        Value readVariance = ops.reshape(ops.mul(read, read), 1, 1, 1, 1);
        Value photons = ops.div(ops.sub(image, offset), gain);
        GraphAlgebra algebra = new GraphAlgebra(graph);
        Value restored = views == 1
                ? network.apply(algebra, weights, photons, readVariance)
                : new ManyViews(graph, network.multiple(), network.scale())
                        .mean(photons, views, x -> network.apply(algebra, weights, x, readVariance));
        Value counts = ops.add(ops.mul(restored, gain), offset);
        Value corrected =
                wideSigma == 0 ? counts : ops.add(counts, wide(graph, image, counts, network.scale(), wideSigma));
        Shape product = network.scale() == 1 ? IMAGE : Shape.parse("n,1,h2,w2");
        return graph.output("restored", corrected, ElementType.FLOAT32, product);
    }

    /**
     * Checks that ONNX Runtime makes of the graph what PyTorch makes of the network.
     *
     * @throws IllegalStateException if they differ by more than {@value #AGREEMENT} of the range of the result
     */
    static void check(Unet network, Weights weights) {
        int side = 4 * tile(network).multiple();
        NoiseRandom random = new NoiseRandom(5);
        float[] photons = new float[side * side];
        FrameSpec spec = new FrameSpec(side, side, PixelType.FLOAT32);
        StillFrame frame = new StillFrame(spec);
        for (int i = 0; i < photons.length; i++) {
            photons[i] = random.nextPoisson(8 + 6 * Math.sin(i % side / 5.0)) + (float) random.nextGaussian();
            frame.set(i, photons[i]);
        }
        double[] unit = {0, 1, 1};
        Picture picture = new Picture(side, side, photons);
        float[] expected = Teacher.restore(network, weights, List.of(new Patch(picture, picture, 1, 1)));
        ModelCard card = describe(ModelCard.of("check", "denoise", ""), network);
        RestorationModel model = RestorationModel.of(graph("check", network, weights, 1, 0), card);
        try (StillRestorer restorer = StillRestorer.open(model, spec, OnnxRestorer.Options.defaults())) {
            float[] found = restorer.restoreWith(frame, unit);
            double worst = 0;
            float high = 0;
            for (int i = 0; i < found.length; i++) {
                worst = Math.max(worst, Math.abs(found[i] - expected[i]));
                high = Math.max(high, Math.abs(expected[i]));
            }
            if (!(worst <= AGREEMENT * high)) {
                throw new IllegalStateException("The model file and the network that was trained differ by " + worst
                        + " where values reach " + high);
            }
        } catch (Exception e) {
            throw new IllegalStateException("The trained network doesn't run as a model: " + e.getMessage(), e);
        }
    }

    /** What a card says of any of our networks. */
    static ModelCard describe(ModelCard card, Unet network) {
        return card.withScale(network.scale())
                .withTile(tile(network))
                .withInput(new ModelCard.Input("image", ModelCard.Layout.NCHW, List.of(), "noise"))
                .withNormalization(Normalization.anscombe())
                .withPhotons(Exposure.LEAST_PEAK, Exposure.MOST_PEAK);
    }

    /** The wide blur of what the network took away, on blocks of pixels, interpolated. */
    private static Value wide(GraphBuilder graph, Value image, Value counts, int scale, int wideSigma) {
        Ops ops = graph.ops();
        Value before = ops.averagePool(image, COARSE, COARSE);
        Value after = ops.averagePool(counts, COARSE * scale, COARSE * scale);
        double sigma = (double) wideSigma / COARSE;
        GaussianBlur blur = new GaussianBlur(sigma * sigma);
        int radius = blur.radius();
        float[] kernel = new float[2 * radius + 1];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (float) blur.weight(i - radius);
        }
        Value padded = ops.pad(ops.sub(before, after), Ops.Edge.REPLICATE, 0, 0, radius, radius);
        Value rows = ops.conv(padded, graph.constant("wide_rows", kernel, 1, 1, 1, kernel.length));
        Value smooth = ops.conv(rows, graph.constant("wide_columns", kernel, 1, 1, kernel.length, 1));
        return ops.resize(smooth, (float) COARSE * scale, Ops.Interpolation.LINEAR);
    }
}
