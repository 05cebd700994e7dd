package io.nocturne.inference.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nocturne.inference.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything that repeats a training: the file {@code NAME.recipe.json}.
 *
 * @param name of the model
 * @param summary of the model, one line
 * @param limits where it is known to fail
 * @param network as {@link PhotonNetwork#describe} writes it
 * @param from model whose weights it starts from, a file beside the model to be; empty for fresh ones. One that keeps the
 *     size of frames may be the start of one that doubles it ({@link Enlargement})
 * @param views how many mirrored and shifted views the model averages over, 1, 4 or 8
 * @param earlier how many earlier frames the model looks at
 * @param seed of weights, scenes, cameras and the order of patches
 * @param schedule how long and how fast
 * @param mix shares of the kinds of patches; what they leave of one are scenes made up
 * @param sources real images, by path below the data folder
 */
record Recipe(
        String name,
        String summary,
        String limits,
        String network,
        String from,
        int views,
        int earlier,
        long seed,
        Schedule schedule,
        Mix mix,
        List<ImageSource> sources) {
    Recipe {
        from = from == null ? "" : from;
        views = views == 0 ? 1 : views;
        sources = List.copyOf(sources);
    }

    Form form() {
        return new Form(views, earlier);
    }

    /**
     * @param iterations batches
     * @param batch patches of one batch
     * @param patch side of the network's input
     * @param rate highest rate of learning, reached after {@code warmUp} batches and falling to zero along a cosine
     * @param clip largest norm of a gradient
     * @param average share of the averaged weights that each batch keeps
     * @param stop batches after which it ends, before the schedule does; 0 for all
     * @param lossFloor added to a patch's mean squared error, in units of its noise's variance, before the logarithm
     * @param blankPeaks weight of what stands out of patches without anything to be seen: it multiplies the fourth root of
     *     their mean eighth power of errors, which is added to the mean squared error; 0 for none
     */
    record Schedule(
            int iterations,
            int batch,
            int patch,
            double rate,
            int warmUp,
            double clip,
            double average,
            double lossFloor,
            int stop,
            double blankPeaks) {
        /** Batches that are really taken. */
        int batches() {
            return stop > 0 ? Math.min(stop, iterations) : iterations;
        }

        double rateAt(int iteration) {
            if (iteration < warmUp) {
                return rate * (iteration + 1) / warmUp;
            }
            double share = (double) (iteration - warmUp) / Math.max(1, iterations - warmUp);
            return rate * 0.5 * (1 + Math.cos(Math.PI * share));
        }
    }

    /**
     * @param clean real images under simulated noise
     * @param pairs real noise
     * @param flat nothing but background
     * @param scenes number of scenes made up before the start
     * @param deep share of these that reach out of focus
     * @param asters share of the cells in those that are filled by filaments from one place
     * @param lively of four patches, how many are the livelier of two places in their image, 0 to 4; 0 is as 1, and pairs are
     *     looked at twice only from 2 on
     * @param dim power of a random share that tells how bright a patch's light is, between the least and the most on a
     *     logarithmic scale: 1 for all alike, more for dim ones; 0 is as 1
     */
    record Mix(
            double clean, double pairs, double flat, int scenes, double deep, double asters, int lively, double dim) {
        Mix {
            if (asters < 0 || asters > 1 || lively < 0 || lively > 4 || dim < 0) {
                throw new IllegalArgumentException(
                        "mix.asters goes from 0 to 1, mix.lively from 0 to 4, mix.dim from 0 up; not " + asters + ", "
                                + lively + " and " + dim);
            }
            lively = lively == 0 ? 1 : lively;
            dim = dim == 0 ? 1 : dim;
        }
    }

    /**
     * @param clean image to be exposed anew, or reference of a pair
     * @param noisy the same field in dim light; empty for none
     * @param sha256 of the files, clean first
     * @param licence and whom to thank
     * @param weight how often it is drawn, against others of its kind
     */
    record ImageSource(String clean, String noisy, List<String> sha256, String licence, double weight) {
        ImageSource {
            noisy = noisy == null ? "" : noisy;
            sha256 = sha256 == null ? List.of() : List.copyOf(sha256);
        }

        boolean isPair() {
            return !noisy.isEmpty();
        }
    }

    /**
     * Reads a recipe.
     *
     * @throws ModelException if it is none: an unknown key, a value out of range
     */
    static Recipe read(Path file) throws IOException, ModelException {
        try {
            return JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build()
                    .readValue(Files.readString(file), Recipe.class);
        } catch (UnrecognizedPropertyException e) {
            throw new ModelException(
                    "Recipe " + file + " has the unknown key '" + e.getPropertyName() + "'; those in its place are "
                            + e.getKnownPropertyIds(),
                    e);
        } catch (JsonProcessingException e) {
            String why = e.getCause() instanceof IllegalArgumentException cause
                    ? cause.getMessage()
                    : e.getOriginalMessage();
            throw new ModelException("Recipe " + file + " can't be read: " + why, e);
        }
    }
}
