package io.nocturne.inference;

/** A model can't be found, read or run as its card says. The message names the file and says what to do. */
public class ModelException extends Exception {
    private static final long serialVersionUID = 1L;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
