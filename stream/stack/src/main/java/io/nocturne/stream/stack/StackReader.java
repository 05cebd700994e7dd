package io.nocturne.stream.stack;

import io.nocturne.stream.spi.StreamSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Frames at rest, read one by one. One thread at a time.
 *
 * <p>{@link #open} knows by content: OME-Zarr 0.5 and 0.4 folders, plain Zarr arrays, TIFF, BigTIFF, OME-TIFF and
 * ImageJ stacks, NDTiff datasets of a run, {@code .npy} and {@code .npz}, PNG, and folders of TIFF or PNG frames in
 * natural order of their names.
 */
public interface StackReader extends Closeable {
    /**
     * Opens whatever lies at that path.
     *
     * @throws StackException if it isn't one of the known formats or is damaged; the message says what to do
     */
    static StackReader open(Path path) throws IOException {
        return StackFormats.open(path);
    }

    /**
     * What the frames are. {@code totalFrames} is {@link #frames()} at the time of opening; unknown sizes and times are
     * NaN and 0.
     */
    StreamSpec stream();

    /** Frame indices in this stack, holes included; see {@link #refresh} for a stack that grows. */
    long frames();

    /** True if the frame is there; false for a hole or an index outside. */
    boolean has(long index) throws IOException;

    /**
     * Reads one frame in native byte order into {@code into}, from its start; position and limit are set around what was
     * read.
     *
     * @param index 0 to {@link #frames()} - 1
     * @param into capacity of at least {@code stream().frame().bytes()}
     * @return false if the frame is a hole: then {@code into} holds the fill value, 0
     * @throws IOException if the frame is damaged
     */
    boolean read(long index, ByteBuffer into) throws IOException;

    /**
     * Looks again how many frames there are, for a stack that is being written.
     *
     * @return {@link #frames()} from now on
     */
    default long refresh() throws IOException {
        return frames();
    }
}
