package io.nocturne.inference.training;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.OnnxConstants;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
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

    /** Metadata key under which a model tells the cutoff of a filter that learned with it. */
    static final String LOW_PASS_KEY = "nocturne.lowpass";

    /**
     * Standard deviation of the blur that restores brightness, pixels. 16, 8 and 5 were compared: 5 is the widest that
     * keeps the field's mean within 0.3 % at 3 photons, and costs nothing in PSNR but on flat scenes.
     */
    static final int WIDE_SIGMA = 5;

    private static final double AGREEMENT = 1e-4;

    private NetworkFile() {}

    /** Whole frames, padded to what the network's levels need. */
    static ModelCard.Tile tile(PhotonNetwork network) {
        int multiple = network.multiple();
        return new ModelCard.Tile(0, 0, multiple, 2 * multiple, 0);
    }

    /** Numbers of a model file by name. */
    static Map<String, float[]> weights(Path onnx) throws IOException {
        try (InputStream in = Files.newInputStream(onnx)) {
            return OnnxConstants.read(in);
        }
    }

    /** The whole model. */
    static GraphBuilder graph(String name, PhotonNetwork network, Weights weights, Form form) {
        return new ModelGraph(name, network, weights).of(form, WIDE_SIGMA);
    }

    /**
     * Checks that ONNX Runtime makes of the graph what PyTorch makes of the network.
     *
     * @throws IllegalStateException if they differ by more than {@value #AGREEMENT} of the range of the result
     */
    static void check(PhotonNetwork network, Weights weights) {
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
        ModelCard card = describe(ModelCard.of("check", "denoise", ""), network, Form.SINGLE);
        RestorationModel model =
                RestorationModel.of(new ModelGraph("check", network, weights).of(Form.SINGLE, 0), card);
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
    static ModelCard describe(ModelCard card, PhotonNetwork network, Form form) {
        return form.tell(card)
                .withScale(network.scale())
                .withTile(tile(network))
                .withInput(new ModelCard.Input("image", ModelCard.Layout.NCHW, List.of(), "noise"))
                .withNormalization(Normalization.anscombe())
                .withPhotons(Exposure.LEAST_PEAK, Exposure.MOST_PEAK);
    }
}
