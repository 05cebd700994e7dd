package io.nocturne.inference.unifmir.pipeline;

import io.nocturne.inference.ModelException;

/**
 * A volume from one light-field frame: pixels of the same place behind every microlens form a view; x / (1.1 max / 2) - 1
 * by the frame's maximum; the result is clipped to -1..1 and written as 0..1. Views that the network continued to multiples
 * of 8 are cut back; the published program leaves that edge on when it doesn't cut into quadrants.
 */
record UpstreamLightField(Network network) implements UpstreamPipeline {
    /** Pixels behind a microlens along each axis. */
    static final int LENS = 11;

    private static final float HEADROOM = 1.1f;

    @Override
    public boolean takesVolumes() {
        return false;
    }

    @Override
    public Planes restore(Planes counts) throws ModelException {
        Planes views = views(normalised(counts));
        float[] restored = network.run(views.pixels(), 1, views.height(), views.width());
        for (int i = 0; i < restored.length; i++) {
            restored[i] = (Math.min(1, Math.max(-1, restored[i])) + 1) / 2;
        }
        return new Planes(network.outputs(), counts.height(), counts.width(), restored);
    }

    static Planes normalised(Planes counts) {
        float most = 0;
        for (float pixel : counts.pixels()) {
            most = Math.max(most, pixel);
        }
        float unit = most > 0 ? HEADROOM * most / 2 : 1;
        float[] normalised = new float[counts.pixels().length];
        for (int i = 0; i < normalised.length; i++) {
            normalised[i] = counts.pixels()[i] / unit - 1;
        }
        return new Planes(counts.count(), counts.height(), counts.width(), normalised);
    }

    /** Plane {@code i * 11 + j} holds the pixels in row i and column j behind each microlens. */
    static Planes views(Planes frame) throws ModelException {
        if (frame.count() != 1 || frame.height() % LENS != 0 || frame.width() % LENS != 0) {
            throw new ModelException("A light-field frame's sides must be multiples of " + LENS
                    + ", the pixels behind a microlens; this one is " + frame.width() + " x " + frame.height()
                    + ". Cut it so that it begins and ends with whole microlenses");
        }
        Planes views = new Planes(LENS * LENS, frame.height() / LENS, frame.width() / LENS);
        for (int view = 0, at = 0; view < views.count(); view++) {
            for (int y = 0; y < views.height(); y++) {
                for (int x = 0; x < views.width(); x++) {
                    views.pixels()[at++] = frame.at(0, y * LENS + view / LENS, x * LENS + view % LENS);
                }
            }
        }
        return views;
    }
}
