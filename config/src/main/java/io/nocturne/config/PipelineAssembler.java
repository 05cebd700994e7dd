package io.nocturne.config;

import io.nocturne.config.RunConfig.Backfill;
import io.nocturne.config.report.RunReport;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.FreeSpace;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a run together and runs it: {@link #run} is the one method to read. The rest of this package works out what that
 * method needs. One use; {@link #run} on the calling thread, {@link #requestStop} on any.
 */
public final class PipelineAssembler {
    private static final Logger LOG = LoggerFactory.getLogger(PipelineAssembler.class);

    private final RunConfig config;
    private final RunWatcher watcher;
    private final StopSwitch stop = new StopSwitch();

    public PipelineAssembler(RunConfig config, RunWatcher watcher) {
        this.config = config;
        this.watcher = watcher;
    }

    /**
     * Runs from the first frame to the report.
     *
     * @throws InfeasibleRunException if it could not go well: nothing was started or written
     * @throws Exception if source, model, folder, broker or view can't be opened
     */
    public RunReport run() throws Exception {
        try (FrameSource source = Sources.of(config)) {
            StreamSpec stream = source.open();
            RunPlan plan = Planning.plan(config, stream);
            watcher.planned(plan);
            plan.requireFeasible();

            try (OpenRun run = OpenRun.begin(config)) {
                plan.printed().forEach(LOG::info);
                watcher.started(run.folder().root());
                Passes passes = new Passes(config, run, watcher, stop, FreeSpace.Limits.DEFAULT);

                List<StreamSpec> epochs = new ArrayList<>();
                for (StreamSpec next = stream; next != null; ) {
                    epochs.add(next);
                    next = passes.epoch(next, epochs.size() - 1, source);
                }

                stop.rearm();
                if (config.restore().backfill() == Backfill.ON_STOP) {
                    for (int epoch = 0; epoch < epochs.size(); epoch++) {
                        passes.completion(epochs.get(epoch).name(), epoch);
                    }
                }

                List<String> notes = new ArrayList<>(plan.warnings());
                notes.addAll(SmallerCopies.make(run.folder(), config, watcher, stop));
                RunReport report = Reporting.report(run, plan.lines(), notes, passes);
                watcher.ended(run.folder().root(), report);
                return report;
            }
        }
    }

    /** The plan of a run, without the run. */
    public static RunPlan plan(RunConfig config) throws Exception {
        try (FrameSource source = Sources.of(config)) {
            return Planning.plan(config, source.open());
        }
    }

    /** Ends the run soon: the source stops, everything in flight is drained. Any thread. */
    public void requestStop() {
        stop.request();
    }
}
