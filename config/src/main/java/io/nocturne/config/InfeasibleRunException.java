package io.nocturne.config;

import java.util.List;

/** A run can't go well as configured; the message says why, and what to do. */
public final class InfeasibleRunException extends Exception {
    private static final long serialVersionUID = 1L;

    InfeasibleRunException(List<String> obstacles) {
        super(String.join("\n", obstacles));
    }
}
