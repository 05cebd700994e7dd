package io.nocturne.inference.unifmir.pipeline;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.unifmir.UnifmirTask;

/**
 * One of UniFMIR's published offline pipelines: everything before and after the network, with its quirks, for results that
 * compare with the authors'. It looks at whole volumes, so none of it can run live. One thread at a time.
 */
public interface UpstreamPipeline {
    /** True if it takes all slices of a volume; false if it takes frames one by one. */
    boolean takesVolumes();

    /**
     * Restores.
     *
     * @param counts a volume's slices or one frame, in camera counts
     * @return what was made of them, in the units that the published program writes
     * @throws ModelException if the network can't be run on them; says what to do
     */
    Planes restore(Planes counts) throws ModelException;

    /**
     * The pipeline of a task.
     *
     * @param chop whether images are cut into quadrants, as the published programs do unless told otherwise
     */
    static UpstreamPipeline of(UnifmirTask task, Network network, boolean chop) {
        Chop.Rule rule =
                switch (task) {
                    case PROJECTION -> Chop.Rule.PROJECTION;
                    case VOLUMETRIC -> Chop.Rule.VIEWS;
                    default -> Chop.Rule.FRAMES;
                };
        Network used = chop ? new Chop(network, rule) : network;
        return switch (task) {
            case SR -> new UpstreamSuperResolution(used);
            case DENOISE, DENOISE5 -> new UpstreamDenoising(used);
            case ISOTROPIC -> new UpstreamIsotropic(used);
            case PROJECTION -> new UpstreamProjection(used, chop);
            case VOLUMETRIC -> new UpstreamLightField(used);
        };
    }
}
