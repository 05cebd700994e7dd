package io.nocturne.inference.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.nocturne.inference.ModelCard;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own networks, whatever they are made of: one description, two runtimes. */
class PhotonNetworkTest {
    private static final FrameSpec SPEC = new FrameSpec(96, 128, PixelType.FLOAT32);

    @ParameterizedTest
    @ValueSource(strings = {"unet 4 1 32 64 128", "unet 2 2 8", "swin 4 1 32 2,2 2", "swin 2 2 12 3 4"})
    void aNetworkIsMadeAnewFromItsDescription(String description) {
        assertThat(PhotonNetwork.parse(description).describe()).isEqualTo(description);
    }

    @Test
    void theProjectsRecipesTellOfNetworksThatCanBeMade() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("recipes"))) {
            List<Path> recipes = files.sorted().toList();
            assertThat(recipes).hasSizeGreaterThan(4);
            for (Path file : recipes) {
                Recipe recipe = Recipe.read(file);
                PhotonNetwork network = PhotonNetwork.parse(recipe.network());
                assertThat(file).hasFileName(recipe.name() + ".recipe.json");
                assertThat(recipe.schedule().patch() % network.multiple()).isZero();
                if (!recipe.from().isEmpty()) {
                    assertThat(recipes)
                            .contains(Path.of("recipes", recipe.from().replace(".onnx", ".recipe.json")));
                }
            }
        }
    }

    @Test
    void aWiderNetworkStartsWithTheAnswersOfTheNarrowerOneItIsMadeFrom() {
        PhotonNetwork narrow = PhotonNetwork.parse("unet 2 1 8 12 16");
        PhotonNetwork wide = PhotonNetwork.parse("unet 2 1 11 12 21");
        Weights learned = narrow.begin(3);
        Weights start = wide.begin(4);
        start.load(wide.widened(byName(learned), start));
        List<Patch> patch = List.of(patch(2 * wide.multiple()));
        float[] expected = Teacher.restore(narrow, learned, patch);
        float[] restored = Teacher.restore(wide, start, patch);
        for (int i = 0; i < expected.length; i++) {
            assertThat(restored[i]).isCloseTo(expected[i], within(1e-3f));
        }
        for (int newcomer = 8; newcomer < 11; newcomer++) {
            float[] kernel = start.layer("down0a").kernel().values();
            float[] weights = Arrays.copyOfRange(kernel, newcomer * 4 * 9, (newcomer + 1) * 4 * 9);
            assertThat(weights).as("what channel %d sees", newcomer).doesNotContain(0);
        }
        assertThatThrownBy(() -> narrow.begin(1).load(narrow.widened(byName(start), narrow.begin(1))))
                .hasMessageContaining("in another size");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unet 4 %d 8 12", "swin 2 %d 8 3 4"})
    void aNetworkForTwiceTheSizeStartsAsWhatOneThatKeepsItHasLearned(String form) {
        PhotonNetwork keeps = PhotonNetwork.parse(String.format(form, 1));
        PhotonNetwork doubles = PhotonNetwork.parse(String.format(form, 2));
        Weights learned = keeps.begin(3);
        Weights start = doubles.begin(4);
        start.load(Enlargement.of(byName(learned), start, keeps.block(), doubles.scale()));
        int side = 2 * Math.max(keeps.multiple(), doubles.multiple());
        List<Patch> patch = List.of(patch(side));
        float[] coarse = Teacher.restore(keeps, learned, patch);
        float[] fine = Teacher.restore(doubles, start, patch);
        for (int i = 0; i < fine.length; i++) {
            int row = i / (2 * side) / 2;
            int column = i % (2 * side) / 2;
            assertThat(fine[i]).as("fine pixel %d", i).isCloseTo(coarse[row * side + column], within(1e-3f));
        }
        assertThat(Enlargement.of(byName(learned), learned, keeps.block(), 1))
                .containsExactlyInAnyOrderEntriesOf(byName(learned));
    }

    private static Map<String, float[]> byName(Weights weights) {
        return weights.parameters().stream()
                .collect(Collectors.toMap(Weights.Parameter::name, Weights.Parameter::values));
    }

    private static Patch patch(int side) {
        float[] photons = new float[side * side];
        for (int i = 0; i < photons.length; i++) {
            photons[i] = i * 7 % 23;
        }
        Picture picture = new Picture(side, side, photons);
        return new Patch(picture, picture, 1, 1);
    }

    @Test
    void whatIsNoNetworkIsRefusedAndTheKindsAreNamed() {
        for (String wrong : List.of("swin 3", "swin 4 1 32 2,2 3", "swin 4 1 32 2,x 2", "unet 3 1 8", "cnn 4", "")) {
            assertThatThrownBy(() -> PhotonNetwork.parse(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + wrong + "'")
                    .hasMessageContaining("unet BLOCK SCALE WIDTH")
                    .hasMessageContaining("swin BLOCK SCALE CHANNELS");
        }
    }

    /** Not square: rows and columns of windows must not be mistaken for each other, nor the borders' masks. */
    @ParameterizedTest
    @ValueSource(strings = {"unet 4 1 8 12", "swin 4 1 8 2,1 2", "swin 2 2 8 3 4"})
    void pyTorchAndTheWrittenGraphSayTheSameOfAnImageThatIsNotSquare(String description) throws Exception {
        PhotonNetwork network = PhotonNetwork.parse(description);
        Weights weights = network.begin(2);
        NoiseRandom random = new NoiseRandom(9);
        for (Weights.Parameter parameter : weights.parameters()) {
            float[] values = parameter.values();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (0.1 * random.nextGaussian());
            }
        }
        StillFrame frame = new StillFrame(SPEC);
        for (int i = 0; i < SPEC.width() * SPEC.height(); i++) {
            frame.set(i, (float) random.nextPoisson(12 + 10 * Math.sin(i % SPEC.width() / 6.0)));
        }
        Picture picture = new Picture(SPEC.width(), SPEC.height(), frame.counts());
        float[] expected = Teacher.restore(network, weights, List.of(new Patch(picture, picture, 1, 1)));
        ModelCard card = NetworkFile.describe(ModelCard.of("odd", "denoise", ""), network, Form.SINGLE);
        RestorationModel model = RestorationModel.of(new ModelGraph("odd", network, weights).of(Form.SINGLE, 0), card);
        float highest = 0;
        for (float value : expected) {
            highest = Math.max(highest, Math.abs(value));
        }
        try (StillRestorer restorer = StillRestorer.open(model, SPEC, OnnxRestorer.Options.defaults())) {
            assertThat(restorer.restoreWith(frame, new double[] {0, 1, 1}))
                    .containsExactly(expected, within(1e-4f * highest));
        }
    }

    @Test
    void aFreshNetworkIsAlmostTheBlurThatItStartsFrom() {
        Picture flat = new Picture(64, 64, new float[64 * 64]);
        Arrays.fill(flat.values(), 20);
        Patch patch = new Patch(flat, flat, 1, 20);
        for (String description : List.of("unet 4 1 8 12", "swin 4 1 16 2,2 2")) {
            PhotonNetwork network = PhotonNetwork.parse(description);
            float[] restored = Teacher.restore(network, network.begin(4), List.of(patch));
            assertThat(restored[32 * 64 + 32]).as(description).isCloseTo(20, within(4f));
        }
    }

    @Test
    void whatStandsOutOfAPatchWithNothingToBeSeenCountsForMore() {
        PhotonNetwork network = PhotonNetwork.parse("unet 4 1 8 12");
        Weights weights = network.begin(7);
        NoiseRandom random = new NoiseRandom(8);
        Picture noisy = new Picture(64, 64, new float[64 * 64]);
        Picture light = new Picture(64, 64, new float[64 * 64]);
        for (int i = 0; i < noisy.values().length; i++) {
            light.values()[i] = 5;
            noisy.values()[i] = random.nextPoisson(5);
        }
        noisy.values()[2000] = 60;
        Patch seen = new Patch(noisy, light, 1, 6);
        float[] restored = Teacher.restore(network, weights, List.of(seen));
        double squares = 0;
        double eighths = 0;
        for (int i = 0; i < restored.length; i++) {
            double square = (restored[i] - 5) * (restored[i] - 5) / 6;
            squares += square / restored.length;
            eighths += Math.pow(square, 4) / restored.length;
        }
        double peaks = Math.pow(eighths, 0.25);
        assertThat(peaks).isGreaterThan(3 * squares);
        assertThat(loss(network, weights, 2, seen, seen)).isCloseTo(Math.log(squares), within(1e-3));
        assertThat(loss(network, weights, 0, seen, seen.asBlank())).isCloseTo(Math.log(squares), within(1e-3));
        assertThat(loss(network, weights, 2, seen, seen.asBlank()))
                .isCloseTo((Math.log(squares) + Math.log(squares + 2 * peaks)) / 2, within(1e-3));
    }

    private static double loss(PhotonNetwork network, Weights weights, double blankPeaks, Patch... batch) {
        Recipe.Schedule schedule = new Recipe.Schedule(1, batch.length, 64, 0, 1, 1, 0, 1e-6, 0, blankPeaks);
        try (Teacher teacher = new Teacher(network, weights.copy(), schedule)) {
            return teacher.learn(List.of(batch), 0);
        }
    }

    /** Tensors may lie in Java's buffers; what the way back needs must still be there. */
    @ParameterizedTest
    @ValueSource(strings = {"unet 4 1 8 12", "swin 4 1 8 2 2"})
    void gradientsAreTheSameAfterAGarbageCollection(String description) {
        PhotonNetwork network = PhotonNetwork.parse(description);
        Weights weights = network.begin(3);
        NoiseRandom random = new NoiseRandom(2);
        Picture picture = new Picture(64, 64, new float[64 * 64]);
        for (int i = 0; i < picture.values().length; i++) {
            picture.values()[i] = random.nextPoisson(12);
        }
        List<Patch> batch = List.of(new Patch(picture, picture, 1, 12));
        float[] expected = gradients(network, weights, batch, () -> {});
        for (int round = 0; round < 3; round++) {
            float[] found = gradients(network, weights, batch, PhotonNetworkTest::collectAndOverwrite);
            assertThat(found).isEqualTo(expected);
        }
    }

    private static float[] gradients(
            PhotonNetwork network, Weights weights, List<Patch> batch, Runnable betweenThereAndBack) {
        try (NDManager memory = Torch.engine().newBaseManager(Device.cpu());
                GradientCollector collector = Torch.engine().newGradientCollector()) {
            TorchAlgebra algebra = new TorchAlgebra(memory, true);
            NDArray restored = network.restore(
                    algebra, weights, Teacher.noisy(memory, batch), Teacher.readVariance(memory, batch));
            NDArray loss = restored.square().mean();
            betweenThereAndBack.run();
            collector.backward(loss);
            return algebra.gradients(weights);
        }
    }

    private static void collectAndOverwrite() {
        System.gc();
        List<ByteBuffer> buffers = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(4 + i % 60);
            while (buffer.hasRemaining()) {
                buffer.put((byte) 0x77);
            }
            buffers.add(buffer);
        }
        assertThat(buffers).hasSize(2000);
    }
}
