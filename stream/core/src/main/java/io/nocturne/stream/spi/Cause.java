package io.nocturne.stream.spi;

/** Why a frame is missing, raw-only, failed, or why a stream ended. Names go into ledger, headers and reports. */
public enum Cause {
    NONE(Kind.NONE, "no cause"),

    CAMERA_OVERWROTE(Kind.GAP, "the camera's buffer wrapped before it was read"),
    CAMERA_SKIPPED(Kind.GAP, "the camera's frame number jumped"),
    RING_FULL(Kind.GAP, "the raw ring and the camera's buffer were full"),
    SOURCE_ABORTED(Kind.GAP, "the source could not finish filling the frame"),
    BAD_FRAME(Kind.GAP, "the frame's size or type did not match the epoch"),

    NO_FREE_WORKER(Kind.RAW_ONLY, "all workers were busy"),
    SINK_BEHIND(Kind.RAW_ONLY, "a sink of restored frames was behind"),
    RESTORER_OFF(Kind.RAW_ONLY, "the restorer was switched off after repeated failures"),
    NO_RESTORER(Kind.RAW_ONLY, "no model is set for this channel"),
    WINDOW_INCOMPLETE(Kind.RAW_ONLY, "the neighbours that the model needs are missing"),
    STACK_INCOMPLETE(Kind.RAW_ONLY, "the stack was not completed"),
    STACK_MEMBER(Kind.RAW_ONLY, "part of a stack whose product stands at its last frame"),
    DRAINING(Kind.RAW_ONLY, "the run ended before a worker was free"),

    RESTORER_THREW(Kind.FAILED, "the restorer reported an error"),
    RESTORER_TIMED_OUT(Kind.FAILED, "the restorer took longer than maxRunMillis"),

    RAW_DISK_FAILED(Kind.NOT_STORED, "writing raw frames failed"),
    RAW_DISK_BEHIND(Kind.NOT_STORED, "the raw disk did not finish before the drain's deadline"),

    COMPLETED(Kind.END, "the source had no more frames"),
    STOP_REQUESTED(Kind.END, "a stop was asked for"),
    SOURCE_FAILED(Kind.END, "the source failed"),
    RAW_SINK_FAILED(Kind.END, "raw frames could no longer be stored"),
    GEOMETRY_CHANGED(Kind.END, "the camera's geometry changes: a new epoch follows"),
    MODEL_CHANGED(Kind.END, "another model was chosen: a new epoch follows");

    /** Which outcome a cause explains. */
    public enum Kind {
        NONE,
        GAP,
        RAW_ONLY,
        FAILED,
        NOT_STORED,
        END
    }

    private final Kind kind;
    private final String description;

    Cause(Kind kind, String description) {
        this.kind = kind;
        this.description = description;
    }

    public Kind kind() {
        return kind;
    }

    /** One clause for a person, such as "all workers were busy". */
    public String description() {
        return description;
    }
}
