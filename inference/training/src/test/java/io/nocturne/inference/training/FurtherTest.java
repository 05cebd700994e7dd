package io.nocturne.inference.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.inference.Baselines;
import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.ModelTraining.Effort;
import io.nocturne.inference.ModelTraining.Footage;
import io.nocturne.inference.ModelTraining.Neighbours;
import io.nocturne.inference.ModelTraining.Outcome;
import io.nocturne.inference.ModelTraining.Progress;
import io.nocturne.inference.RestorationModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Going on from a model: on a movie's own noise, and on pairs. */
class FurtherTest {
    private static final int SIDE = 96;
    private static final Progress QUIET = (share, message) -> {};

    @TempDir
    Path folder;

    private RestorationModel start;

    @BeforeEach
    void aNetworkThatHasNotLearnedYet() {
        Unet network = new Unet(4, List.of(8, 8), 1);
        start = RestorationModel.of(
                NetworkFile.graph("start", network, network.begin(5), Form.SINGLE),
                NetworkFile.describe(ModelCard.of("start", "denoise", "A blur"), network, Form.SINGLE));
    }

    private static void write(Path file, double noise, long seed) throws IOException {
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < SIDE * SIDE; i++) {
            double light = 60 + 40 * Math.sin(i % SIDE / 11.0) + (i / SIDE > 50 ? 30 : 0);
            int value = (int) Math.round(light + noise * random.nextGaussian());
            image.getRaster().setSample(i % SIDE, i / SIDE, 0, Math.min(255, Math.max(0, value)));
        }
        ImageIO.write(image, "png", file.toFile());
    }

    private Path movie() throws IOException {
        Path movie = Files.createDirectory(folder.resolve("movie"));
        for (int t = 0; t < 14; t++) {
            write(movie.resolve("frame_" + (10 + t) + ".png"), 16, t);
        }
        return movie;
    }

    private Footage footage() throws IOException {
        return new Footage(movie(), 0, Neighbours.AUTO);
    }

    private Path pairs(int count) throws IOException {
        Path pairs = folder.resolve("pairs");
        Files.createDirectories(pairs.resolve("noisy"));
        Files.createDirectories(pairs.resolve("clean"));
        for (int i = 0; i < count; i++) {
            write(pairs.resolve("noisy").resolve(i + ".png"), 16, i);
            write(pairs.resolve("clean").resolve(i + ".png"), 0, i);
        }
        return pairs;
    }

    @Test
    void aMoviesOwnNoiseTeachesAndTheFramesKeptOutSaySo() throws Exception {
        Path out = folder.resolve("mine.onnx");
        Outcome outcome =
                new TorchTraining().adapt(start, footage(), out, new Effort(60, 5, 2e-3, 1, false, false), QUIET);
        assertThat(outcome.after()).isLessThan(outcome.before());
        assertThat(outcome.images()).isEqualTo(1);
        assertThat(RestorationModel.load(out).card().limits()).contains("one user's images");
    }

    @Test
    void aModelThatBecameWorseIsNotWritten() throws Exception {
        Path out = folder.resolve("worse.onnx");
        Outcome outcome = new TorchTraining().adapt(start, footage(), out, new Effort(8, 5, 3, 1, false, false), QUIET);
        assertThat(outcome.after()).isGreaterThan(outcome.before());
        assertThat(outcome.model()).isEmpty();
        assertThat(out).doesNotExist();
    }

    @Test
    void pairsTeachAndThePairsKeptOutSaySo() throws Exception {
        Outcome outcome = new TorchTraining()
                .tune(
                        start,
                        pairs(3),
                        folder.resolve("tuned.onnx"),
                        0,
                        new Effort(50, 5, 2e-3, 1, false, false),
                        QUIET);
        assertThat(outcome.after()).isLessThan(outcome.before() - 0.2);
        assertThat(outcome.model()).isPresent();
    }

    @Test
    void eachPairIsKeptOutOnceAndAllOfThemMakeTheModel() throws Exception {
        List<String> messages = new ArrayList<>();
        Outcome outcome = new TorchTraining()
                .tune(
                        start,
                        pairs(4),
                        folder.resolve("folded.onnx"),
                        3,
                        new Effort(30, 5, 2e-3, 1, false, false),
                        (share, message) -> messages.add(message));
        assertThat(outcome.folds()).hasSize(3).allSatisfy(fold -> assertThat(fold.gain())
                .isPositive());
        assertThat(outcome.folds().stream().flatMap(fold -> fold.keptOut().stream()))
                .containsExactlyInAnyOrder("0.png", "1.png", "2.png", "3.png");
        assertThat(outcome.images()).isEqualTo(4);
        assertThat(outcome.before() - outcome.after()).isGreaterThan(0.2);
        assertThat(outcome.model()).isPresent();
        assertThat(messages)
                .anyMatch(message -> message.startsWith("fold 2 of 3: batch 30 of 30"))
                .anyMatch(message -> message.startsWith("on all pairs: batch 30 of 30"));
    }

    @Test
    void eachTrainingStartsFromTheModelAndNotFromTheOneBefore() throws Exception {
        Pupil pupil = Pupil.of(start);
        Tuning tuning = Tuning.on(pairs(3), pupil);
        Effort effort = new Effort(5, 5, 2e-3, 1, false, false);
        float[] once = tuning.learn(pupil, effort, QUIET).flat();
        float[] again = tuning.learn(pupil, effort, QUIET).flat();
        assertThat(again).isEqualTo(once);
        assertThat(once).isNotEqualTo(pupil.weights().flat());
    }

    @Test
    void foldsThatDoNotFitThePairsAreRefused() {
        assertThatThrownBy(() -> new TorchTraining()
                        .tune(
                                start,
                                pairs(2),
                                folder.resolve("x.onnx"),
                                3,
                                new Effort(1, 1, 1e-3, 1, false, false),
                                QUIET))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("choose 2 to 2");
    }

    @Test
    void aFrozenBodyStaysAsItWasWhileItsEndsLearn() throws Exception {
        Path out = folder.resolve("ends.onnx");
        Outcome outcome =
                new TorchTraining().tune(start, pairs(3), out, 0, new Effort(50, 5, 2e-3, 1, true, false), QUIET);
        assertThat(outcome.after()).isLessThan(outcome.before());
        Weights before = Pupil.of(start).weights();
        Weights after = Pupil.of(RestorationModel.load(out)).weights();
        for (String layer : List.of("down0b", "down1a", "down1b", "lift0", "up0")) {
            assertThat(after.layer(layer).kernel().values())
                    .isEqualTo(before.layer(layer).kernel().values());
        }
        for (String layer : List.of("down0a", "out")) {
            assertThat(after.layer(layer).kernel().values())
                    .isNotEqualTo(before.layer(layer).kernel().values());
        }
    }

    @Test
    void aLowPassFilterBehindTheNetworkLearnsItsCutoff() throws Exception {
        Path out = folder.resolve("smooth.onnx");
        Outcome outcome =
                new TorchTraining().tune(start, pairs(3), out, 0, new Effort(60, 5, 4e-3, 1, false, true), QUIET);
        assertThat(outcome.after()).isLessThan(outcome.before());
        assertThat(outcome.way()).contains("low-pass filter of 0.");
        Weights learned = Pupil.of(RestorationModel.load(out)).weights();
        assertThat(learned.lowPass().orElseThrow().values()[0]).isBetween(0.1f, 0.49f);
        assertThat(learned.body().get(learned.count() - 1)).isFalse();
    }

    @Test
    void aFilterThatPassesEverythingChangesNothing() {
        Unet network = new Unet(4, List.of(8, 8), 1);
        Weights plain = network.begin(5);
        Weights open = plain.copy();
        open.addLowPass(0.5f);
        Picture image = new Picture(64, 64, new float[64 * 64]);
        for (int i = 0; i < 64 * 64; i++) {
            image.values()[i] = i * 37 % 11;
        }
        List<Patch> patch = List.of(new Patch(image, image, 1, 1));
        assertThat(Teacher.restore(network, open, patch))
                .containsExactly(Teacher.restore(network, plain, patch), within(1e-3f));
        Weights narrow = plain.copy();
        narrow.addLowPass(0.1f);
        NetworkFile.check(network, narrow);
        assertThat(Teacher.restore(network, narrow, patch)).isNotEqualTo(Teacher.restore(network, plain, patch));
    }

    @Test
    void aModelThatIsNoneOfOursIsRefused() {
        assertThatThrownBy(() -> Pupil.of(Baselines.gaussian(1.5)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("none of Nocturne's own networks");
    }
}
