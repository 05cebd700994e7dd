package io.nocturne.inference.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelTraining.Effort;
import io.nocturne.inference.ModelTraining.Footage;
import io.nocturne.inference.ModelTraining.Neighbours;
import io.nocturne.inference.ModelTraining.Outcome;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.NoiseRandom;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.Stack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What predicts what, by the axes that a recording has. */
class AdaptingTest {
    private static final int SIDE = 96;
    private static final FrameSpec FRAME = new FrameSpec(SIDE, SIDE, PixelType.UINT16);

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

    /** Waves that change with depth, bright enough for noise to follow them; two channels, the second empty. */
    private Path recording(int times, int slices) throws IOException {
        StreamSpec stream = new StreamSpec(
                "r", FRAME, List.of("a", "b"), slices, 1, Double.NaN, Double.NaN, 16, 0, 0, 2L * times * slices);
        Path file = folder.resolve("r" + times + "x" + slices + ".ome.zarr");
        NoiseRandom random = new NoiseRandom(9);
        StillFrame frame = new StillFrame(FRAME);
        try (OmeZarrWriter writer = OmeZarrWriter.create(file, Stack.raw(stream), OmeZarrWriter.Options.DEFAULT)) {
            for (long i = 0; i < stream.totalFrames(); i++) {
                for (int p = 0; p < SIDE * SIDE; p++) {
                    double light = stream.channelOf(i) == 1 ? 0 : signal(p, stream.zSliceOf(i));
                    frame.set(p, 100 + 4 * random.nextPoisson(light) + (float) (2 * random.nextGaussian()));
                }
                writer.write(i, frame.pixels());
            }
        }
        return file;
    }

    private static double signal(int pixel, int slice) {
        return 20 + 12 * Math.sin(pixel % SIDE / 9.0 + 0.4 * slice) + (pixel / SIDE > 50 ? 8 : 0);
    }

    private Outcome adapt(Path recording, Neighbours neighbours) throws Exception {
        return new TorchTraining()
                .adapt(
                        start,
                        new Footage(recording, 0, neighbours),
                        folder.resolve("mine.onnx"),
                        new Effort(60, 5, 2e-3, 1, false, false),
                        (share, message) -> {});
    }

    @Test
    void theNearestAxisThatARecordingHasIsChosen() throws Exception {
        assertThat(on(recording(8, 6), Neighbours.AUTO)).isInstanceOf(TimeNeighbours.class);
        assertThat(on(recording(3, 6), Neighbours.AUTO)).isInstanceOf(SliceNeighbours.class);
        assertThat(on(recording(3, 2), Neighbours.AUTO)).isInstanceOf(PixelNeighbours.class);
        assertThat(on(folder.resolve("r8x6.ome.zarr"), Neighbours.SLICES)).isInstanceOf(SliceNeighbours.class);
        assertThat(on(folder.resolve("r8x6.ome.zarr"), Neighbours.PIXELS)).isInstanceOf(PixelNeighbours.class);
    }

    private Adapting on(Path recording, Neighbours neighbours) throws IOException {
        return Adapting.on(Recording.read(recording, 0), neighbours, start);
    }

    @Test
    void anAxisThatARecordingLacksIsRefused() throws Exception {
        Path still = recording(1, 1);
        assertThatThrownBy(() -> on(still, Neighbours.TIME)).hasMessageContaining("at least 6 time points");
        assertThatThrownBy(() -> on(still, Neighbours.SLICES)).hasMessageContaining("at least 5 slices");
        assertThatThrownBy(() -> Recording.read(still, 2)).hasMessageContaining("there is no 2");
    }

    @Test
    void slicesOfAStackTeachEachOther() throws Exception {
        Outcome outcome = adapt(recording(1, 8), Neighbours.AUTO);
        assertThat(outcome.way()).contains("slice");
        assertThat(outcome.after()).isLessThan(outcome.before());
        assertThat(outcome.model()).isPresent();
    }

    @Test
    void pixelsOfASingleImageTeachEachOther() throws Exception {
        Outcome outcome = adapt(recording(1, 1), Neighbours.AUTO);
        assertThat(outcome.way()).contains("pixel");
        assertThat(outcome.after()).isLessThan(outcome.before());
        assertThat(outcome.images()).isEqualTo(1);
    }

    @Test
    void aSliceIsAskedForAsItIsAndNotAsTheMeanOfItsNeighbours() throws Exception {
        // Brightness 100 + 10 z^2: curved along z, so that the mean of both neighbours is 10 too bright.
        List<Picture> slices = List.of(flat(100), flat(110), flat(140), flat(190), flat(260));
        float[] curvature = SliceNeighbours.curvature(values(100), values(110), values(190), values(260));
        Picture change = new Picture(SIDE, SIDE, curvature);
        Between plain = Between.inner(List.of(slices)).get(1);
        Between corrected = new Between(slices.get(1), slices.get(2), slices.get(3), change);
        Noise noise = Noise.ofStills(List.of(still(7)));
        assertThat(asked(plain, noise)).isCloseTo((float) noise.photons(150), within(1e-3f));
        assertThat(asked(corrected, noise)).isCloseTo((float) noise.photons(140), within(1e-3f));
    }

    private static float asked(Between lesson, Noise noise) {
        return lesson.patch(32, SIDE, noise, new NoiseRandom(1)).target().at(5, 5);
    }

    @Test
    void aModelThatLooksBackLearnsAndIsJudgedByTheFrameItself() throws Exception {
        Unet network = new Unet(4, List.of(8, 8), 1);
        Form form = new Form(1, 2);
        start = RestorationModel.of(
                NetworkFile.graph("back", network, network.begin(5), form),
                NetworkFile.describe(ModelCard.of("back", "denoise", "A blur"), network, form));
        Outcome outcome = adapt(recording(8, 1), Neighbours.TIME);
        assertThat(outcome.after()).isLessThan(outcome.before());
        assertThat(outcome.model().orElseThrow().card().window().before()).isEqualTo(2);
    }

    private static float[] values(float value) {
        float[] values = new float[SIDE * SIDE];
        Arrays.fill(values, value);
        return values;
    }

    private static Picture flat(float value) {
        return new Picture(SIDE, SIDE, values(value));
    }

    private static StillFrame still(long seed) {
        StillFrame frame = new StillFrame(FRAME);
        NoiseRandom random = new NoiseRandom(seed);
        for (int p = 0; p < SIDE * SIDE; p++) {
            frame.set(p, 100 + 4 * random.nextPoisson(signal(p, 0)));
        }
        return frame;
    }
}
