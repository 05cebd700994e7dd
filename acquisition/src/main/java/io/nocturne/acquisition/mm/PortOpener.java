package io.nocturne.acquisition.mm;

import io.nocturne.stream.spi.SourceException;

/** Makes a core, of whatever kind. */
@FunctionalInterface
public interface PortOpener {
    /**
     * A core with nothing loaded.
     *
     * @throws SourceException if there is none to be had; the message says what to do
     */
    CameraPort open() throws SourceException;
}
