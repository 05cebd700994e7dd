package io.nocturne.acquisition.mm.wire;

import java.io.IOException;

/** What came over the wire isn't what the protocol says. The connection is to be closed. */
public final class WireException extends IOException {
    private static final long serialVersionUID = 1L;

    public WireException(String message) {
        super(message);
    }
}
