package io.nocturne.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ScoreTest {
    private static final int SIDE = 64;

    private static float[] waves() {
        float[] image = new float[SIDE * SIDE];
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) (100 + 50 * Math.sin(i % SIDE / 7.0) * Math.cos(i / 9e2));
        }
        return image;
    }

    @Test
    void scaleAndOffsetOfTheResultDontCount() {
        float[] reference = waves();
        float[] result = reference.clone();
        Random random = new Random(3);
        for (int i = 0; i < result.length; i++) {
            result[i] += (float) (5 * random.nextGaussian());
        }
        float[] other = result.clone();
        for (int i = 0; i < other.length; i++) {
            other[i] = 0.1f * other[i] + 900;
        }
        Score score = Score.of(result, reference, SIDE, SIDE);
        Score scaled = Score.of(other, reference, SIDE, SIDE);
        assertThat(scaled.psnr()).isCloseTo(score.psnr(), within(0.01));
        assertThat(scaled.ssim()).isCloseTo(score.ssim(), within(0.001));
    }

    @Test
    void noiseOfATwentiethOfTheRangeIsTwentySixDecibels() {
        float[] reference = waves();
        float[] result = reference.clone();
        Random random = new Random(4);
        double range = 100;
        for (int i = 0; i < result.length; i++) {
            result[i] += (float) (range / 20 * random.nextGaussian());
        }
        Score score = Score.of(result, reference, SIDE, SIDE);
        assertThat(score.psnr()).isCloseTo(26.0, within(0.3));
        assertThat(score.nrmse()).isCloseTo(0.05, within(0.002));
    }

    @Test
    void anImageIsLikeItselfAndUnlikeItsMirror() {
        float[] reference = waves();
        float[] mirrored = new float[reference.length];
        for (int i = 0; i < mirrored.length; i++) {
            mirrored[i] = reference[reference.length - 1 - i];
        }
        assertThat(Score.of(reference.clone(), reference, SIDE, SIDE).ssim()).isCloseTo(1, within(1e-6));
        assertThat(Score.of(mirrored, reference, SIDE, SIDE).ssim()).isLessThan(0.7);
    }

    @Test
    void whatLiesOutsideTheMaskDoesntCount() {
        float[] reference = waves();
        float[] result = reference.clone();
        boolean[] mask = new boolean[result.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i < mask.length / 2;
            if (!mask[i]) {
                result[i] = 1e6f;
            } else {
                result[i] += i % 2;
            }
        }
        assertThat(Score.of(result, reference, SIDE, SIDE, mask).psnr()).isGreaterThan(40);
    }
}
