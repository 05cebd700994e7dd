package io.nocturne.inference.unifmir.pipeline;

import io.nocturne.inference.ModelException;

/**
 * Projection of a volume to one image, in raw counts: nothing is normalised. Cut into quadrants, images are first cut to
 * multiples of 16 at the right and below.
 *
 * @param chopped whether the network cuts
 */
record UpstreamProjection(Network network, boolean chopped) implements UpstreamPipeline {
    private static final int MULTIPLE = 16;

    @Override
    public boolean takesVolumes() {
        return true;
    }

    @Override
    public Planes restore(Planes counts) throws ModelException {
        if (counts.count() != network.inputs()) {
            throw new ModelException("The projection network takes stacks of " + network.inputs()
                    + " slices; this one has " + counts.count());
        }
        int height = chopped ? counts.height() / MULTIPLE * MULTIPLE : counts.height();
        int width = chopped ? counts.width() / MULTIPLE * MULTIPLE : counts.width();
        if (height == 0 || width == 0) {
            throw new ModelException("Slices of " + counts.width() + " x " + counts.height() + " are smaller than the "
                    + MULTIPLE + " pixels that upstream cuts to: use --no-chop");
        }
        Planes cut = new Planes(counts.count(), height, width);
        for (int z = 0; z < counts.count(); z++) {
            for (int y = 0; y < height; y++) {
                System.arraycopy(
                        counts.pixels(),
                        (z * counts.height() + y) * counts.width(),
                        cut.pixels(),
                        (z * height + y) * width,
                        width);
            }
        }
        return new Planes(1, height, width, network.run(cut.pixels(), 1, height, width));
    }
}
