package io.nocturne.acquisition.mm.plugin;

import java.util.ArrayDeque;

/**
 * Frames that wait for the sender: a few, and when there is no room the oldest gives way and is counted. Safe from any thread;
 * nobody holds its lock for longer than it takes to move a reference.
 */
final class Outbox {
    private final ArrayDeque<Taken> frames = new ArrayDeque<>();
    private int room;
    private long offered;
    private long replaced;
    private boolean closed;

    /**
     * @param room frames that may wait: 1 for Live, where only the newest matters
     */
    Outbox(int room) {
        this.room = room;
    }

    /** So many may wait from now on. */
    synchronized void room(int frames) {
        room = frames;
    }

    /** Puts a frame in; never waits. */
    synchronized void offer(Taken frame) {
        if (closed) {
            return;
        }
        offered++;
        if (frames.size() >= room) {
            Taken old = frames.remove();
            replaced++;
            Taken next = frames.isEmpty() ? frame : frames.peek();
            next.skippedBefore += old.skippedBefore + 1;
        }
        frames.add(frame);
        notifyAll();
    }

    /** Waits for a frame; null once closed and empty. */
    synchronized Taken take() throws InterruptedException {
        while (frames.isEmpty() && !closed) {
            wait();
        }
        return frames.poll();
    }

    /** Takes no more; what waits is still taken out. */
    synchronized void finish() {
        closed = true;
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        frames.clear();
        notifyAll();
    }

    /** Frames put in so far. */
    synchronized long offered() {
        return offered;
    }

    /** Frames that gave way to newer ones so far. */
    synchronized long replaced() {
        return replaced;
    }
}
