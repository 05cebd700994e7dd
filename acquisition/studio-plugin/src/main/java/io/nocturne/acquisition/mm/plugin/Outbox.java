package io.nocturne.acquisition.mm.plugin;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Frames that wait for the sender: a few, and when there is no room the oldest gives way and is counted. {@link #offer} takes
 * no lock and wakes nobody, from any thread: Micro-Manager's thread is neither made to wait nor moved aside for the sender,
 * which looks by itself every millisecond. {@link #take} is the sender's alone.
 */
final class Outbox {
    private static final long LOOK_NANOS = 1_000_000;
    /** How often the sender looks when nothing has come for a while. */
    private static final long IDLE_LOOK_NANOS = 20_000_000;

    private static final int LOOKS_UNTIL_IDLE = 500;

    private final ConcurrentLinkedQueue<Taken> frames = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    /** Frames that the camera took so far, those that nobody saw included. */
    private final AtomicLong cameraFrames = new AtomicLong();

    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong replaced = new AtomicLong();
    private volatile int room;
    private volatile boolean closed;
    /** Camera frames up to the one taken last; the sender's. */
    private long takenUpTo;

    /**
     * @param room frames that may wait: 1 for Live, where only the newest matters
     */
    Outbox(int room) {
        this.room = room;
    }

    /** So many may wait from now on. */
    void room(int frameCount) {
        room = frameCount;
    }

    /** Puts a frame in; never waits. */
    void offer(Taken frame) {
        if (closed) {
            return;
        }
        offered.incrementAndGet();
        frame.place = cameraFrames.addAndGet(frame.skippedBefore + 1);
        while (waiting.get() >= room && frames.poll() != null) {
            waiting.decrementAndGet();
            replaced.incrementAndGet();
        }
        frames.add(frame);
        waiting.incrementAndGet();
    }

    /** Waits for a frame, and counts with it what went missing before it; null once closed and empty. */
    Taken take() throws InterruptedException {
        for (int looks = 0; ; looks++) {
            boolean last = closed;
            Taken frame = frames.poll();
            if (frame != null) {
                waiting.decrementAndGet();
                frame.skippedBefore = Math.max(0, frame.place - takenUpTo - 1);
                takenUpTo = Math.max(takenUpTo, frame.place);
                return frame;
            }
            if (last) {
                return null;
            }
            LockSupport.parkNanos(this, looks < LOOKS_UNTIL_IDLE ? LOOK_NANOS : IDLE_LOOK_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Takes no more; what waits is still taken out. */
    void finish() {
        closed = true;
    }

    /** Takes no more and forgets what waits. */
    void close() {
        closed = true;
        while (frames.poll() != null) {
            waiting.decrementAndGet();
        }
    }

    /** Frames put in so far. */
    long offered() {
        return offered.get();
    }

    /** Frames that gave way to newer ones so far. */
    long replaced() {
        return replaced.get();
    }
}
