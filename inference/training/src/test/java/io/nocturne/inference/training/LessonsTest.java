package io.nocturne.inference.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What networks are shown. */
class LessonsTest {
    @Test
    void scenesAreFixedByTheirSeedAndDifferFromEachOther() {
        for (double deep : new double[] {0, 1}) {
            Scenes scenes = new Scenes(3, 64, deep, 0);
            Picture first = scenes.next();
            assertThat(new Scenes(3, 64, deep, 0).next().values()).isEqualTo(first.values());
            assertThat(scenes.next().values()).isNotEqualTo(first.values());
            assertThat(first.quantile(0)).isZero();
            assertThat(first.quantile(1)).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void aPointOutOfFocusKeepsItsLightAndIsWider() {
        Depths depths = new Depths(96);
        double[] widths = new double[3];
        double[] distances = {0, 1, 3};
        for (int i = 0; i < distances.length; i++) {
            depths.clear();
            depths.add(48.25, 47.5, distances[i], 10);
            float[] image = depths.image(1.5);
            double light = 0;
            double spread = 0;
            for (int p = 0; p < image.length; p++) {
                double dx = p % 96 - 48.25;
                int row = p / 96;
                double dy = row - 47.5;
                light += image[p];
                spread += image[p] * (dx * dx + dy * dy) / 2 / 10;
            }
            assertThat(light).isCloseTo(10, within(0.05));
            widths[i] = spread;
        }
        // 1.5 squared, and what sharing the light between pixels adds; twice that; between the layers at 2 and at 4.
        assertThat(widths[0]).isBetween(2.2, 2.6);
        assertThat(widths[1]).isBetween(4.2, 4.9);
        assertThat(widths[2]).isBetween(2.25 * 5, 2.25 * 17);
    }

    @Test
    void aPatchTellsHowNoisyItIsAndItsNoiseHasNoBias() {
        int side = 64;
        Picture flat = new Picture(side, side, new float[side * side]);
        Exposure exposure = new Exposure(11, side, 1);
        double told = 0;
        double found = 0;
        for (int i = 0; i < 300; i++) {
            Patch patch = exposure.take(flat, flat);
            double wanted = patch.target().at(0, 0);
            double mean = 0;
            double squares = 0;
            for (float value : patch.noisy().values()) {
                mean += value / patch.noisy().values().length;
                squares += (value - wanted) * (value - wanted) / patch.noisy().values().length;
            }
            assertThat(mean).isCloseTo(wanted, within(0.2 * Math.sqrt(patch.noiseVariance())));
            told += Math.log(patch.noiseVariance()) / 300;
            found += Math.log(squares) / 300;
        }
        // A little more than told: that is of the median pixel, and some pixels are much noisier.
        assertThat(found).isBetween(told - 0.05, told + 0.35);
    }

    @Test
    void lessonsCanBeDimmerAndLivelierAndFuller() throws Exception {
        double[] plain = lessons(new Recipe.Mix(0, 0, 0, 60, 0.7, 0, 0, 0));
        double[] dim = lessons(new Recipe.Mix(0, 0, 0, 60, 0.7, 0, 0, 2));
        double[] lively = lessons(new Recipe.Mix(0, 0, 0, 60, 0.7, 0, 4, 0));
        double[] full = lessons(new Recipe.Mix(0, 0, 0, 60, 0.7, 1, 0, 0));
        assertThat(dim[0]).as("light of dim lessons").isLessThan(0.8 * plain[0]);
        assertThat(lively[1]).as("what there is to be seen in lively ones").isGreaterThan(1.2 * plain[1]);
        assertThat(full[1]).as("what there is to be seen among filaments").isGreaterThan(1.1 * plain[1]);
    }

    /** Mean brightness of lessons in photons, and how much of it is structure; geometric means. */
    private static double[] lessons(Recipe.Mix mix) throws IOException {
        Recipe.Schedule schedule = new Recipe.Schedule(1, 1, 64, 1e-3, 1, 1, 0.9, 0, 0, 0);
        Recipe recipe = new Recipe("mix", "", "", "unet 4 1 8", "", 1, 0, 5, schedule, mix, List.of());
        Lessons lessons = Lessons.open(recipe, Path.of("none"), 1);
        double light = 0;
        double structure = 0;
        for (int i = 0; i < 400; i++) {
            float[] target = lessons.next().target().values();
            double mean = 0;
            double squares = 0;
            for (float value : target) {
                mean += value / target.length;
                squares += (double) value * value / target.length;
            }
            light += Math.log(Math.max(0.1, mean)) / 400;
            structure += Math.log(Math.max(1e-3, (squares - mean * mean) / (mean * mean + 1))) / 400;
        }
        return new double[] {Math.exp(light), Math.exp(structure)};
    }

    @Test
    void aStepOfAdamMovesEachWeightByTheRateAtFirst() {
        Adam adam = new Adam(new float[] {1, 1, 1}, new BitSet(), 100, 0.9);
        adam.step(new float[] {3, -0.5f, 0}, 0.01);
        assertThat(adam.weights()[0]).isCloseTo(0.99f, within(1e-5f));
        assertThat(adam.weights()[1]).isCloseTo(1.01f, within(1e-5f));
        assertThat(adam.weights()[2]).isEqualTo(1);
        float[] before = adam.weights().clone();
        adam.step(new float[] {Float.NaN, 1, 1}, 0.01);
        assertThat(adam.weights()).isEqualTo(before);
    }

    @Test
    void adamFindsTheBottomOfABowlAndItsAverageFollows() {
        Adam adam = new Adam(new float[] {5, -3}, new BitSet(), 1, 0.9);
        for (int i = 0; i < 2000; i++) {
            float[] w = adam.weights();
            adam.step(new float[] {2 * (w[0] - 1), 20 * (w[1] - 2)}, 0.02 * (1 - i / 2000.0));
        }
        assertThat(adam.average()[0]).isCloseTo(1, within(0.01f));
        assertThat(adam.average()[1]).isCloseTo(2, within(0.01f));
    }

    @Test
    void theLineBetweenTwoImagesIsFound() {
        float[] x = new float[100];
        float[] y = new float[100];
        for (int i = 0; i < x.length; i++) {
            x[i] = i * i % 37;
            y[i] = 3 * x[i] + 7;
        }
        assertThat(RealPair.line(x, y)).containsExactly(new double[] {3, 7}, within(1e-4));
    }
}
