package io.nocturne.inference.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets one thread at a time compute, others cancel it, and frees memory only when nobody computes on it. Cancelling ends a
 * run at the next operator of the graph, not inside one. Closing while a run is under way cancels it, and the run's thread
 * frees the memory when it comes back.
 */
final class RunGuard {
    /** What is computed. */
    interface Work {
        void run(RunOptions options) throws OrtException;
    }

    private enum State {
        IDLE,
        RUNNING,
        CLOSED
    }

    private final RunOptions options;
    private final Runnable free;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private boolean terminating;

    /**
     * @param free releases what the work uses; called once
     */
    RunGuard(Runnable free) throws OrtException {
        options = new RunOptions();
        this.free = free;
    }

    /** Forgets an earlier {@link #cancel}. */
    void renew() {
        terminate(false);
    }

    /**
     * Computes.
     *
     * @throws OrtException if it fails or is cancelled
     */
    void run(Work work) throws OrtException {
        if (!state.compareAndSet(State.IDLE, State.RUNNING)) {
            throw new IllegalStateException("This lane is " + state.get());
        }
        try {
            work.run(options);
        } finally {
            if (!state.compareAndSet(State.RUNNING, State.IDLE)) {
                free();
            }
        }
    }

    /** Ends a computation soon, from any thread. */
    void cancel() {
        terminate(true);
    }

    void close() {
        if (state.compareAndSet(State.IDLE, State.CLOSED)) {
            free();
        } else if (state.compareAndSet(State.RUNNING, State.CLOSED)) {
            cancel();
        }
    }

    /** Sets or clears ONNX Runtime's wish to end; the lock keeps it from touching options that are freed. */
    private void terminate(boolean wish) {
        synchronized (options) {
            if (terminating == wish || (state.get() == State.CLOSED && !wish)) {
                return;
            }
            try {
                options.setTerminate(wish);
                terminating = wish;
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime refused to end or begin a run", e);
            }
        }
    }

    private void free() {
        synchronized (options) {
            terminating = true; // nobody sets it on freed options any more
            options.close();
        }
        free.run();
    }
}
