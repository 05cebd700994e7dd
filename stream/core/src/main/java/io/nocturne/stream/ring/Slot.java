package io.nocturne.stream.ring;

import io.nocturne.stream.spi.FrameHeader;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One off-heap plane of pixels with its header, allocated once: an entry of the raw ring, or a product plane.
 *
 * <p>Consumers that gate the ring read it behind the ring's publication. A tap, which gates nothing, uses the stamp as
 * in a sequence lock: read the stamp, copy, and check that the stamp still stands.
 */
final class Slot {
    private static final long BEING_WRITTEN = -1;

    final FrameHeader header = new FrameHeader();
    /** The owner's own view: native order; position and limit belong to the thread that fills the slot. */
    final ByteBuffer plane;

    private final AtomicLong stamp = new AtomicLong(BEING_WRITTEN);

    Slot(int bytes) {
        plane = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Before the first write to header or plane. Filling thread. */
    void beginWrite() {
        stamp.setOpaque(BEING_WRITTEN);
        VarHandle.storeStoreFence();
    }

    /** After the last write. Filling thread. */
    void endWrite(long sequence) {
        stamp.setRelease(sequence);
    }

    /** Stamp before a copy; negative while the slot is being written. Any thread. */
    long readStamp() {
        return stamp.getAcquire();
    }

    /** True if nothing was written since {@link #readStamp} returned that stamp. Any thread. */
    boolean unchangedSince(long before) {
        VarHandle.acquireFence();
        return before != BEING_WRITTEN && stamp.getOpaque() == before;
    }

    /** A consumer's own read-only buffer on the plane: made once per consumer and slot, never shared. */
    ByteBuffer consumerView() {
        // asReadOnlyBuffer forgets the byte order.
        return plane.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }
}
