package io.nocturne.inference.unifmir;

import java.util.List;

/**
 * Under which names a network's parts are stored. A network for one task holds its own; the pre-trained one holds a head
 * and a tail for every task around one body.
 *
 * @param universal whether this is the pre-trained network of all tasks
 * @param prefix before every name of the body
 * @param first first convolution
 * @param before convolution behind the body
 * @param upsample convolution before pixels are shuffled
 * @param last last convolution
 */
public record ParameterNames(
        boolean universal, String prefix, String first, String before, String upsample, String last) {
    static final String PROJECTOR = "project.";
    static final String UNET = "conv_first0.";

    /** Parts of the universal network that only some tasks use. */
    private static final List<String> HEADS_AND_TAILS =
            List.of(PROJECTOR, UNET, "conv_first", "upsamplesr.", "conv_before_upsample", "conv_last");

    static ParameterNames of(UnifmirTask task, boolean universal) {
        return universal ? universal(task) : single(task);
    }

    private static ParameterNames single(UnifmirTask task) {
        String prefix = task == UnifmirTask.PROJECTION ? "denoise." : "";
        return new ParameterNames(
                false,
                prefix,
                prefix + "conv_first",
                prefix + "conv_before_upsample.0",
                prefix + "upsample.0",
                prefix + "conv_last");
    }

    private static ParameterNames universal(UnifmirTask task) {
        String head =
                switch (task) {
                    case SR -> "sr";
                    case DENOISE, DENOISE5 -> "dT";
                    case ISOTROPIC -> "iso";
                    case PROJECTION -> "proj";
                    case VOLUMETRIC -> "v";
                };
        String tail = task == UnifmirTask.VOLUMETRIC ? "v" : "0";
        return new ParameterNames(
                true,
                "",
                "conv_first" + head,
                "conv_before_upsample" + tail + ".0",
                "upsamplesr.0",
                "conv_last" + tail);
    }

    /** Start of the names of a block's parameters. */
    public String block(int group, int block) {
        return prefix + "layers." + group + ".residual_group.blocks." + block + ".";
    }

    /** Convolution at the end of a group. */
    public String groupConvolution(int group) {
        return prefix + "layers." + group + ".conv";
    }

    /** Convolution behind the groups. */
    public String afterBody() {
        return prefix + "conv_after_body";
    }

    /** Norm before the first block. */
    public String patchNorm() {
        return prefix + "patch_embed.norm";
    }

    /** Norm behind the groups. */
    public String lastNorm() {
        return prefix + "norm";
    }

    /** Whether a network reads a parameter that no training changes: statistics of batches and random projections. */
    static boolean fixed(String name) {
        return name.endsWith(".running_mean") || name.endsWith(".running_var") || name.endsWith(".projection_matrix");
    }

    /** Whether a parameter is never read: recomputed, unused by the published network, or of another task's part. */
    boolean passedOver(String name) {
        return name.endsWith(".attn_mask")
                || name.endsWith(".relative_position_index")
                || name.endsWith(".num_batches_tracked")
                || name.startsWith(PROJECTOR + "sub_mean.")
                || name.startsWith(PROJECTOR + "add_mean.")
                || (universal && HEADS_AND_TAILS.stream().anyMatch(name::startsWith));
    }
}
