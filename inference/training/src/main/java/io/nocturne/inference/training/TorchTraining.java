package io.nocturne.inference.training;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.ModelTraining;
import io.nocturne.inference.RestorationModel;
import java.io.IOException;
import java.nio.file.Path;

/** Learning with PyTorch, through DJL. */
public final class TorchTraining implements ModelTraining {
    @Override
    public RestorationModel train(Path recipe, Path data, Path out, Progress progress) throws IOException {
        return Course.train(recipe, data, out, progress);
    }

    @Override
    public Outcome adapt(RestorationModel from, Path recording, Path out, Effort effort, Progress progress)
            throws IOException, ModelException {
        return Adapting.on(recording, effort).teach(Pupil.of(from), out, effort, progress);
    }

    @Override
    public Outcome tune(RestorationModel from, Path pairs, Path out, Effort effort, Progress progress)
            throws IOException, ModelException {
        return Tuning.on(pairs, effort).teach(Pupil.of(from), out, effort, progress);
    }
}
