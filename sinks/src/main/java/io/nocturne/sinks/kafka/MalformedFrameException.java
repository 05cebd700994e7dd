package io.nocturne.sinks.kafka;

import java.io.IOException;

/** Bytes that should be an {@code ad00} record but are not one, or not one that holds an image. The message says where. */
public final class MalformedFrameException extends IOException {
    private static final long serialVersionUID = 1L;

    public MalformedFrameException(String message) {
        super(message);
    }
}
