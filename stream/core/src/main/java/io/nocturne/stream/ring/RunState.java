package io.nocturne.stream.ring;

import io.nocturne.stream.spi.Cause;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** What the threads of one pipeline must know of each other. Safe from any thread. */
final class RunState {
    private final AtomicReference<Cause> endCause = new AtomicReference<>();
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private volatile boolean aborted;
    private volatile boolean turnAsked;

    /** Asks for the end; the first cause stands. */
    void requestStop(Cause cause) {
        endCause.compareAndSet(null, cause);
    }

    /** Asks for the end at the next whole time point. */
    void requestTurn() {
        turnAsked = true;
    }

    boolean turnAsked() {
        return turnAsked;
    }

    boolean stopRequested() {
        return endCause.get() != null;
    }

    /** Why the run ends, null while it goes on. */
    Cause endCause() {
        return endCause.get();
    }

    /** The drain's deadline has passed: every loop returns as it is. */
    void abort() {
        aborted = true;
    }

    boolean aborted() {
        return aborted;
    }

    /** Something a person must be told at the end. */
    void tell(String message) {
        messages.add(message);
    }

    List<String> messages() {
        return List.copyOf(messages);
    }
}
