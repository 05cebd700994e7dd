package io.nocturne.acquisition.scene;

import java.util.Locale;

/** What a channel's dye labels. */
public enum Structure {
    /** Everything at once: microtubules, vesicles and faint cytoplasm. */
    CELLS,
    /** Microtubules and a little free dye. */
    MICROTUBULES,
    /** Vesicles that ride on microtubules or diffuse. */
    VESICLES,
    /** Cell nuclei with their chromatin. */
    NUCLEI;

    /** The channel's name in a stream: lower case. */
    public String channelName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
