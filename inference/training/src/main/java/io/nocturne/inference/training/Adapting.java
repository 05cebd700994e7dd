package io.nocturne.inference.training;

import io.nocturne.inference.ModelTraining.Neighbours;
import io.nocturne.inference.RestorationModel;
import io.nocturne.stream.spi.FrameSpec;
import java.io.IOException;

/**
 * Learning from a recording's own noise: a second look at the same thing under other noise stands in for the clean image
 * (Noise2Noise, Lehtinen et al., ICML 2018). The second look is the nearest that the recording has: the frames before and
 * after, else the slices below and above, else the pixels beside.
 */
abstract class Adapting extends Further {
    /** Time points that learning along time needs: two to be kept out, one between two others to learn from. */
    static final int LEAST_TIMES = 6;

    /** Slices that learning along depth needs. */
    static final int LEAST_SLICES = 5;

    /** Largest side of patches. */
    static final int MOST_SIDE = 96;

    private static final int LEAST_SIDE = 32;

    private final Recording recording;

    Adapting(Recording recording) {
        this.recording = recording;
    }

    /**
     * Chooses what predicts what.
     *
     * @param start the model that learning starts from
     * @throws IOException if the recording is too small, or lacks the axis that was asked for
     */
    static Adapting on(Recording recording, Neighbours neighbours, RestorationModel start) throws IOException {
        FrameSpec spec = recording.spec();
        Neighbours chosen = neighbours == Neighbours.AUTO ? nearest(recording) : neighbours;
        int least = chosen == Neighbours.TIME ? LEAST_SIDE : 2 * LEAST_SIDE;
        if (spec.width() < least || spec.height() < least) {
            throw new IOException(recording + "; learning from neighbours in " + chosen.axis()
                    + " needs frames of at least " + least + " x " + least + " pixels");
        }
        return switch (chosen) {
            case SLICES -> SliceNeighbours.on(recording, start);
            case PIXELS -> PixelNeighbours.on(recording, start);
            default -> TimeNeighbours.on(recording);
        };
    }

    private static Neighbours nearest(Recording recording) {
        if (recording.times() >= LEAST_TIMES) {
            return Neighbours.TIME;
        }
        return recording.slices() >= LEAST_SLICES ? Neighbours.SLICES : Neighbours.PIXELS;
    }

    /** Side of patches from an area of the recording's width and that many rows. */
    static int side(Recording recording, int rows) {
        return Math.min(MOST_SIDE, Math.min(recording.spec().width(), rows) / 16 * 16);
    }

    /** Upper rows that are learned from, where the lower fifth is kept out to judge. */
    static int taughtRows(Recording recording) {
        int height = recording.spec().height();
        return height - Math.max(LEAST_SIDE, height / 5 / 16 * 16);
    }

    final Recording recording() {
        return recording;
    }

    @Override
    String source() {
        return "the recording " + recording.name();
    }
}
