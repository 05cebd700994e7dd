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
        start = fresh(new Unet(4, List.of(8, 8), 1));
    }

    private static RestorationModel fresh(PhotonNetwork network) {
        return RestorationModel.of(
                NetworkFile.graph("start", network, network.begin(5), Form.SINGLE),
                NetworkFile.describe(ModelCard.of("start", "denoise", "A blur"), network, Form.SINGLE));
    }

    private static void write(Path file, double noise, long seed) throws IOException {
        write(file, noise, seed, 1);
    }

    /** The same field on a finer grid of pixels. */
    private static void write(Path file, double noise, long seed, int scale) throws IOException {
        Random random = new Random(seed);
        int side = scale * SIDE;
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < side * side; i++) {
            double x = (i % side + 0.5) / scale - 0.5;
            int row = i / side;
            double y = (row + 0.5) / scale - 0.5;
            double light = 60 + 40 * Math.sin(x / 11.0) + (y > 50 ? 30 : 0);
            int value = (int) Math.round(light + noise * random.nextGaussian());
            image.getRaster().setSample(i % side, i / side, 0, Math.min(255, Math.max(0, value)));
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
        return pairs(count, 1);
    }

    private Path pairs(int count, int scale) throws IOException {
        Path pairs = folder.resolve("pairs");
        Files.createDirectories(pairs.resolve("noisy"));
        Files.createDirectories(pairs.resolve("clean"));
        for (int i = 0; i < count; i++) {
            write(pairs.resolve("noisy").resolve(i + ".png"), 16, i);
            write(pairs.resolve("clean").resolve(i + ".png"), 0, i, scale);
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
    void judgingComesOutOfTheMinutesButNeverAllOfThem() {
        assertThat(Further.learning(10, 4)).isEqualTo(6);
        assertThat(Further.learning(10, 9)).isEqualTo(2);
        assertThat(Further.learning(10, 400)).isEqualTo(2);
    }

    @Test
    void aTrainingThatNeverEndsByItsBatchesEndsByTheClockAndIsJudged() throws Exception {
        List<String> messages = new ArrayList<>();
        Outcome outcome = new TorchTraining()
                .tune(
                        start,
                        pairs(2),
                        folder.resolve("timed.onnx"),
                        2,
                        new Effort(Integer.MAX_VALUE, 0.02, 2e-3, 1, false, false),
                        (share, message) -> messages.add(message));
        assertThat(outcome.folds()).hasSize(2);
        assertThat(outcome.after()).isFinite();
        assertThat(messages).contains("fold 2 of 2: judges the new model");
    }

    @Test
    void aModelThatEnlargesLearnsFromCleanImagesOfTwiceTheSize() throws Exception {
        Path out = folder.resolve("finer.onnx");
        RestorationModel twice = fresh(new Unet(4, List.of(8, 8), 2));
        Outcome outcome =
                new TorchTraining().tune(twice, pairs(3, 2), out, 0, new Effort(30, 5, 2e-3, 1, false, false), QUIET);
        assertThat(outcome.after()).isLessThan(outcome.before() - 0.2);
        assertThat(RestorationModel.load(out).card().scale()).isEqualTo(2);
        Outcome folded = new TorchTraining()
                .tune(
                        twice,
                        folder.resolve("pairs"),
                        folder.resolve("folded.onnx"),
                        3,
                        new Effort(12, 5, 2e-3, 1, true, false),
                        QUIET);
        assertThat(folded.folds()).hasSize(3);
        assertThat(folded.after()).isLessThan(folded.before());
    }

    @Test
    void pairsOfSizesThatTheModelDoesNotGiveAreRefusedWithTheirSizes() throws Exception {
        Effort effort = new Effort(1, 1, 1e-3, 1, false, false);
        Path out = folder.resolve("x.onnx");
        Path same = pairs(2);
        assertThatThrownBy(
                        () -> new TorchTraining().tune(fresh(new Unet(4, List.of(8), 2)), same, out, 0, effort, QUIET))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("0.png has 96 x 96 pixels")
                .hasMessageContaining("must have 192 x 192: 2 times as many along each axis");
        Path finer = pairs(2, 2);
        assertThatThrownBy(() -> new TorchTraining().tune(start, finer, out, 0, effort, QUIET))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("0.png has 192 x 192, but for model start")
                .hasMessageContaining("must have 96 x 96");
    }

    @Test
    void aRecordingTeachesNoModelThatEnlarges() {
        assertThatThrownBy(() -> new TorchTraining()
                        .adapt(
                                fresh(new Unet(4, List.of(8), 2)),
                                footage(),
                                folder.resolve("x.onnx"),
                                new Effort(1, 1, 1e-3, 1, false, false),
                                QUIET))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("enlarges")
                .hasMessageContaining("--pairs");
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
