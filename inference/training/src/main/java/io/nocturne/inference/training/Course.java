package io.nocturne.inference.training;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.ModelTraining.Progress;
import io.nocturne.inference.RestorationModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A training from a recipe, from the first random weight to the model file. */
final class Course {
    private static final int TELL_EVERY = 50;
    private static final int KEEP_EVERY = 1000;

    private Course() {}

    /**
     * Trains and writes {@code NAME.onnx} and its card. Every {@value #KEEP_EVERY} batches the model so far lies there
     * already, so that a training that is cut off isn't lost.
     *
     * @param data folder that the recipe's paths start from
     * @param out folder for the model
     */
    static RestorationModel train(Path recipeFile, Path data, Path out, Progress progress)
            throws IOException, ModelException {
        Recipe recipe = Recipe.read(recipeFile);
        PhotonNetwork network = PhotonNetwork.parse(recipe.network());
        Recipe.Schedule schedule = recipe.schedule();
        Weights start = start(recipe, network, out);
        Files.createDirectories(out);
        Path file = out.resolve(recipe.name() + ".onnx");
        progress.tell(
                0,
                "reads " + recipe.sources().size() + " images, makes "
                        + recipe.mix().scenes() + " scenes");
        Lessons lessons = Lessons.open(recipe, data, network.scale());
        double smooth = Double.NaN;
        try (Teacher teacher = new Teacher(network, start, schedule)) {
            for (int i = 0; i < schedule.batches(); i++) {
                List<Patch> batch = new ArrayList<>();
                for (int k = 0; k < schedule.batch(); k++) {
                    batch.add(lessons.next());
                }
                float loss = teacher.learn(batch, schedule.rateAt(i));
                smooth = Double.isNaN(smooth) ? loss : 0.99 * smooth + 0.01 * loss;
                if ((i + 1) % TELL_EVERY == 0) {
                    progress.tell(
                            (i + 1.0) / schedule.batches(),
                            String.format(Locale.ROOT, "batch %d of %d, loss %.3f", i + 1, schedule.batches(), smooth));
                }
                if ((i + 1) % KEEP_EVERY == 0) {
                    write(file, recipe, network, teacher.learned());
                }
            }
            Weights weights = teacher.learned();
            NetworkFile.check(network, weights);
            return write(file, recipe, network, weights);
        }
    }

    private static Weights start(Recipe recipe, PhotonNetwork network, Path out) throws IOException, ModelException {
        Weights start = network.begin(recipe.seed());
        if (!recipe.from().isEmpty()) {
            Path from = out.resolve(recipe.from());
            if (!Files.isRegularFile(from)) {
                throw new IOException("The recipe " + recipe.name() + " goes on from " + recipe.from()
                        + ", which is not in " + out + ": train "
                        + recipe.from().replaceFirst("\\.onnx$", ".recipe.json") + " into it first");
            }
            Map<String, float[]> given = network.widened(NetworkFile.weights(from), start);
            try {
                start.load(Enlargement.of(given, start, network.block(), network.scale()));
            } catch (IllegalArgumentException e) {
                throw new ModelException(
                        "The recipe " + recipe.name() + " goes on from " + from + ", whose network can't become '"
                                + network.describe()
                                + "': it has to have the same blocks and levels, and no more channels",
                        e);
            }
        }
        return start;
    }

    private static RestorationModel write(Path file, Recipe recipe, PhotonNetwork network, Weights weights)
            throws IOException {
        return RestorationModel.write(
                file, NetworkFile.graph(recipe.name(), network, weights, recipe.form()), card(recipe, network));
    }

    static ModelCard card(Recipe recipe, PhotonNetwork network) {
        List<String> credits = recipe.sources().stream()
                .map(Recipe.ImageSource::licence)
                .distinct()
                .toList();
        String task = network.scale() == 1 ? "denoise" : "super-resolution";
        return NetworkFile.describe(ModelCard.of(recipe.name(), task, recipe.summary()), network, recipe.form())
                .withProvenance(
                        new ModelCard.Training(credits, recipe.name() + ".recipe.json, seed " + recipe.seed()),
                        "Apache-2.0",
                        List.of("Nocturne"),
                        List.of(),
                        recipe.limits());
    }
}
