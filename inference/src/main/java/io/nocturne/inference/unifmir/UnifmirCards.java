package io.nocturne.inference.unifmir;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.Normalization;
import io.nocturne.stream.spi.WindowSpec;
import java.util.List;

/** Cards of imported networks: how each task is run, as published where live operation allows it. */
public final class UnifmirCards {
    /**
     * Pixels that neighbouring tiles share at least: with weights by recipe, blended seams then differ from the whole frame
     * by 0.3 % of its largest value at most; with 32 by 1.3 % (nocturne-bench tiling).
     */
    static final int OVERLAP = 48;

    private static final String AUTHORS = "Ma et al., Nature Methods 2024 (UniFMIR); weights from the imported file";

    private UnifmirCards() {}

    /**
     * The card of a network.
     *
     * @param name of the model
     * @param options what its graph was made for
     * @param source file name of the checkpoint
     * @param sha256 of the checkpoint
     */
    public static ModelCard card(
            String name, UnifmirNetwork network, GraphOptions options, String source, String sha256) {
        UnifmirTask task = network.task();
        String weights = "weights of " + source + ", sha256 " + sha256 + (options.fast() ? ", without group 1" : "")
                + (options.half() ? ", half precision" : "");
        ModelCard card = ModelCard.of(name, task.title(), summary(task))
                .withTile(tile(task, options))
                .withInput(
                        new ModelCard.Input(UnifmirGraphs.INPUT, ModelCard.Layout.NCHW, List.of(), "", cell(network)))
                .withOutput(new ModelCard.Output(UnifmirGraphs.OUTPUT, network.outputs()))
                .withNormalization(normalization(task))
                .withProvenance(
                        new ModelCard.Training(List.of(), weights), "", List.of(AUTHORS), List.of(), limits(task));
        return switch (task) {
            case SR -> card.withScale(network.scale());
            case DENOISE, VOLUMETRIC -> card;
            case DENOISE5 -> card.withWindow(new WindowSpec(WindowSpec.Axis.Z, 2, 2));
            case ISOTROPIC -> card.withPipeline(ModelCard.Pipeline.ISOTROPIC);
            case PROJECTION -> card.withWindow(new WindowSpec(WindowSpec.Axis.STACK, 0, 0));
        };
    }

    private static int cell(UnifmirNetwork network) {
        return network.unet().map(UnifmirNetwork.ViewNet::side).orElse(1);
    }

    /** Networks that look at all of an image at once take frames of the graph's size, whole; the others take tiles. */
    private static ModelCard.Tile tile(UnifmirTask task, GraphOptions options) {
        if (wholeFrames(task)) {
            return ModelCard.Tile.whole(1);
        }
        int grid = UnifmirNetwork.WINDOW;
        int side = options.width();
        return new ModelCard.Tile(side, Math.min(OVERLAP, side / 2 / grid * grid), grid, 0, 0);
    }

    /** True if a task's network attends to, or pools, a whole image: cut or padded, it would give something else. */
    public static boolean wholeFrames(UnifmirTask task) {
        return task == UnifmirTask.PROJECTION || task == UnifmirTask.VOLUMETRIC;
    }

    private static Normalization normalization(UnifmirTask task) {
        return switch (task) {
            case SR -> Normalization.percentile(0, 100);
            case DENOISE, DENOISE5, ISOTROPIC -> Normalization.percentile(2, 99.8);
            case PROJECTION -> Normalization.none();
            case VOLUMETRIC -> Normalization.lightField();
        };
    }

    private static String summary(UnifmirTask task) {
        return switch (task) {
            case SR -> "UniFMIR super-resolution of 2-D frames";
            case DENOISE -> "UniFMIR denoising of 2-D frames";
            case DENOISE5 -> "UniFMIR denoising of z-slices, each with two neighbours on either side";
            case ISOTROPIC -> "UniFMIR isotropic reconstruction of stacks from both orthogonal views";
            case PROJECTION -> "UniFMIR projection of stacks onto a surface";
            case VOLUMETRIC -> "UniFMIR volumes from single light-field frames";
        };
    }

    private static String limits(UnifmirTask task) {
        String same = "Valid for samples and microscopes like those of its training; no quality was measured here.";
        return switch (task) {
            case PROJECTION -> same + " It looks at a whole frame at once, and takes frames of one size only.";
            case VOLUMETRIC ->
                same + " Frames must be rectified light fields of one size, views along each axis as trained.";
            default -> same;
        };
    }
}
