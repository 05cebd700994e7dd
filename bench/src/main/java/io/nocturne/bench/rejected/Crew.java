package io.nocturne.bench.rejected;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** The threads of one run: the first that fails ends the others. */
final class Crew {
    /** What a thread does. */
    interface Task {
        void run() throws Exception;
    }

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** Starts a thread. Calling thread only. */
    void start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (Exception | Error e) {
                        failure.compareAndSet(null, e);
                    }
                },
                "bench-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** True once a thread has failed: every loop ends. Any thread. */
    boolean failed() {
        return failure.get() != null;
    }

    /** Waits for all threads. Calling thread only. */
    void join() throws Exception {
        for (Thread thread : threads) {
            thread.join();
        }
        if (failed()) {
            throw new IllegalStateException("A thread of the hand-over failed", failure.get());
        }
    }
}
