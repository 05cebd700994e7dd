package io.nocturne.inference.training;

/**
 * One thing to learn: what a camera made of light, and the light. Both are in photons as the noise line counts them:
 * counts above the offset divided by the gain.
 *
 * @param noisy what the network sees
 * @param target what it should say; {@code scale} times the side
 * @param readVariance of a dark pixel, in the same units squared: as far as is known at run time, so never quite right
 * @param noiseVariance true variance of the patch's noise, on average
 * @param blank true if there is nothing to be seen: whatever stands out in what a network makes of it is made up
 */
record Patch(Picture noisy, Picture target, float readVariance, float noiseVariance, boolean blank) {
    /** Of something to be seen. */
    Patch(Picture noisy, Picture target, float readVariance, float noiseVariance) {
        this(noisy, target, readVariance, noiseVariance, false);
    }

    /** The same without anything to be seen. */
    Patch asBlank() {
        return new Patch(noisy, target, readVariance, noiseVariance, true);
    }

    /** A square patch of a recording, whose noise is told by its line. */
    static Patch of(int side, float[] noisy, float[] target, Noise noise) {
        double mean = 0;
        for (float value : target) {
            mean += value / target.length;
        }
        float read = (float) noise.readVariance();
        return new Patch(new Picture(side, side, noisy), new Picture(side, side, target), read, (float)
                (read + Math.max(0, mean)));
    }
}
