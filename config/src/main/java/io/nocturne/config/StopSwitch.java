package io.nocturne.config;

import io.nocturne.stream.ring.FramePipeline;

/** One way to stop whatever pipeline is running, now or as soon as there is one. Safe from any thread. */
final class StopSwitch {
    private FramePipeline running;
    private int asked;

    /** Stops the pipeline that runs. Asked twice, what follows it doesn't begin. */
    synchronized void request() {
        asked++;
        if (running != null) {
            running.requestStop();
        }
    }

    /** This pipeline runs from now on. */
    synchronized void arm(FramePipeline pipeline) {
        running = pipeline;
        if (asked > 0) {
            pipeline.requestStop();
        }
    }

    /** The camera's part is over: what follows completes the run, and the first request doesn't concern it. */
    synchronized void rearm() {
        running = null;
        asked = Math.max(0, asked - 1);
    }

    /** True if nothing more should begin. */
    synchronized boolean asked() {
        return asked > 0;
    }
}
