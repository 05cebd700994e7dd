package io.nocturne.acquisition.mm.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** How far the frames of a stream go along channel, z and position; time has no end. Immutable. */
public final class Axes {
    /** One channel, one plane, one place. */
    public static final Axes MOVIE = new Axes(Collections.singletonList("0"), 1, 1);

    static final int MOST_CHANNELS = 64;
    private static final int MOST_PLANES = 1 << 20;
    private static final int LONGEST_NAME = 32;

    public final List<String> channels;
    public final int zSlices;
    public final int positions;

    private Axes(List<String> channels, int zSlices, int positions) {
        this.channels = Collections.unmodifiableList(new ArrayList<>(channels));
        this.zSlices = zSlices;
        this.positions = positions;
    }

    /**
     * Axes of that length.
     *
     * @param channels 1 to 64 names of at most 32 characters
     * @param zSlices planes of a stack, 1 for none
     * @param positions places, 1 for one
     * @throws WireException if that can't be
     */
    public static Axes of(List<String> channels, int zSlices, int positions) throws WireException {
        if (channels.isEmpty() || channels.size() > MOST_CHANNELS) {
            throw new WireException("A stream has 1 to " + MOST_CHANNELS + " channels, not " + channels.size());
        }
        for (String name : channels) {
            if (name.isEmpty() || name.length() > LONGEST_NAME) {
                throw new WireException("A channel's name has 1 to " + LONGEST_NAME + " characters, unlike '"
                        + name.substring(0, Math.min(LONGEST_NAME, name.length())) + "'");
            }
        }
        if (zSlices < 1 || zSlices > MOST_PLANES || positions < 1 || positions > MOST_PLANES) {
            throw new WireException(
                    "A stream has 1 to " + MOST_PLANES + " planes and positions, not " + zSlices + " and " + positions);
        }
        return new Axes(channels, zSlices, positions);
    }

    /** Whether a frame with these coordinates is of the stream. */
    public boolean hold(int t, int z, int c, int p) {
        return t >= 0 && z >= 0 && z < zSlices && c >= 0 && c < channels.size() && p >= 0 && p < positions;
    }

    /** Whether frames differ in time only, so that their order says all. */
    public boolean movie() {
        return channels.size() == 1 && zSlices == 1 && positions == 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Axes
                && channels.equals(((Axes) other).channels)
                && zSlices == ((Axes) other).zSlices
                && positions == ((Axes) other).positions;
    }

    @Override
    public int hashCode() {
        return Objects.hash(channels, zSlices, positions);
    }
}
