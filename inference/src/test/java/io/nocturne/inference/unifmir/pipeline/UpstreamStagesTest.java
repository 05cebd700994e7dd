package io.nocturne.inference.unifmir.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.unifmir.UnifmirTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens around the network, with networks that can be followed by hand. */
class UpstreamStagesTest {
    /** A network that gives back one of its channels, enlarged, and remembers what it was shown. */
    private static final class Recorder implements Network {
        private final int inputs;
        private final int scale;
        private final int shown;
        private final List<float[]> images = new ArrayList<>();
        private final List<String> sizes = new ArrayList<>();
        private UnaryOperator<Float> change = x -> x;

        Recorder(int inputs, int shown, int scale) {
            this.inputs = inputs;
            this.shown = shown;
            this.scale = scale;
        }

        @Override
        public int inputs() {
            return inputs;
        }

        @Override
        public int outputs() {
            return 1;
        }

        @Override
        public int scale() {
            return scale;
        }

        @Override
        public float[] run(float[] all, int count, int height, int width) {
            sizes.add(count + "x" + height + "x" + width);
            float[] out = new float[count * height * scale * width * scale];
            for (int i = 0, at = 0; i < count; i++) {
                images.add(Arrays.copyOfRange(all, i * inputs * height * width, (i + 1) * inputs * height * width));
                for (int y = 0; y < height * scale; y++) {
                    for (int x = 0; x < width * scale; x++) {
                        out[at++] = change.apply(all[((i * inputs + shown) * height + y / scale) * width + x / scale]);
                    }
                }
            }
            return out;
        }
    }

    private static Planes noise(int count, int height, int width, long seed) {
        Planes planes = new Planes(count, height, width);
        Random random = new Random(seed);
        for (int i = 0; i < planes.pixels().length; i++) {
            planes.pixels()[i] = random.nextInt(5000);
        }
        return planes;
    }

    @Test
    void percentilesAreNumpys() {
        float[] pixels = {9, 1, 4, 7, 30};
        PercentileRange range = PercentileRange.of(pixels, 2, 99.8);
        assertThat(range.low()).isCloseTo(1.24f, within(1e-6f));
        assertThat(range.high()).isCloseTo(29.832f, within(1e-5f));
        float[] back = range.normalised(pixels);
        assertThat(back[4]).as("nothing is clipped").isGreaterThan(1);
        range.restore(back);
        for (int i = 0; i < back.length; i++) {
            assertThat(back[i]).isCloseTo(pixels[i], within(1e-4f));
        }
    }

    @Test
    void denoisingWindowsRepeatTheCurrentSliceAtTheEnds() throws Exception {
        Recorder network = new Recorder(5, 2, 1);
        Planes volume = new Planes(7, 1, 1, new float[] {0, 1, 2, 3, 4, 5, 6});
        new UpstreamDenoising(network).normalised(volume);
        assertThat(network.images)
                .containsExactly(
                        new float[] {0, 0, 0, 1, 2},
                        new float[] {1, 0, 1, 2, 3},
                        new float[] {0, 1, 2, 3, 4},
                        new float[] {1, 2, 3, 4, 5},
                        new float[] {2, 3, 4, 5, 6},
                        new float[] {3, 4, 5, 6, 5},
                        new float[] {4, 5, 6, 6, 6});
    }

    @Test
    void denoisingWithANetworkThatDoesNothingGivesTheCountsBack() throws Exception {
        Planes volume = noise(6, 5, 4, 1);
        Planes restored = UpstreamPipeline.of(UnifmirTask.DENOISE5, new Recorder(5, 2, 1), false)
                .restore(volume);
        for (int i = 0; i < volume.pixels().length; i++) {
            assertThat(restored.pixels()[i]).isCloseTo(volume.pixels()[i], within(1e-3f));
        }
    }

    @Test
    void superResolutionIsStretchedClippedAndRoundedTo256Levels() throws Exception {
        Recorder network = new Recorder(1, 0, 2);
        network.change = x -> x * 1.5f - 0.1f;
        Planes frame = new Planes(1, 1, 3, new float[] {100, 150, 200});
        Planes restored = UpstreamPipeline.of(UnifmirTask.SR, network, false).restore(frame);
        assertThat(network.images.get(0)).containsExactly(0, 0.5f, 1);
        assertThat(restored.width()).isEqualTo(6);
        assertThat(restored.height()).isEqualTo(2);
        assertThat(Arrays.copyOf(restored.pixels(), 6)).containsExactly(0, 0, 166, 166, 255, 255);
    }

