package io.nocturne.stream.ring;

import com.lmax.disruptor.RingBuffer;
import io.nocturne.stream.spi.FrameSpec;
import java.nio.ByteBuffer;

/**
 * The ring of outcomes in capture order. Intake alone claims, workers publish as they finish; the multi-producer
 * sequencer lets consumers pass only up to the first unpublished entry, so order costs nothing.
 *
 * <p>Entries are small headers and many; product planes are frame-sized and few. A plane is free again once every
 * consumer has passed the entry that last used it. So a stalled sink makes frames raw-only (no plane is free) while
 * their outcomes still reach every other sink.
 */
final class RestoredRing {
    private final FrameSpec product;
    private final RingBuffer<Outcome> ring;
    private final WakeOnPublish wake = new WakeOnPublish();
    private final Slot[] planes;
    /** Sequence of the entry that last used each plane. Intake thread only. */
    private final long[] owner;

    private int lastPlane;
    /** The newest product released in capture order, for taps. Written by the outcome thread. */
    private volatile int newestPlane = -1;

    RestoredRing(FrameSpec product, int headers, int planeCount) {
        this.product = product;
        ring = RingBuffer.createMultiProducer(Outcome::new, headers, wake);
        planes = new Slot[planeCount];
        owner = new long[planeCount];
        for (int i = 0; i < planeCount; i++) {
            planes[i] = new Slot(product.bytes());
            owner[i] = -1;
        }
    }

    RingCursor cursor(Waiter waiter) {
        return new RingCursor(ring, wake, waiter);
    }

    FrameSpec product() {
        return product;
    }

    /** Read-only buffers on all planes for one consumer. */
    ByteBuffer[] planeViews() {
        ByteBuffer[] views = new ByteBuffer[planes.length];
        for (int i = 0; i < views.length; i++) {
            views[i] = planes[i].consumerView();
        }
        return views;
    }

    Outcome get(long sequence) {
        return ring.get(sequence);
    }

    Slot plane(int i) {
        return planes[i];
    }

    boolean hasRoom() {
        return ring.hasAvailableCapacity(1);
    }

    /** Claims the next entry; only after {@link #hasRoom()}. Intake thread. */
    long claim() {
        long sequence = ring.next();
        ring.get(sequence).plane = -1;
        return sequence;
    }

    /** A plane that no consumer needs any more, or -1. Intake thread. */
    int freePlane() {
        long passed = ring.getMinimumGatingSequence();
        for (int i = 1; i <= planes.length; i++) {
            int plane = (lastPlane + i) % planes.length;
            if (owner[plane] <= passed) {
                return plane;
            }
        }
        return -1;
    }

    /** Gives a plane to an entry. Intake thread, before the entry is handed to a worker. */
    Slot assign(long sequence, int plane) {
        owner[plane] = sequence;
        lastPlane = plane;
        ring.get(sequence).plane = plane;
        planes[plane].beginWrite();
        return planes[plane];
    }

    /** True if what holds the consumers up is a worker that hasn't finished, not a slow sink. */
    boolean waitsForWorker() {
        long first = ring.getMinimumGatingSequence() + 1;
        return first <= ring.getCursor() && !ring.isAvailable(first);
    }

    void publish(long sequence) {
        ring.publish(sequence);
    }

    /** Makes a product visible to taps. Outcome thread, in capture order. */
    void showNewest(int plane) {
        newestPlane = plane;
    }

    int newestPlane() {
        return newestPlane;
    }

    double fill() {
        return 1.0 - (double) ring.remainingCapacity() / ring.getBufferSize();
    }

    long published() {
        return ring.getCursor();
    }
}
