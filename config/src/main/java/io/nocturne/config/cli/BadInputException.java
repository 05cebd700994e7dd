package io.nocturne.config.cli;

/** What was asked for can't be done as asked; the message says why and what to do. Ends a command with exit code 2. */
public final class BadInputException extends Exception {
    private static final long serialVersionUID = 1L;

    public BadInputException(String message) {
        super(message);
    }

    public BadInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
