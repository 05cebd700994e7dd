package io.nocturne.inference.unifmir.pipeline;

import io.nocturne.inference.ModelException;

/**
 * Super-resolution of a frame. Brought to 0..1 by its own minimum and maximum; the result is clipped, rounded to 256 levels
 * and written as 0..255, as the published test program does. Counts don't come back.
 */
record UpstreamSuperResolution(Network network) implements UpstreamPipeline {
    private static final float EPSILON = 1e-20f;

    @Override
    public boolean takesVolumes() {
        return false;
    }

    @Override
    public Planes restore(Planes counts) throws ModelException {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float pixel : counts.pixels()) {
            least = Math.min(least, pixel);
            most = Math.max(most, pixel);
        }
        float[] normalised = new float[counts.pixels().length];
        for (int i = 0; i < normalised.length; i++) {
            normalised[i] = Math.min(1, Math.max(0, (counts.pixels()[i] - least) / (most - least + EPSILON)));
        }
        float[] restored = network.run(normalised, counts.count(), counts.height(), counts.width());
        for (int i = 0; i < restored.length; i++) {
            restored[i] = (float) Math.rint(Math.min(255, Math.max(0, restored[i] * 255)));
        }
        return new Planes(
                counts.count() * network.outputs(),
                counts.height() * network.scale(),
                counts.width() * network.scale(),
                restored);
    }
}
