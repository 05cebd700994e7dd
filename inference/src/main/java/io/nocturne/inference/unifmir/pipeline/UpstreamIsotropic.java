package io.nocturne.inference.unifmir.pipeline;

import io.nocturne.inference.ModelException;

/**
 * Isotropic reconstruction of a volume that has been interpolated to planes as far apart as its pixels. Normalised by
 * percentiles 2 and 99.8 of the whole volume; restored as images [y, z] at each x, z reversed, and as images [x, z] at each
 * y; the result is the geometric mean of both.
 */
record UpstreamIsotropic(Network network) implements UpstreamPipeline {
    private static final int TOGETHER = 4;

    @Override
    public boolean takesVolumes() {
        return true;
    }

    @Override
    public Planes restore(Planes counts) throws ModelException {
        PercentileRange range = PercentileRange.of(counts.pixels(), 2, 99.8);
        Planes volume = new Planes(counts.count(), counts.height(), counts.width(), range.normalised(counts.pixels()));
        Planes restored = mean(view(volume, 0), view(volume, 1));
        range.restore(restored.pixels());
        return restored;
    }

    /** The volume restored along one view. */
    Planes view(Planes volume, int view) throws ModelException {
        int images = view == 0 ? volume.width() : volume.height();
        int rows = view == 0 ? volume.height() : volume.width();
        Planes out = new Planes(volume.count(), volume.height(), volume.width());
        for (int first = 0; first < images; first += TOGETHER) {
            int count = Math.min(TOGETHER, images - first);
            float[] restored = network.run(images(volume, view, first, count), count, rows, volume.count());
            for (int i = 0, at = 0; i < count; i++) {
                for (int row = 0; row < rows; row++) {
                    for (int z = 0; z < volume.count(); z++) {
                        out.pixels()[index(volume, view, first + i, row, z)] = restored[at++];
                    }
                }
            }
        }
        return out;
    }

    /** Images of a view as the network reads them: [count, 1, rows, z]. */
    static float[] images(Planes volume, int view, int first, int count) {
        int rows = view == 0 ? volume.height() : volume.width();
        float[] images = new float[Planes.floats(count, rows, volume.count())];
        for (int i = 0, at = 0; i < count; i++) {
            for (int row = 0; row < rows; row++) {
                for (int z = 0; z < volume.count(); z++) {
                    images[at++] = volume.pixels()[index(volume, view, first + i, row, z)];
                }
            }
        }
        return images;
    }

    /** Where pixel (row, z) of a view's image lies in the volume. */
    private static int index(Planes volume, int view, int image, int row, int z) {
        int slice = view == 0 ? volume.count() - 1 - z : z;
        int y = view == 0 ? row : image;
        int x = view == 0 ? image : row;
        return (slice * volume.height() + y) * volume.width() + x;
    }

    static Planes mean(Planes a, Planes b) {
        Planes out = new Planes(a.count(), a.height(), a.width());
        for (int i = 0; i < out.pixels().length; i++) {
            out.pixels()[i] = (float) Math.sqrt((double) Math.max(a.pixels()[i], 0) * Math.max(b.pixels()[i], 0));
        }
        return out;
    }
}
