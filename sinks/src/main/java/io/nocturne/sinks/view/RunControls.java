package io.nocturne.sinks.view;

import java.util.List;

/**
 * What a page may do to the run, for whoever holds the token. Each call comes on a thread of the view's, one at a time,
 * and may take as long as it needs; it returns a sentence to show, or throws an {@link IllegalStateException} or
 * {@link IllegalArgumentException} whose message says why not.
 */
public interface RunControls {
    /** Names of models that {@link #useModel} takes, in the order to offer them. Any thread. */
    List<String> models();

    /**
     * Writes a mark into the run's ledger.
     *
     * @param index the frame shown when the mark was made, -1 for none
     * @param note a person's words, up to 200 characters, may be empty
     */
    String mark(long index, String note);

    /** Restores with another model from a frame boundary on. */
    String useModel(String name);

    /** Ends the run: the source stops, what is under way is finished. */
    String stop();
}
