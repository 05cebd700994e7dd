package io.nocturne.inference.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.ModelTraining.Effort;
import io.nocturne.inference.ModelTraining.Outcome;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
import io.nocturne.inference.unifmir.RecipeWeights;
import io.nocturne.inference.unifmir.UnifmirNetwork;
import io.nocturne.inference.unifmir.UnifmirTask;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** UniFMIR's body as it learns. */
class SwinNetworkTest {
    private static final int SIDE = 128;

    /** A denoiser of UniFMIR's build with one group of two blocks, 12 channels and two heads. */
    private static StateDict small(UnifmirTask task) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        UnifmirNetwork.published(task).parameters().forEach((name, shape) -> {
            boolean deeper = name.startsWith("layers.1.")
                    || name.startsWith("layers.2.")
                    || name.matches(".*blocks\\.[2-5]\\..*");
            if (!deeper) {
                shapes.put(name, narrowed(shape));
            }
        });
        return RecipeWeights.stateDict("small.pt", shapes);
    }

    private static long[] narrowed(long[] shape) {
        long[] narrow = shape.clone();
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = switch ((int) shape[i]) {
                case 90 -> 12;
                case 180 -> 24;
                case 270 -> 36;
                case 6 -> 2;
                default -> shape[i];
            };
        }
        return narrow;
    }

    private static StillFrame waves(long seed) {
        NoiseRandom random = new NoiseRandom(seed);
        StillFrame frame = new StillFrame(new FrameSpec(SIDE, SIDE, PixelType.FLOAT32));
        for (int i = 0; i < SIDE * SIDE; i++) {
            frame.set(i, (float) (100
                    + 40 * Math.sin(i % SIDE / 7.0) * Math.cos((double) i / SIDE / 9)
                    + 5 * random.nextGaussian()));
        }
        return frame;
    }

    @ParameterizedTest
    @EnumSource(names = {"DENOISE", "SR"})
    void pyTorchAndTheWrittenGraphSayTheSame(UnifmirTask task) throws Exception {
        UnifmirPupil pupil = UnifmirPupil.of(small(task), task, "none");
        StillFrame frame = waves(3);
        float[] found;
        double[] norm = {60, 150};
        try (StillRestorer restorer =
                StillRestorer.open(pupil.model(), frame.spec(), OnnxRestorer.Options.defaults())) {
            found = restorer.restoreWith(frame, norm);
        }
        float[] normalised = frame.counts();
        for (int i = 0; i < normalised.length; i++) {
            normalised[i] = (float) ((normalised[i] - norm[0]) / (norm[1] - norm[0]));
        }
        Picture picture = new Picture(SIDE, SIDE, normalised);
        float[] expected =
                Teacher.restore(pupil.network(), pupil.weights(), List.of(new Patch(picture, picture, 0, 1)));
        assertThat(expected).hasSize(SIDE * SIDE * pupil.scale() * pupil.scale());
        for (int i = 0; i < found.length; i++) {
            assertThat((found[i] - norm[0]) / (norm[1] - norm[0])).isCloseTo(expected[i], within(2e-4));
        }
    }

    @Test
    void aFrozenBodyStaysAsItIsAndTheRestLearns() throws Exception {
        UnifmirPupil pupil = UnifmirPupil.of(small(UnifmirTask.DENOISE), UnifmirTask.DENOISE, "none");
        Weights before = pupil.weights();
        float[] flat = before.flat();
        StillFrame dim = waves(4);
        RealPair pair = new RealPair(dim, waves(5));
        Recipe.Schedule schedule = new Recipe.Schedule(3, 1, 0, 1e-3, 1, 1, 0, 0.05, 0, 0);
        float[] learned;
        try (Teacher teacher = new Teacher(pupil.network(), before, schedule, pupil.body())) {
            NoiseRandom random = new NoiseRandom(1);
            for (int i = 0; i < 3; i++) {
                teacher.learn(List.of(pupil.patch(pair, random)), 1e-3);
            }
            learned = before.flat();
        }
        BitSet body = pupil.body();
        int changed = 0;
        for (int i = 0; i < flat.length; i++) {
            if (body.get(i)) {
                assertThat(learned[i]).isEqualTo(flat[i]);
            } else if (learned[i] != flat[i]) {
                changed++;
            }
        }
        assertThat(body.cardinality()).isGreaterThan(flat.length / 3);
        assertThat(changed).isGreaterThan((flat.length - body.cardinality()) / 2);
    }

    @ParameterizedTest
    @EnumSource(names = {"DENOISE", "SR"})
    void whatWasLearnedFromPairsIsAModelThatRuns(UnifmirTask task, @TempDir Path folder) throws Exception {
        int scale = task == UnifmirTask.SR ? 2 : 1;
        Path pairs = folder.resolve("pairs");
        for (int i = 0; i < 3; i++) {
            write(pairs.resolve("clean").resolve(i + ".png"), i, 0, scale);
            write(pairs.resolve("noisy").resolve(i + ".png"), i, 12, 1);
        }
        Path out = folder.resolve("taught.onnx");
        UnifmirPupil pupil = UnifmirPupil.of(small(task), task, "none");
        float[] start = pupil.weights().flat();
        Effort effort = new Effort(12, 5, 2e-3, 1, false, false);
        Outcome outcome = Tuning.on(pairs, pupil).teach(pupil, out, effort, (share, message) -> {});
        assertThat(outcome.after()).isLessThan(outcome.before());
        assertThat(pupil.weights().flat()).as("what the next fold starts from").isEqualTo(start);
        RestorationModel taught = RestorationModel.load(out);
        assertThat(taught.card().training().data()).anyMatch(data -> data.contains("pairs"));
        StillFrame frame = waves(6);
        try (StillRestorer restorer = StillRestorer.open(taught, frame.spec(), OnnxRestorer.Options.defaults())) {
            assertThat(restorer.restore(frame))
                    .hasSize(SIDE * SIDE * scale * scale)
                    .doesNotContain(Float.NaN);
        }
    }

    @Test
    void tasksWithAnotherFirstStageAreRefusedByName(@TempDir Path folder) {
        assertThatThrownBy(() -> Pupil.of(folder.resolve("any.pt"), "projection"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("projection")
                .hasMessageContaining("denoise");
        assertThatThrownBy(() -> Pupil.of(folder.resolve("any.pt"), "denoize"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("denoise5");
    }

    private static void write(Path file, int phase, double noise, int scale) throws Exception {
        NoiseRandom random = new NoiseRandom(50 + phase);
        int side = scale * SIDE;
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        WritableRaster raster = image.getRaster();
        for (int i = 0; i < side * side; i++) {
            double x = (i % side + 0.5) / scale - 0.5;
            int row = i / side;
            double y = (row + 0.5) / scale - 0.5;
            double light = 90 + 60 * Math.sin((x + 9 * phase) / 6) * Math.cos(y / 8);
            long value = Math.round(light + noise * random.nextGaussian());
            raster.setSample(i % side, i / side, 0, (int) Math.max(0, Math.min(255, value)));
        }
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
    }
}
