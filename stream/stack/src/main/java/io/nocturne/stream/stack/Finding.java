package io.nocturne.stream.stack;

/**
 * One thing that {@link Verify} found.
 *
 * @param severity how bad it is
 * @param kind what it is
 * @param where the file, or the stream, epoch and frame
 * @param sentence what was expected, what was found, and what to do
 * @param repaired true if it was put right
 */
public record Finding(Severity severity, Kind kind, String where, String sentence, boolean repaired) {
    /** How bad. */
    public enum Severity {
        /** Worth knowing. */
        NOTE,
        /** Explained by an interrupted run; nothing that was promised is lost. */
        WARNING,
        /** The run does not hold what its ledger says, or a reader would be misled. */
        ERROR
    }

    /** What. */
    public enum Kind {
        LEDGER_MISSING,
        LEDGER_LINE_TORN,
        LEDGER_LINE_DAMAGED,
        RUN_NOT_ENDED,
        STACK_MISSING,
        STACK_UNREADABLE,
        FRAME_MISSING,
        FRAME_DAMAGED,
        FRAME_NOT_AS_LEDGERED,
        FRAME_NOT_LEDGERED,
        SHARD_INDEX_DAMAGED,
        PAGE_CHAIN_BROKEN,
        PAGE_INDEX_BROKEN,
        SHAPE_BEHIND,
        STATE_WRONG,
        TEMPORARY_FILE,
        UNKNOWN_FILE
    }

    Finding asRepaired() {
        return new Finding(severity, kind, where, sentence, true);
    }

    @Override
    public String toString() {
        return severity + " " + kind + " " + where + ": " + sentence + (repaired ? " Repaired." : "");
    }
}
