package io.nocturne.acquisition.mm;

import java.util.Optional;

/**
 * Part of a run with its own light: a short bright reference, say, and a long dim part. Each is an epoch of its own, so a
 * frame's light is never in doubt.
 *
 * @param name for the ledger, such as {@code reference}
 * @param frames how many, or -1 until the run is stopped
 * @param level of the excitation, in {@link LightSettings#unit}; none: as it is
 * @param exposureMillis of its frames; none: as before
 */
public record Phase(String name, long frames, Optional<Double> level, Optional<Double> exposureMillis) {
    public Phase {
        if (frames < -1 || frames == 0) {
            throw new IllegalArgumentException(
                    "Phase '" + name + "' needs 1 frame or more, or -1 until stopped, not " + frames);
        }
    }

    /** The only phase of a run that has no more to say. */
    static Phase whole(long frames) {
        return new Phase("run", frames, Optional.empty(), Optional.empty());
    }

    boolean endless() {
        return frames < 0;
    }
}
