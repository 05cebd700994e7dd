package io.nocturne.stream.stack;

import java.io.IOException;

/** A stack or run can't be read or written. The message names the file, what is wrong, and what to do. */
public class StackException extends IOException {
    private static final long serialVersionUID = 1L;

    public StackException(String message) {
        super(message);
    }

    public StackException(String message, Throwable cause) {
        super(message, cause);
    }
}
