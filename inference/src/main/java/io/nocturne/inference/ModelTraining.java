package io.nocturne.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

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

    /**
     * How long to go on learning, and how fast.
     *
     * @param batches most batches
     * @param minutes most minutes; whichever comes first
     * @param rate highest rate of learning
     * @param seed of the order of patches
     */
    record Effort(int batches, double minutes, double rate, long seed) {
        public Effort {
            if (batches < 1 || !(minutes > 0) || !(rate > 0)) {
                throw new IllegalArgumentException(
                        "batches, minutes and rate must be above 0, not " + batches + ", " + minutes + " and " + rate);
            }
        }
    }

    /**
     * What going on learning was good for, on images that were kept out.
     *
     * @param before error of the model one started from
     * @param after error of the new one
     * @param images how many were kept out
     * @param unit what the errors are
     * @param model the new one; empty if it isn't better, then nothing was written
     */
    record Outcome(double before, double after, int images, String unit, Optional<RestorationModel> model) {}

    /**
     * Teaches one of our networks on a recording without any reference: from each frame the next one is predicted, and
     * the reverse. The last fifth of the frames is never trained on and says whether it helped.
     *
     * @param from the model to start from
     * @param recording frames of one channel, position and slice, at least ten
     * @param out file for the new model, ending in {@code .onnx}
     * @throws ModelException if the model is none that can learn here
     */
    Outcome adapt(RestorationModel from, Path recording, Path out, Effort effort, Progress progress)
            throws IOException, ModelException;

    /**
     * Teaches one of our networks on pairs of dim and bright images of the same fields. Every fifth pair, at least one,
     * is never trained on and says whether it helped.
     *
     * @param pairs folder with the folders {@code noisy} and {@code clean}, same file names in both
     * @param out file for the new model, ending in {@code .onnx}
     * @throws ModelException if the model is none that can learn here
     */
    Outcome tune(RestorationModel from, Path pairs, Path out, Effort effort, Progress progress)
            throws IOException, ModelException;
}
