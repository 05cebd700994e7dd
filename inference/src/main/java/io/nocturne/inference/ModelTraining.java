package io.nocturne.inference;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Learning, as the rest of the program sees it. The parts that do it are large and optional: they are found with
 * {@link java.util.ServiceLoader} where their jars are on the class path. Calls take minutes to hours, on the caller's
 * thread.
 */
public interface ModelTraining {
    /** Hears how far it is; called now and then on the thread that trains. */
    interface Progress {
        /**
         * Tells how far it is.
         *
         * @param share done, 0 to 1
         * @param message what is going on, one line
         */
        void tell(double share, String message);
    }

    /**
     * Trains a model from nothing.
     *
     * @param recipe a {@code .recipe.json} file
     * @param data folder that the recipe's paths start from
     * @param out folder for {@code NAME.onnx} and its card
     */
    RestorationModel train(Path recipe, Path data, Path out, Progress progress) throws IOException, ModelException;
}
