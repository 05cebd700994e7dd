package io.nocturne.inference.training;

import io.nocturne.inference.StillFrame;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.StackReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** One channel of a recording in memory, in counts: planes by stage position, z-slice and time point. */
final class Recording {
    private static final int PLANES_PER_PIXEL = 3;

    private final Path path;
    private final FrameSpec spec;
    private final int positions;
    private final int slices;
    private final int times;
    private final Picture[] planes;

    private Recording(Path path, StreamSpec stream, int times) {
        this.path = path;
        this.times = times;
        spec = stream.frame();
        positions = stream.positions();
        slices = stream.zSlices();
        planes = new Picture[positions * slices * times];
    }

    /**
     * Reads one channel; of a recording that doesn't fit into memory, as many time points from its start as do.
     *
     * @throws IOException if there is no such channel, or one time point is too large
     */
    static Recording read(Path path, int channel) throws IOException {
        try (StackReader reader = StackReader.open(path)) {
            StreamSpec stream = reader.stream();
            if (channel < 0 || channel >= stream.channels().size()) {
                throw new IOException(
                        path + " has the channels " + stream.channels() + ", counted from 0; there is no " + channel);
            }
            if (stream.frame().depth() != 1) {
                throw new IOException(path + " holds volumes of " + stream.frame() + ", not frames");
            }
            long all = (reader.frames() + stream.framesPerTimePoint() - 1) / stream.framesPerTimePoint();
            long perTime = (long) stream.positions()
                    * stream.zSlices()
                    * stream.frame().pixels()
                    * Float.BYTES;
            long fit = Runtime.getRuntime().maxMemory() / PLANES_PER_PIXEL / perTime;
            if (fit == 0 && all > 0) {
                throw new IOException(
                        "One time point of " + path + " takes " + (perTime >> 20)
                                + " MiB, too much for this program's memory: adapt to a part of it, or give java a larger -Xmx");
            }
            Recording recording = new Recording(path, stream, (int) Math.min(all, fit));
            StillFrame frame = new StillFrame(stream.frame());
            for (long i = 0; i < reader.frames() && stream.timePointOf(i) < recording.times; i++) {
                if (stream.channelOf(i) == channel && reader.read(i, frame.pixels())) {
                    int place = stream.positionOf(i) * recording.slices + stream.zSliceOf(i);
                    recording.planes[place * recording.times + (int) stream.timePointOf(i)] = ImageFiles.picture(frame);
                }
            }
            return recording;
        }
    }

    String name() {
        return String.valueOf(path.getFileName());
    }

    FrameSpec spec() {
        return spec;
    }

    int times() {
        return times;
    }

    int slices() {
        return slices;
    }

    /** Frames that follow each other at one place, cut where one is missing. */
    List<List<Picture>> alongTime() {
        List<List<Picture>> all = new ArrayList<>();
        for (int place = 0; place < positions * slices; place++) {
            all.addAll(runs(Arrays.asList(planes).subList(place * times, (place + 1) * times)));
        }
        return all;
    }

    /** Slices of a stack that lie above each other, cut where one is missing. */
    List<List<Picture>> alongDepth() {
        List<List<Picture>> all = new ArrayList<>();
        for (int position = 0; position < positions; position++) {
            for (int time = 0; time < times; time++) {
                List<Picture> stack = new ArrayList<>();
                for (int z = 0; z < slices; z++) {
                    stack.add(planes[(position * slices + z) * times + time]);
                }
                all.addAll(runs(stack));
            }
        }
        return all;
    }

    /** Every frame that is there. */
    List<Picture> frames() {
        return Arrays.stream(planes).filter(Objects::nonNull).toList();
    }

    private static List<List<Picture>> runs(List<Picture> withHoles) {
        List<List<Picture>> runs = new ArrayList<>();
        List<Picture> run = new ArrayList<>();
        for (Picture plane : withHoles) {
            if (plane != null) {
                run.add(plane);
            } else if (!run.isEmpty()) {
                runs.add(run);
                run = new ArrayList<>();
            }
        }
        if (!run.isEmpty()) {
            runs.add(run);
        }
        return runs;
    }

    /** Some rows of a plane as a frame of the recording's own pixel type. */
    StillFrame still(Picture plane, int top, int rows) {
        StillFrame frame = new StillFrame(new FrameSpec(spec.width(), rows, spec.pixelType()));
        for (int i = 0; i < rows * spec.width(); i++) {
            frame.set(i, plane.values()[top * spec.width() + i]);
        }
        return frame;
    }

    StillFrame still(Picture plane) {
        return still(plane, 0, spec.height());
    }

    @Override
    public String toString() {
        return path + ": " + times + " time points, " + slices + " slices, " + positions + " positions of " + spec;
    }
}
