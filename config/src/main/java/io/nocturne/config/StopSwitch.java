package io.nocturne.config;

import io.nocturne.stream.ring.FramePipeline;

/** One way to stop whatever pipeline is running, now or as soon as there is one. Safe from any thread. */
final class StopSwitch {
    private FramePipeline running;
    private boolean asked;

    /** Stops the pipeline that runs, and those that are armed later. */
    synchronized void request() {
        asked = true;
        if (running != null) {
            running.requestStop();
        }
    }

    /** This pipeline runs from now on. */
    synchronized void arm(FramePipeline pipeline) {
        running = pipeline;
        if (asked) {
            pipeline.requestStop();
        }
    }

    /** The camera's part is over: what follows completes the run, and a stop asked for before doesn't concern it. */
    synchronized void rearm() {
        running = null;
        asked = false;
    }

    synchronized boolean asked() {
        return asked;
    }
}
