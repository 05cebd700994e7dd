package io.nocturne.inference.checkpoint;

import io.nocturne.inference.ModelException;

/**
 * A file that isn't the checkpoint it should be: broken, foreign, or asking for more than weights. The message names the
 * file, the place, what was expected and what was found.
 */
public final class CheckpointException extends ModelException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_QUOTE = 100;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A name from a file, fit for a terminal: on one line, short, without control characters. */
    static String quote(String foreign) {
        StringBuilder text = new StringBuilder("'");
        for (int i = 0; i < Math.min(foreign.length(), LONGEST_QUOTE); i++) {
            char c = foreign.charAt(i);
            text.append(c < ' ' || (c > '~' && !Character.isLetterOrDigit(c)) ? '?' : c);
        }
        return text.append(foreign.length() > LONGEST_QUOTE ? "...'" : "'").toString();
    }
}
