package io.nocturne.inference.training;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.Normalizer;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A model that restores frames of any sizes; what it needs for a size is kept until it is closed. One thread. */
final class OpenModel implements Further.Eye, AutoCloseable {
    private final RestorationModel model;
    private final Map<FrameSpec, StillRestorer> restorers = new HashMap<>();

    OpenModel(RestorationModel model) {
        this.model = model;
    }

    @Override
    public float[] restore(StillFrame frame, double[] noise) throws IOException {
        try {
            StillRestorer restorer = restorers.get(frame.spec());
            if (restorer == null) {
                restorer = StillRestorer.open(model, frame.spec(), OnnxRestorer.Options.defaults());
                restorers.put(frame.spec(), restorer);
            }
            boolean byNoise = model.card().normalization().rule() == Normalization.Rule.ANSCOMBE;
            return restorer.restoreWith(frame, byNoise ? noise : norm(model.card(), frame));
        } catch (ModelException e) {
            throw new IOException(e.getMessage(), e);
        } catch (Exception e) {
            throw new IOException(
                    "Model " + model.card().name() + " failed on a frame of " + frame.spec() + ": " + e.getMessage(),
                    e);
        }
    }

    /** Normalisation values of a frame seen alone. */
    static double[] norm(ModelCard card, StillFrame frame) {
        double[] norm = new double[RestorerSpec.MAX_NORM];
        StreamSpec stream = StreamSpec.movie("still", frame.spec(), 0, -1);
        new Normalizer(card.normalization(), stream, Optional.empty()).observe(frame, norm);
        return norm;
    }

    @Override
    public void close() {
        restorers.values().forEach(StillRestorer::close);
        restorers.clear();
    }
}
