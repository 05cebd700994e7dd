package io.nocturne.inference.training;

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
}
