package io.nocturne.stream.spi;

import java.util.List;
import java.util.Objects;

/**
 * What a source says about its frames before the first one: fixed for the length of an epoch.
 *
 * <p>A stream is one physical camera. Its frames are numbered 0, 1, 2 ... in capture order, frames known to be lost
 * included; unless the source says otherwise, frame {@code i} lies at the coordinates given by {@link #channelOf},
 * {@link #zSliceOf}, {@link #positionOf} and {@link #timePointOf}: channel fastest, then z, position and time.
 *
 * @param name file-name-safe name of the stream, such as {@code cam0}
 * @param frame geometry of each frame
 * @param channels channel names in order, at least one
 * @param zSlices z-slices per stack, 1 for 2-D
 * @param positions stage positions, at least 1
 * @param pixelSizeUm pixel size in the sample in micrometres, NaN if unknown
 * @param zStepUm distance of z-slices in micrometres, NaN if unknown
 * @param significantBits bits that the camera really uses (12 for a 12-bit camera in uint16), at most the type's
 * @param framePeriodNanos intended time from frame to frame, 0 if unknown or as fast as possible
 * @param exposureNanos exposure time of a frame, 0 if unknown
 * @param totalFrames frames the source will give before it ends, -1 if open-ended
 */
public record StreamSpec(
        String name,
        FrameSpec frame,
        List<String> channels,
        int zSlices,
        int positions,
        double pixelSizeUm,
        double zStepUm,
        int significantBits,
        long framePeriodNanos,
        long exposureNanos,
        long totalFrames) {
    public StreamSpec {
        Objects.requireNonNull(frame, "frame");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._]{0,63}")) {
            throw new IllegalArgumentException("Stream name '" + name
                    + "' must be 1 to 64 letters, digits, dots or underscores and start with a letter or digit");
        }
        channels = List.copyOf(channels);
        if (channels.isEmpty() || zSlices < 1 || positions < 1) {
            throw new IllegalArgumentException("A stream has at least one channel, z-slice and position");
        }
        if (significantBits < 1 || significantBits > 8 * frame.pixelType().bytes()) {
            throw new IllegalArgumentException(significantBits + " significant bits do not fit "
                    + frame.pixelType().typeName() + " pixels");
        }
    }

    /** A single-channel 2-D movie with nothing but its geometry known. */
    public static StreamSpec movie(String name, FrameSpec frame, long framePeriodNanos, long totalFrames) {
        return new StreamSpec(
                name,
                frame,
                List.of("0"),
                1,
                1,
                Double.NaN,
                Double.NaN,
                8 * frame.pixelType().bytes(),
                framePeriodNanos,
                0,
                totalFrames);
    }

    /** The same stream with another number of frames to come. */
    public StreamSpec withTotalFrames(long frames) {
        return new StreamSpec(
                name,
                frame,
                channels,
                zSlices,
                positions,
                pixelSizeUm,
                zStepUm,
                significantBits,
                framePeriodNanos,
                exposureNanos,
                frames);
    }

    /** Frames per time point: channels x z-slices x positions. */
    public int framesPerTimePoint() {
        return channels.size() * zSlices * positions;
    }

    public int channelOf(long index) {
        return (int) (index % channels.size());
    }

    public int zSliceOf(long index) {
        return (int) (index / channels.size() % zSlices);
    }

    public int positionOf(long index) {
        return (int) (index / channels.size() / zSlices % positions);
    }

    public long timePointOf(long index) {
        return index / framesPerTimePoint();
    }
}