    @Test
    void projectionIsGivenRawCountsAndCutTo16WithTheQuadrants() throws Exception {
        Recorder network = new Recorder(50, 17, 1);
        Planes volume = noise(50, 85, 70, 2);
        Planes restored =
                UpstreamPipeline.of(UnifmirTask.PROJECTION, network, true).restore(volume);
        assertThat(restored.height()).isEqualTo(80);
        assertThat(restored.width()).isEqualTo(64);
        assertThat(network.sizes).containsOnly("1x64x48").hasSize(4); // 80/2+10 = 50 -> 64; 64/2+10 = 42 -> 48
        for (int y = 0; y < 80; y++) {
            for (int x = 0; x < 64; x++) {
                assertThat(restored.at(0, y, x)).isEqualTo(volume.at(17, y, x));
            }
        }
        assertThatThrownBy(() -> UpstreamPipeline.of(UnifmirTask.PROJECTION, network, false)
                        .restore(noise(49, 16, 16, 3)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("50 slices")
                .hasMessageContaining("49");
    }

    @Test
    void isotropicViewsCoverTheVolumeOnceEach() throws Exception {
        Planes volume = noise(5, 6, 7, 4);
        UpstreamIsotropic pipeline = new UpstreamIsotropic(new Recorder(1, 0, 1));
        assertThat(pipeline.view(volume, 0).pixels()).isEqualTo(volume.pixels());
        assertThat(pipeline.view(volume, 1).pixels()).isEqualTo(volume.pixels());
        float[] first = UpstreamIsotropic.images(volume, 0, 3, 1);
        assertThat(first[2 * 5 + 1]).as("row 2, z 5-1-1 of the image at x 3").isEqualTo(volume.at(3, 2, 3));
        float[] second = UpstreamIsotropic.images(volume, 1, 3, 1);
        assertThat(second[2 * 5 + 1]).as("row x 2, z 1 of the image at y 3").isEqualTo(volume.at(1, 3, 2));
    }

    @Test
    void aLightFieldsViewsAreThePixelsOfOnePlaceBehindEveryLens() throws Exception {
        Planes frame = noise(1, 22, 33, 5);
        Planes views = UpstreamLightField.views(frame);
        assertThat(views.count()).isEqualTo(121);
        assertThat(views.at(3 * 11 + 7, 1, 2)).isEqualTo(frame.at(0, 11 + 3, 22 + 7));
        assertThatThrownBy(() -> UpstreamLightField.views(noise(1, 22, 34, 5)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("multiples of 11")
                .hasMessageContaining("34 x 22");
    }

    @ParameterizedTest
    @CsvSource({"FRAMES, 48, 48", "FRAMES, 57, 101", "PROJECTION, 48, 64", "VIEWS, 16, 33"})
    void quadrantsOfANetworkThatLooksAtOnePixelChangeNothing(Chop.Rule rule, int height, int width) throws Exception {
        for (int scale : new int[] {1, 2}) {
            Recorder network = new Recorder(2, 1, scale);
            Planes images = noise(2 * 2, height, width, 6);
            float[] whole = network.run(images.pixels(), 2, height, width);
            assertThat(new Chop(network, rule).run(images.pixels(), 2, height, width))
                    .isEqualTo(whole);
        }
    }

    @Test
    void largeQuadrantsAreCutAgain() throws Exception {
        Recorder network = new Recorder(1, 0, 1);
        Planes image = noise(1, 1600, 1600, 7);
        float[] restored = new Chop(network, Chop.Rule.FRAMES).run(image.pixels(), 1, 1600, 1600);
        assertThat(network.sizes).containsOnly("1x436x436").hasSize(16); // 1600 -> 824 -> 436
        assertThat(restored).isEqualTo(image.pixels());
    }

    @Test
    void seamsLieAtTheMiddleAndAreHard() throws Exception {
        Network position = new Network() {
            @Override
            public int inputs() {
                return 1;
            }

            @Override
            public int outputs() {
                return 1;
            }

            @Override
            public int scale() {
                return 1;
            }

            @Override
            public float[] run(float[] images, int count, int height, int width) {
                float[] columns = new float[images.length];
                for (int i = 0; i < columns.length; i++) {
                    columns[i] = i % width;
                }
                return columns;
            }
        };
        float[] restored = new Chop(position, Chop.Rule.FRAMES).run(new float[60 * 100], 1, 60, 100);
        assertThat(restored[49]).isEqualTo(49);
        assertThat(restored[50]).as("74 wide, from column 26 on").isEqualTo(24);
    }

    @Test
    void imagesSmallerThanTheirQuadrantsSayWhatToDo() {
        assertThatThrownBy(() -> new Chop(new Recorder(1, 0, 1), Chop.Rule.FRAMES).run(new float[40 * 40], 1, 40, 40))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("40 x 40")
                .hasMessageContaining("--no-chop");
    }
}
