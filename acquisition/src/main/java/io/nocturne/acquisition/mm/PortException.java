package io.nocturne.acquisition.mm;

/** A Micro-Manager core refused something. The message is the core's own, with what was asked of it. */
public final class PortException extends Exception {
    private static final long serialVersionUID = 1L;

    public PortException(String message) {
        super(message);
    }

    public PortException(String message, Throwable cause) {
        super(message, cause);
    }
}
