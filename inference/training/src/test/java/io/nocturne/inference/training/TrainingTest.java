package io.nocturne.inference.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.RestorationModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings of smoke size: the whole way from a recipe to a model file, in seconds. */
class TrainingTest {
    @TempDir
    Path folder;

    private Path recipe(String network, int iterations) throws IOException {
        return recipe(network, iterations, Map.of("clean", 0.0, "pairs", 0.0, "flat", 0.1, "scenes", 8), List.of());
    }

    private Path recipe(String network, int iterations, Map<String, Object> mix, List<Map<String, Object>> sources)
            throws IOException {
        Map<String, Object> schedule = Map.of(
                "iterations",
                iterations,
                "batch",
                4,
                "patch",
                32,
                "rate",
                3e-3,
                "warmUp",
                5,
                "clip",
                1.0,
                "average",
                0.99,
                "lossFloor",
                0.002);
        Map<String, Object> recipe = Map.of(
                "name",
                "smoke",
                "views",
                network.endsWith("16") ? 4 : 1,
                "summary",
                "s",
                "limits",
                "l",
                "network",
                network,
                "seed",
                7,
                "schedule",
                schedule,
                "mix",
                mix,
                "sources",
                sources);
        Path file = folder.resolve("smoke.recipe.json");
        new ObjectMapper().writeValue(file.toFile(), recipe);
        return file;
    }

