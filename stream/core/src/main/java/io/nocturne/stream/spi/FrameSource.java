package io.nocturne.stream.spi;

/** Where frames come from: a camera, a simulation, a recording. One source feeds one stream. */
public interface FrameSource extends AutoCloseable {
    /**
     * Prepares the source and says what its frames will be. Called once, before any ring exists, on the caller's thread.
     *
     * @throws SourceException if the camera or file can't be used; the message says what to do
     */
    StreamSpec open() throws SourceException;

    /**
     * Feeds frames until there are no more, or soon after {@link FrameWriter#stopRequested()}. Called once per epoch on
     * the source thread; a later call goes on with the frame after the last one handed on, and what was due meanwhile
     * waits in the camera's buffer or is a gap.
     *
     * @return how it ended
     * @throws Exception any failure: the run ends as SOURCE_FAILED and what was committed is kept
     */
    SourceEnd run(FrameWriter writer) throws Exception;

    /** Releases the camera or file. Called once, after the last {@link #run}. */
    @Override
    void close();

    /** How {@link #run} ended. */
    sealed interface SourceEnd {
        /** No more frames, or a stop was asked for. */
        record Finished() implements SourceEnd {}

        /** The geometry changes: a new epoch with this geometry follows, with another call of {@link #run}. */
        record NextEpoch(StreamSpec spec) implements SourceEnd {}

        SourceEnd FINISHED = new Finished();
    }
}
