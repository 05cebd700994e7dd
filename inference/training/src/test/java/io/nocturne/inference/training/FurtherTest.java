package io.nocturne.inference.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.inference.Baselines;
import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.ModelTraining.Effort;
import io.nocturne.inference.ModelTraining.Outcome;
import io.nocturne.inference.RestorationModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Going on from a model: on a movie's own noise, and on pairs. */
class FurtherTest {
    private static final int SIDE = 96;

    @TempDir
    Path folder;

    private RestorationModel start;

    @BeforeEach
    void aNetworkThatHasNotLearnedYet() {
        Unet network = new Unet(4, List.of(8, 8), 1);
        start = RestorationModel.of(
                NetworkFile.graph("start", network, network.begin(5), 1),
                NetworkFile.describe(ModelCard.of("start", "denoise", "A blur"), network));
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

    @Test
    void aMoviesOwnNoiseTeachesAndTheFramesKeptOutSaySo() throws Exception {
        Path out = folder.resolve("mine.onnx");
        Outcome outcome =
                new TorchTraining().adapt(start, movie(), out, new Effort(60, 5, 2e-3, 1), (share, message) -> {});
        assertThat(outcome.after()).isLessThan(outcome.before());
        assertThat(outcome.images()).isEqualTo(1);
        assertThat(RestorationModel.load(out).card().limits()).contains("one user's images");
    }

    @Test
    void aModelThatBecameWorseIsNotWritten() throws Exception {
        Path out = folder.resolve("worse.onnx");
        Outcome outcome =
                new TorchTraining().adapt(start, movie(), out, new Effort(8, 5, 3, 1), (share, message) -> {});
        assertThat(outcome.after()).isGreaterThan(outcome.before());
        assertThat(outcome.model()).isEmpty();
        assertThat(out).doesNotExist();
    }

    @Test
    void pairsTeachAndThePairsKeptOutSaySo() throws Exception {
        Path pairs = folder.resolve("pairs");
        Files.createDirectories(pairs.resolve("noisy"));
        Files.createDirectories(pairs.resolve("clean"));
        for (int i = 0; i < 3; i++) {
            write(pairs.resolve("noisy").resolve(i + ".png"), 16, i);
            write(pairs.resolve("clean").resolve(i + ".png"), 0, i);
        }
        Outcome outcome = new TorchTraining()
                .tune(start, pairs, folder.resolve("tuned.onnx"), new Effort(50, 5, 2e-3, 1), (share, message) -> {});
        assertThat(outcome.after()).isLessThan(outcome.before() - 0.2);
        assertThat(outcome.model()).isPresent();
    }

    @Test
    void aModelThatIsNoneOfOursIsRefused() {
        assertThatThrownBy(() -> Pupil.of(Baselines.gaussian(1.5)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("none of Nocturne's own networks");
    }
}
