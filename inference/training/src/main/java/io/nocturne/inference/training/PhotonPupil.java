package io.nocturne.inference.training;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.graph.OnnxConstants;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/** One of our networks as it comes out of a model file, and the way back into one. */
final class PhotonPupil implements Pupil {
    private static final int BATCH = 8;
    private static final int SIDE = 96;

    private final RestorationModel model;
    private final PhotonNetwork network;
    private final Form form;
    private final Weights weights;

    private PhotonPupil(RestorationModel model, PhotonNetwork network, Form form, Weights weights) {
        this.model = model;
        this.network = network;
        this.form = form;
        this.weights = weights;
    }

    /**
     * Reads a model's network and weights.
     *
     * @throws ModelException if it is none of ours
     */
    static PhotonPupil of(RestorationModel model) throws ModelException, IOException {
        Map<String, String> metadata = model.describe().metadata();
        String description = metadata.get(NetworkFile.NETWORK_KEY);
        if (description == null) {
            throw new ModelException("Model " + model.card().name()
                    + " can't go on learning here: it is none of Nocturne's own networks, such as denoise-fast");
        }
        PhotonNetwork network = PhotonNetwork.parse(description);
        Weights weights = network.begin(1);
        try (InputStream in = model.file().isPresent()
                ? Files.newInputStream(model.file().get())
                : new ByteArrayInputStream(model.bytes())) {
            weights.load(OnnxConstants.read(in));
        }
        if (metadata.containsKey(NetworkFile.LOW_PASS_KEY)) {
            weights.addLowPass(Float.parseFloat(metadata.get(NetworkFile.LOW_PASS_KEY)));
        }
        return new PhotonPupil(model, network, Form.of(metadata), weights);
    }

    @Override
    public RestorationModel model() {
        return model;
    }

    @Override
    public Network network() {
        return network;
    }

    @Override
    public int scale() {
        return network.scale();
    }

    @Override
    public Weights weights() {
        return weights.copy();
    }

    @Override
    public BitSet body() {
        return weights.body();
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
        return pair.patch(SIDE, random);
    }

    /** One that looks back at earlier frames would be shown the same noise again; it is judged by the newest alone. */
    @Override
    public RestorationModel judged(Weights with) {
        Form alone = form.earlier() > 0 ? Form.SINGLE : form;
        ModelCard card = NetworkFile.describe(ModelCard.of(model.card().name(), "denoise", ""), network, alone);
        return RestorationModel.of(NetworkFile.graph("judged", network, with, alone), card);
    }

    @Override
    public RestorationModel write(Weights learned, Path out, String learnedFrom) throws IOException {
        NetworkFile.check(network, learned);
        String name = Pupil.nameOf(out);
        return RestorationModel.write(out, NetworkFile.graph(name, network, learned, form), card(name, learnedFrom));
    }

    private ModelCard card(String name, String learnedFrom) {
        ModelCard old = model.card();
        List<String> data = new ArrayList<>();
        if (old.training() != null) {
            data.addAll(old.training().data());
        }
        data.add(learnedFrom);
        return NetworkFile.describe(
                        ModelCard.of(name, old.task(), "From " + old.name() + ", taught on " + learnedFrom),
                        network,
                        form)
                .withProvenance(
                        new ModelCard.Training(data, "from " + old.name() + " " + model.identity()),
                        old.licence(),
                        old.authors(),
                        List.of(),
                        "Taught on one user's images: for images like those. " + old.limits());
    }
}
