package io.nocturne.stream.spi;

/** A camera or recording can't be used. The message names it and says what to do. */
public class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    public SourceException(String message) {
        super(message);
    }

    public SourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
