package io.nocturne.inference.training;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.checkpoint.CheckpointReader;
import io.nocturne.inference.checkpoint.Parameter;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.TensorContent;
import io.nocturne.inference.unifmir.GraphOptions;
import io.nocturne.inference.unifmir.UnifmirCards;
import io.nocturne.inference.unifmir.UnifmirGraphs;
import io.nocturne.inference.unifmir.UnifmirNetwork;
import io.nocturne.inference.unifmir.UnifmirTask;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A UniFMIR network for single images, denoising or super-resolution, out of a published checkpoint. It sees images
 * between their percentiles, as {@link UnifmirCards} says; what it learned becomes a model that runs here as an
 * imported one does. On CPUs a batch of two small patches takes seconds: enough for a few hundred batches, not for a
 * training from nothing.
 */
final class UnifmirPupil implements Pupil {
    private static final int BATCH = 2;
    private static final int SIDE = 64;
    private static final int TILE = 128;

    private final UnifmirNetwork network;
    private final Weights weights;
    private final String source;
    private final String sha256;
    private final RestorationModel model;

    private UnifmirPupil(UnifmirNetwork network, StateDict parameters, String sha256) {
        this.network = network;
        this.sha256 = sha256;
        weights = SwinNetwork.weights(network, parameters);
        source = parameters.source();
        model = RestorationModel.of(
                graph(parameters), card("unifmir-" + network.task().title(), ""));
    }

    /**
     * Reads a checkpoint.
     *
     * @throws ModelException if it isn't one of that task, or the task's network can't be taught on pairs of images
     */
    static UnifmirPupil of(Path checkpoint, String task) throws ModelException, IOException {
        UnifmirTask wanted = task(task);
        if (wanted != UnifmirTask.DENOISE && wanted != UnifmirTask.SR) {
            throw new ModelException("UniFMIR networks for '" + task + "' can't be taught on pairs of 2-D images here, "
                    + "only those for 'denoise' and 'sr'");
        }
        return of(CheckpointReader.read(checkpoint), wanted, ImageFiles.sha256(checkpoint));
    }

    static UnifmirPupil of(StateDict parameters, UnifmirTask task, String sha256) throws ModelException {
        return new UnifmirPupil(UnifmirNetwork.read(parameters, task), parameters, sha256);
    }

    private static UnifmirTask task(String title) throws ModelException {
        try {
            return UnifmirTask.of(title);
        } catch (IllegalArgumentException e) {
            throw new ModelException(e.getMessage(), e);
        }
    }

    private GraphBuilder graph(StateDict parameters) {
        return UnifmirGraphs.build(network, parameters, GraphOptions.tile(TILE));
    }

    private ModelCard card(String name, String learnedFrom) {
        ModelCard card = UnifmirCards.card(name, network, GraphOptions.tile(TILE), source, sha256);
        if (learnedFrom.isEmpty()) {
            return card;
        }
        ModelCard.Training training =
                new ModelCard.Training(List.of(learnedFrom), card.training().recipe() + ", then taught");
        return card.withProvenance(
                training,
                card.licence(),
                card.authors(),
                List.of(),
                "Taught on one user's images: for images like those. " + card.limits());
    }

    @Override
    public RestorationModel model() {
        return model;
    }

    @Override
    public Network network() {
        return new SwinNetwork(network);
    }

    @Override
    public int scale() {
        return network.scale();
    }

    @Override
    public Weights weights() {
        return weights.copy();
    }

    /** The transformer itself; the convolutions before and behind it go on learning. */
    @Override
    public BitSet body() {
        BitSet body = new BitSet(weights.count());
        String prefix = network.names().prefix();
        int at = 0;
        for (Weights.Parameter parameter : weights.parameters()) {
            int end = at + parameter.values().length;
            String name = parameter.name().substring(prefix.length());
            if (name.startsWith("layers.") || name.startsWith("norm.") || name.startsWith("patch_embed.")) {
                body.set(at, end);
            }
            at = end;
        }
        return body;
    }

    @Override
    public int batch() {
        return BATCH;
    }

    @Override
    public int side() {
        return SIDE;
    }

    @Override
    public Patch patch(RealPair pair, NoiseRandom random) {
        double[] norm = OpenModel.norm(model.card(), pair.dim());
        return pair.normalised(SIDE, random, norm[0], norm[1] - norm[0]);
    }

    @Override
    public RestorationModel judged(Weights with) {
        return RestorationModel.of(graph(parameters(with)), card(model.card().name(), ""));
    }

    @Override
    public RestorationModel write(Weights learned, Path out, String learnedFrom) throws IOException {
        return RestorationModel.write(out, graph(parameters(learned)), card(Pupil.nameOf(out), learnedFrom));
    }

    private StateDict parameters(Weights learned) {
        return StateDict.of(
                source,
                learned.parameters().stream()
                        .map(p -> (Parameter) new Learned(p))
                        .toList());
    }

    /** A parameter at hand. */
    private record Learned(Weights.Parameter parameter) implements Parameter {
        @Override
        public String name() {
            return parameter.name();
        }

        @Override
        public ElementType type() {
            return ElementType.FLOAT32;
        }

        @Override
        public List<Long> shape() {
            return Arrays.stream(parameter.shape()).boxed().toList();
        }

        @Override
        public float[] floats() {
            return parameter.values().clone();
        }

        @Override
        public TensorContent content() {
            return TensorContent.deferred(ElementType.FLOAT32, count(), this::floats);
        }
    }
}
