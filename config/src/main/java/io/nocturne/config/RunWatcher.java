package io.nocturne.config;

import io.nocturne.config.report.RunReport;
import io.nocturne.stream.ring.LiveCounters;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Who follows a run from outside: a terminal, a test. Called on the run's thread, in this order. */
public interface RunWatcher {
    /** Follows nothing. */
    RunWatcher SILENT = new RunWatcher() {};

    /** The run is worked out; it starts next unless there are obstacles. */
    default void planned(RunPlan plan) {}

    /** The run's folder is there. */
    default void started(Path folder) {}

    /** The live view can be opened. */
    default void shown(URI view) {}

    /**
     * Frames begin to flow.
     *
     * @param pass such as {@code cam0 (live)}
     * @param frames that the pass is going to have, -1 if it goes on until stopped
     * @param live counters of the moment, from any thread, until the next call here
     */
    default void flowing(String pass, long frames, Supplier<LiveCounters> live) {}

    /**
     * Something else is done with the frames once they all are there.
     *
     * @param share of it that is done, 0 to 1
     */
    default void working(String what, double share) {}

    /** Everything is written; view and broker are still up and go down when this returns. */
    default void ended(Path folder, RunReport report) {}
}
