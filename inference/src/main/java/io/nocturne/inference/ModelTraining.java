package io.nocturne.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
     * How long to go on learning, how fast, and with what.
     *
     * @param batches most batches
     * @param minutes about how many at most, judging included, of which a fifth at least goes into learning; or the
     *     batches are done before
     * @param rate highest rate of learning
     * @param seed of the order of patches
     * @param frozenBody true if only the first and the last layer learn: for few images, of which a whole network would
     *     learn the details by heart
     * @param lowPass true for a low-pass filter behind the network, whose cutoff learns too
     */
    record Effort(int batches, double minutes, double rate, long seed, boolean frozenBody, boolean lowPass) {
        public Effort {
            if (batches < 1 || !(minutes > 0) || !(rate > 0)) {
                throw new IllegalArgumentException(
                        "batches, minutes and rate must be above 0, not " + batches + ", " + minutes + " and " + rate);
            }
        }

        /** The same with another limit of time. */
        public Effort within(double otherMinutes) {
            return new Effort(batches, otherMinutes, rate, seed, frozenBody, lowPass);
        }
    }

    /** Where the second look at the same thing comes from, which stands in for a clean image. */
    enum Neighbours {
        /** The first of the following that the recording has. */
        AUTO("time, depth or the image plane"),
        /** Frames before and after. */
        TIME("time"),
        /** Slices below and above. */
        SLICES("depth"),
        /** Pixels beside each other. */
        PIXELS("the image plane");

        private final String axis;

        Neighbours(String axis) {
            this.axis = axis;
        }

        /** Along what, in words. */
        public String axis() {
            return axis;
        }
    }

    /**
     * A recording to learn from.
     *
     * @param path OME-Zarr, TIFF, NumPy, or a folder of frames
     * @param channel index of the channel, from 0
     * @param neighbours what predicts what
     */
    record Footage(Path path, int channel, Neighbours neighbours) {}

    /**
     * One part of a cross-validation.
     *
     * @param keptOut names of the images that this part kept out
     * @param before mean error on them of the model one started from
     * @param after mean error of the one that learned from the others
     */
    record Fold(List<String> keptOut, double before, double after) {
        public Fold {
            keptOut = List.copyOf(keptOut);
        }

        /** What was won, above 0 if the new model is better. */
        public double gain() {
            return before - after;
        }
    }

    /**
     * What going on learning was good for, on images that were kept out.
     *
     * @param way how it learned, in words
     * @param before error of the model one started from
     * @param after error of the new one
     * @param images how many were kept out
     * @param unit what the errors are
     * @param model the new one; empty if it isn't better, then nothing was written
     * @param folds parts of a cross-validation; empty if there was none
     */
    record Outcome(
            String way,
            double before,
            double after,
            int images,
            String unit,
            Optional<RestorationModel> model,
            List<Fold> folds) {
        public Outcome {
            folds = List.copyOf(folds);
        }
    }

    /**
     * Teaches one of our networks on a recording without any reference. A part that is never trained on says whether it
     * helped: the last fifth of the frames of a movie, else the lower fifth of all frames.
     *
     * @param from the model to start from
     * @param out file for the new model, ending in {@code .onnx}
     * @throws ModelException if the model is none that can learn here
     */
    Outcome adapt(RestorationModel from, Footage footage, Path out, Effort effort, Progress progress)
            throws IOException, ModelException;

    /**
     * Teaches one of our networks on pairs of dim and bright images of the same fields. Every fifth pair, at least one, is
     * never trained on and says whether it helped. With folds, each pair is kept out once, by as many trainings as there
     * are folds; if these helped on average, one more training on all pairs makes the model.
     *
     * @param pairs folder with the folders {@code noisy} and {@code clean}, same file names in both; for a model that
     *     enlarges, clean images are as much larger
     * @param out file for the new model, ending in {@code .onnx}
     * @param folds 2 to the number of pairs; 0 for one training and no folds
     * @param effort of each training; its minutes are those of all together
     * @throws ModelException if the model is none that can learn here
     */
    Outcome tune(RestorationModel from, Path pairs, Path out, int folds, Effort effort, Progress progress)
            throws IOException, ModelException;

    /**
     * The same from a published UniFMIR checkpoint, which needs no import before. A smoke test on a CPU, where a batch
     * takes seconds; real work wants a GPU, which these parts don't use.
     *
     * @param task as {@code import-unifmir} names it; {@code denoise} and {@code sr} can be taught
     */
    Outcome tuneCheckpoint(
            Path checkpoint, String task, Path pairs, Path out, int folds, Effort effort, Progress progress)
            throws IOException, ModelException;
}
