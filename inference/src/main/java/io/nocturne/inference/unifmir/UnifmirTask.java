package io.nocturne.inference.unifmir;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The restoration tasks that UniFMIR was published for (Ma et al., Nature Methods 2024), by their command-line names. */
public enum UnifmirTask {
    /** Super-resolution x2 of a 2-D frame. */
    SR("sr"),
    /** Denoising of a 2-D frame. */
    DENOISE("denoise"),
    /** Denoising of a z-slice, two neighbours on either side given. */
    DENOISE5("denoise5"),
    /** Isotropic reconstruction of a volume from its two orthogonal views. */
    ISOTROPIC("isotropic"),
    /** Projection of a stack of 50 planes onto one surface. */
    PROJECTION("projection"),
    /** A volume of 61 planes from one light-field frame of 11 x 11 views. */
    VOLUMETRIC("volumetric");

    private final String title;

    UnifmirTask(String title) {
        this.title = title;
    }

    /** Name on the command line and in cards. */
    public String title() {
        return title;
    }

    /**
     * The task of that name.
     *
     * @throws IllegalArgumentException naming the known ones
     */
    public static UnifmirTask of(String title) {
        return Arrays.stream(values())
                .filter(task -> task.title.equals(title))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no task '" + title + "'; tasks are "
                        + Arrays.stream(values()).map(UnifmirTask::title).collect(Collectors.joining(", "))));
    }
}
