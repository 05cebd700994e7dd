package io.nocturne.stream.spi;

import java.nio.ByteBuffer;

/**
 * A look at the newest frame that never gates a ring: copies, then checks that the slot wasn't reused meanwhile. Each
 * viewer has a tap of its own; one thread per tap.
 */
public interface FrameTap {
    /** Header of the frame last copied. */
    FrameHeader header();

    /**
     * Copies the newest restored-ring entry that has pixels and an index above {@code afterIndex}.
     *
     * @param into at least the product's bytes; position and limit are set around what was copied
     * @return false if there is none yet
     */
    boolean copyNewestRestored(long afterIndex, ByteBuffer into);

    /** The same for raw frames. */
    boolean copyNewestRaw(long afterIndex, ByteBuffer into);

    /**
     * Copies the raw frame with that index, if the raw ring still holds it.
     *
     * @return false if it is gone or not yet there
     */
    boolean copyRaw(long index, ByteBuffer into);
}
