package io.nocturne.inference.training;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.ModelTraining;
import io.nocturne.inference.RestorationModel;
import java.io.IOException;
import java.nio.file.Path;

/** Learning with PyTorch, through DJL. */
public final class TorchTraining implements ModelTraining {
    @Override
    public RestorationModel train(Path recipe, Path data, Path out, Progress progress)
            throws IOException, ModelException {
        return Course.train(recipe, data, out, progress);
    }

    @Override
    public Outcome adapt(RestorationModel from, Footage footage, Path out, Effort effort, Progress progress)
            throws IOException, ModelException {
        Pupil pupil = Pupil.of(from);
        if (pupil.scale() != 1) {
            throw new ModelException(
                    "Model " + from.card().name() + " enlarges images, and a recording has none to show it"
                            + " what they should be: only denoisers learn from recordings; pairs can teach it ('train --pairs')");
        }
        Recording recording = Recording.read(footage.path(), footage.channel());
        return Adapting.on(recording, footage.neighbours(), pupil.judged(pupil.weights()))
                .teach(pupil, out, effort, progress);
    }

    @Override
    public Outcome tune(RestorationModel from, Path pairs, Path out, int folds, Effort effort, Progress progress)
            throws IOException, ModelException {
        return tune(Pupil.of(from), pairs, out, folds, effort, progress);
    }

    @Override
    public Outcome tuneCheckpoint(
            Path checkpoint, String task, Path pairs, Path out, int folds, Effort effort, Progress progress)
            throws IOException, ModelException {
        if (effort.lowPass()) {
            throw new ModelException("The low-pass filter goes with Nocturne's own networks, not with UniFMIR's");
        }
        return tune(Pupil.of(checkpoint, task), pairs, out, folds, effort, progress);
    }

    private static Outcome tune(Pupil pupil, Path pairs, Path out, int folds, Effort effort, Progress progress)
            throws IOException {
        return folds == 0
                ? Tuning.on(pairs, pupil).teach(pupil, out, effort, progress)
                : Tuning.inFolds(pairs, folds, pupil, out, effort, progress);
    }
}
