package io.nocturne.acquisition.mm.plugin;

import io.nocturne.acquisition.mm.wire.WireException;

/** A look at the newest frame of Live, without taking it away from anyone. One thread. */
interface LivePeek {
    /**
     * The newest frame.
     *
     * @return null if there is none, or if it is the one that was seen last
     * @throws WireException if the camera's frames aren't grey ones of 8 or 16 bits
     */
    Taken newest() throws WireException;
}
