package io.nocturne.sinks.kafka;

import java.io.IOException;

/** A record in a spill file can't be read back as it was written. The message names the file and the byte. */
public final class SpillException extends IOException {
    private static final long serialVersionUID = 1L;

    public SpillException(String message) {
        super(message);
    }
}
