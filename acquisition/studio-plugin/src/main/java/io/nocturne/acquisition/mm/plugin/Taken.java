package io.nocturne.acquisition.mm.plugin;

import io.nocturne.acquisition.mm.wire.Announcement;
import io.nocturne.acquisition.mm.wire.FrameHead;

/** A frame on its way to the companion. Belongs to one thread at a time. */
final class Taken {
    final Announcement stream;
    final long number;
    final double elapsedMillis;
    final int t;
    final int z;
    final int c;
    final int p;
    /** {@code byte[]} or {@code short[]}; nobody writes into it any more. */
    final Object pixels;

    long skippedBefore;

    /** Frames that the camera took up to and with this one; the outbox's. */
    long place;

    Taken(Announcement stream, long number, double elapsedMillis, int t, int z, int c, int p, Object pixels) {
        this.stream = stream;
        this.number = number;
        this.elapsedMillis = elapsedMillis;
        this.t = t;
        this.z = z;
        this.c = c;
        this.p = p;
        this.pixels = pixels;
    }

    FrameHead head() {
        return new FrameHead(number, skippedBefore, System.nanoTime(), elapsedMillis, t, z, c, p);
    }
}
