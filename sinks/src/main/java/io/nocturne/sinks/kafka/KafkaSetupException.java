package io.nocturne.sinks.kafka;

import java.io.IOException;

/** Kafka can't be used as it is set up. The message names the setting, what it is and what it should be. */
public final class KafkaSetupException extends IOException {
    private static final long serialVersionUID = 1L;

    public KafkaSetupException(String message) {
        super(message);
    }

    public KafkaSetupException(String message, Throwable cause) {
        super(message, cause);
    }
}