    private void image(String name, double noise) throws IOException {
        Random random = new Random(3);
        BufferedImage image = new BufferedImage(80, 72, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                double light = 90 + 50 * Math.sin(x / 7.0) * Math.cos(y / 9.0) + noise * random.nextGaussian();
                image.getRaster().setSample(x, y, 0, (int) Math.max(0, light));
            }
        }
        ImageIO.write(image, "png", folder.resolve(name).toFile());
    }

    /** Scenes, real images under simulated noise and real pairs, several views, one thread. */
    @Test
    void trainingAgainGivesTheSameModelByteForByte() throws Exception {
        image("clean.png", 0);
        image("dim.png", 15);
        Map<String, Object> alone = Map.of("clean", "clean.png", "licence", "none", "weight", 1);
        Map<String, Object> pair = Map.of("clean", "clean.png", "noisy", "dim.png", "licence", "none", "weight", 1);
        Map<String, Object> mix = Map.of(
                "clean", 0.3, "pairs", 0.3, "flat", 0.1, "scenes", 8, "deep", 0.8, "asters", 0.5, "lively", 4, "dim",
                1.5);
        Path recipe = recipe("unet 2 1 8 16", 6, mix, List.of(alone, pair));
        Course.train(recipe, folder, folder.resolve("a"), (share, message) -> {});
        Course.train(recipe, folder, folder.resolve("b"), (share, message) -> {});
        assertThat(folder.resolve("a/smoke.onnx")).hasSameBinaryContentAs(folder.resolve("b/smoke.onnx"));
        assertThat(ModelCatalog.open(List.of(folder.resolve("a")))
                        .find("smoke")
                        .card()
                        .scale())
                .isEqualTo(1);
    }

    @Test
    void aRecipeThatGoesOnFromAMissingModelSaysWhatToTrainFirst() {
        Path recipe = Path.of("recipes/denoise-fast.recipe.json");
        assertThatThrownBy(() -> Course.train(recipe, folder, folder.resolve("new"), (share, message) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("goes on from denoise-base.onnx")
                .hasMessageContaining("train denoise-base.recipe.json into it first");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void aRecipeThatGoesOnFromANetworkOfAnotherFormNamesBoth() throws Exception {
        Path out = folder.resolve("models");
        Course.train(recipe("unet 2 1 8 12", 1), folder, out, (share, message) -> {});
        Files.move(out.resolve("smoke.onnx"), out.resolve("blocks-of-two.onnx"));
        for (String other : List.of("unet 4 1 8 12", "unet 2 1 4 12", "unet 2 1 8 12 16", "swin 2 1 8 2 2")) {
            Path recipe = changed(recipe(other, 1), "\"name\"", "\"from\":\"blocks-of-two.onnx\",\"name\"");
            assertThatThrownBy(() -> Course.train(recipe, folder, out, (share, message) -> {}))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("blocks-of-two.onnx")
                    .hasMessageContaining("'" + other + "'");
        }
    }

    @Test
    void whatIsWrongWithARecipeIsNamed() throws Exception {
        Path misspelt = changed(recipe("unet 2 1 8", 1), "\"scenes\"", "\"scense\"");
        assertThatThrownBy(() -> Recipe.read(misspelt))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(misspelt.toString())
                .hasMessageContaining("'scense'")
                .hasMessageContaining("scenes");
        Path outOfRange = changed(recipe("unet 2 1 8", 1), "\"scenes\"", "\"lively\":5,\"scenes\"");
        assertThatThrownBy(() -> Recipe.read(outOfRange))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("mix.lively from 0 to 4")
                .hasMessageNotContaining("io.nocturne");
        Path torn = changed(recipe("unet 2 1 8", 1), "}", "");
        assertThatThrownBy(() -> Recipe.read(torn))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("can't be read");
    }

    private static Path changed(Path recipe, String from, String to) throws IOException {
        String text = Files.readString(recipe);
        assertThat(text).contains(from);
        return Files.writeString(recipe, text.replace(from, to));
    }

    /** Attention learns like any layer: the same bits each time, and a model of any size that says what it says. */
    @Test
    void aTransformerTrainsToTheSameModelByteForByteAndBeatsTheBlurThatItStartsFrom() throws Exception {
        Path recipe = recipe("swin 4 1 8 2 2", 20);
        Course.train(recipe, folder, folder.resolve("a"), (share, message) -> {});
        Course.train(recipe, folder, folder.resolve("b"), (share, message) -> {});
        assertThat(folder.resolve("a/smoke.onnx")).hasSameBinaryContentAs(folder.resolve("b/smoke.onnx"));
        PhotonNetwork network = PhotonNetwork.parse("swin 4 1 8 2 2");
        Weights learned = network.begin(1);
        learned.load(NetworkFile.weights(folder.resolve("a/smoke.onnx")));
        List<Patch> unseen = patches(Lessons.open(Recipe.read(recipe), folder, 1), 24);
        assertThat(logError(network, learned, unseen)).isLessThan(logError(network, network.begin(7), unseen) - 0.1);
    }

    @Test
    void aNetworkForTwiceTheSizeTrainsTooAndItsModelAgreesWithIt() throws Exception {
        RestorationModel model =
                Course.train(recipe("unet 4 2 8 8", 2), folder, folder.resolve("x2"), (share, message) -> {});
        assertThat(model.card().scale()).isEqualTo(2);
        assertThat(model.card().task()).isEqualTo("super-resolution");
    }

    @Test
    void sixtyBatchesBeatTheBlurThatANetworkStartsFrom() throws Exception {
        Recipe recipe = Recipe.read(recipe("unet 4 1 16 24", 60));
        PhotonNetwork network = PhotonNetwork.parse(recipe.network());
        Lessons lessons = Lessons.open(recipe, folder, 1);
        List<Patch> unseen = patches(lessons, 24);
        try (Teacher teacher = new Teacher(network, network.begin(1), recipe.schedule())) {
            for (int i = 0; i < 60; i++) {
                teacher.learn(patches(lessons, 4), recipe.schedule().rateAt(i));
            }
            double before = logError(network, network.begin(1), unseen);
            assertThat(logError(network, teacher.learned(), unseen)).isLessThan(before - 0.1);
        }
    }

    private static List<Patch> patches(Lessons lessons, int count) {
        List<Patch> patches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            patches.add(lessons.next());
        }
        return patches;
    }

    private static double logError(PhotonNetwork network, Weights weights, List<Patch> patches) {
        double sum = 0;
        for (Patch patch : patches) {
            float[] restored = Teacher.restore(network, weights, List.of(patch));
            double error = 0;
            for (int i = 0; i < restored.length; i++) {
                error += Math.pow(restored[i] - patch.target().values()[i], 2) / restored.length;
            }
            sum += Math.log(error / patch.noiseVariance() + 0.002) / patches.size();
        }
        return sum;
    }

    @Test
    void anImageThatIsNotTheRecipesOwnIsRefused() throws Exception {
        Files.write(folder.resolve("other.png"), new byte[] {1, 2, 3});
        Recipe.ImageSource wrong = new Recipe.ImageSource("other.png", "", List.of("00"), "none", 1);
        Recipe start = Recipe.read(recipe("unet 2 1 8", 1));
        Recipe recipe =
                new Recipe("x", "", "", start.network(), "", 1, 0, 1, start.schedule(), start.mix(), List.of(wrong));
        assertThatThrownBy(() -> Lessons.open(recipe, folder, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not the one that the recipe tells of");
    }
}
