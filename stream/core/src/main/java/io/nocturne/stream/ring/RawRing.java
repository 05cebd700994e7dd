package io.nocturne.stream.ring;

import com.lmax.disruptor.RingBuffer;
import io.nocturne.stream.spi.FrameSpec;
import java.nio.ByteBuffer;

/**
 * The ring of camera frames: filled by the source thread, gated by raw disk and intake alone. Every byte is allocated
 * here, before the start.
 *
 * <p>The END entry comes from the pipeline's thread, since a hung source must not keep it back; hence the multi-producer
 * sequencer, although {@link RingWriter} lets in one producer at a time.
 */
final class RawRing {
    private final FrameSpec spec;
    private final RingBuffer<Slot> ring;
    private final WakeOnPublish wake = new WakeOnPublish();

    RawRing(FrameSpec spec, int slots) {
        this.spec = spec;
        ring = RingBuffer.createMultiProducer(() -> new Slot(spec.bytes()), slots, wake);
    }

    /** Registers a consumer, before the start. */
    RingCursor cursor(Waiter waiter) {
        return new RingCursor(ring, wake, waiter);
    }

    /** Views of all slots for one consumer, by {@code sequence & (slots - 1)}. */
    SlotView[] views() {
        SlotView[] views = new SlotView[slots()];
        for (int i = 0; i < views.length; i++) {
            Slot slot = ring.get(i);
            views[i] = new SlotView(spec).point(slot.header, slot.consumerView());
        }
        return views;
    }

    /** Read-only buffers on all slots for one tap, by {@code sequence & (slots - 1)}. */
    ByteBuffer[] buffers() {
        ByteBuffer[] buffers = new ByteBuffer[slots()];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = ring.get(i).consumerView();
        }
        return buffers;
    }

    Slot get(long sequence) {
        return ring.get(sequence);
    }

    int slots() {
        return ring.getBufferSize();
    }

    FrameSpec spec() {
        return spec;
    }

    /** Last sequence claimed, -1 at first; all but the last few are published. Any thread. */
    long published() {
        return ring.getCursor();
    }

    /** Room for another claim. Producer thread. */
    boolean hasRoom() {
        return ring.hasAvailableCapacity(1);
    }

    /** Claims the next slot; only after {@link #hasRoom()}, else it would wait. Producer thread. */
    long claim() {
        return ring.next();
    }

    void publish(long sequence) {
        ring.publish(sequence);
    }

    /** Slots in use, 0 to 1. Any thread. */
    double fill() {
        return 1.0 - (double) ring.remainingCapacity() / slots();
    }
}
