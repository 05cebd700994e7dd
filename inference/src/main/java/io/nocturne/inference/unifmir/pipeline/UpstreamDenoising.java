package io.nocturne.inference.unifmir.pipeline;

import io.nocturne.inference.ModelException;

/**
 * Denoising of a volume, slice by slice, each with as many neighbours on either side as the network reads. Normalised by
 * percentiles 2 and 99.8 of the whole volume; where a neighbour would lie outside the volume the slice itself stands in for
 * it, not the volume's first or last.
 */
record UpstreamDenoising(Network network) implements UpstreamPipeline {
    private static final int TOGETHER = 4;

    @Override
    public boolean takesVolumes() {
        return true;
    }

    @Override
    public Planes restore(Planes counts) throws ModelException {
        PercentileRange range = PercentileRange.of(counts.pixels(), 2, 99.8);
        Planes restored = normalised(
                new Planes(counts.count(), counts.height(), counts.width(), range.normalised(counts.pixels())));
        range.restore(restored.pixels());
        return restored;
    }

    /** From normalised slices to normalised slices. */
    Planes normalised(Planes slices) throws ModelException {
        int pixels = slices.planePixels();
        Planes out = new Planes(slices.count(), slices.height(), slices.width());
        for (int first = 0; first < slices.count(); first += TOGETHER) {
            int count = Math.min(TOGETHER, slices.count() - first);
            float[] windows =
                    new float[Planes.floats((long) count * network.inputs(), slices.height(), slices.width())];
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < network.inputs(); k++) {
                    int from = neighbour(first + i, k, slices.count());
                    System.arraycopy(
                            slices.pixels(), from * pixels, windows, (i * network.inputs() + k) * pixels, pixels);
                }
            }
            float[] restored = network.run(windows, count, slices.height(), slices.width());
            System.arraycopy(restored, 0, out.pixels(), first * pixels, count * pixels);
        }
        return out;
    }

    private int neighbour(int slice, int k, int count) {
        int wanted = slice - network.inputs() / 2 + k;
        return wanted < 0 || wanted >= count ? slice : wanted;
    }
}
