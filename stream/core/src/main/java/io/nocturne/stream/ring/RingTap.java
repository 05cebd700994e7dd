package io.nocturne.stream.ring;

import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameTap;
import java.nio.ByteBuffer;

/** Copies from the rings without gating them: each copy counts only if its slot's stamp still stands afterwards. */
final class RingTap implements FrameTap {
    private static final int TRIES = 4;

    private final RawRing raw;
    private final RestoredRing restored;
    private final ByteBuffer[] rawBuffers;
    private final ByteBuffer[] productBuffers;
    private final FrameHeader header = new FrameHeader();

    RingTap(RawRing raw, RestoredRing restored) {
        this.raw = raw;
        this.restored = restored;
        this.rawBuffers = raw.buffers();
        this.productBuffers = restored.planeViews();
    }

    @Override
    public FrameHeader header() {
        return header;
    }

    @Override
    public boolean copyNewestRestored(long afterIndex, ByteBuffer into) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            int plane = restored.newestPlane();
            if (plane < 0) {
                return false;
            }
            Slot slot = restored.plane(plane);
            if (slot.header.index <= afterIndex && slot.readStamp() >= 0) {
                // Seen already: a poll must not cost a copy. A torn look only delays the frame to the next poll.
                return false;
            }
            if (copy(slot, productBuffers[plane], into)) {
                return header.index > afterIndex;
            }
        }
        return false;
    }

    @Override
    public boolean copyNewestRaw(long afterIndex, ByteBuffer into) {
        long newest = raw.published();
        for (long s = newest; s >= 0 && s > newest - TRIES; s--) {
            Slot slot = raw.get(s);
            if (slot.header.state == FrameState.RAW && slot.header.index <= afterIndex) {
                return false;
            }
            if (copy(slot, rawBuffers[(int) s & (raw.slots() - 1)], into) && header.state == FrameState.RAW) {
                return header.index > afterIndex;
            }
        }
        return false;
    }

    @Override
    public boolean copyRaw(long index, ByteBuffer into) {
        long newest = raw.published();
        long oldest = Math.max(0, newest - raw.slots() + 1);
        for (long s = newest; s >= oldest; s--) {
            Slot slot = raw.get(s);
            // A first look without a check; the copy is checked.
            if (slot.header.index == index && slot.header.state == FrameState.RAW) {
                return copy(slot, rawBuffers[(int) s & (raw.slots() - 1)], into) && header.index == index;
            }
        }
        return false;
    }

    private boolean copy(Slot slot, ByteBuffer from, ByteBuffer into) {
        long stamp = slot.readStamp();
        if (stamp < 0) {
            return false;
        }
        header.copyFrom(slot.header);
        into.clear();
        into.put(from.clear());
        into.flip();
        return slot.unchangedSince(stamp);
    }
}
