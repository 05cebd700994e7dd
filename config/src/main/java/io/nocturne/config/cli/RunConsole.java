package io.nocturne.config.cli;

import io.nocturne.config.PipelineAssembler;
import io.nocturne.config.RunCompletion;
import io.nocturne.config.RunConfig;
import io.nocturne.config.RunPlan;
import io.nocturne.config.RunWatcher;
import io.nocturne.config.report.RunReport;
import io.nocturne.config.report.RunReport.CauseCount;
import io.nocturne.config.report.RunReport.Frames;
import io.nocturne.config.report.RunReport.Pass;
import io.nocturne.config.report.RunReport.SinkFrames;
import io.nocturne.config.report.Stages;
import io.nocturne.stream.latency.LatencyRecorder.Percentiles;
import io.nocturne.stream.ring.LiveCounters;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * A run as a person at a terminal follows it: the plan, one line of status while frames flow, and the account at the end.
 * Ctrl-C drains the run instead of cutting it off.
 */
class RunConsole implements RunWatcher {
    private final PrintWriter out;
    private final StatusLine status;
    private Path folder;
    private volatile boolean stopping;

    RunConsole(PrintWriter out) {
        this.out = out;
        this.status = new StatusLine(out, Terminal.isInteractive());
    }

    /** Runs a configuration to its end; the exit code. */
    int run(RunConfig config) throws Exception {
        PipelineAssembler assembler = new PipelineAssembler(config, this);
        return follow(assembler::run, assembler::requestStop);
    }

    /** Restores what a run left raw; the exit code. */
    int complete(Path run) throws Exception {
        RunCompletion completion = new RunCompletion(run, this);
        return follow(completion::run, completion::requestStop);
    }

    private int follow(Callable<RunReport> run, Runnable stop) throws Exception {
        Signals signals = new Signals(() -> stop(stop));
        try {
            return run.call().complete() ? 0 : CommandErrors.FAILED;
        } finally {
            signals.close();
            status.stop();
            out.flush();
        }
    }

    private void stop(Runnable stop) {
        status.say(
                stopping
                        ? "Leaving frames raw that still are; 'nocturne restore --in RUN' restores them later."
                        : "Stopping: what was begun is finished first. Once more to leave raw frames unrestored.");
        stopping = true;
        stop.run();
    }

    /** True once Ctrl-C was pressed. */
    final boolean stopping() {
        return stopping;
    }

    @Override
    public void planned(RunPlan plan) {
        out.println("Plan");
        plan.printed().forEach(out::println);
        out.flush();
    }

    @Override
    public void started(Path runFolder) {
        folder = runFolder;
        out.println();
        out.println("Run folder: " + runFolder);
        out.flush();
    }

    @Override
    public void shown(URI view) {
        out.println("Live view:  " + view);
        out.flush();
    }

    @Override
    public void flowing(String pass, long frames, Supplier<LiveCounters> live) {
        status.follow(pass, frames, live, folder);
    }

    @Override
    public void working(String what, double share) {
        status.working(what, share);
    }

    @Override
    public void ended(Path runFolder, RunReport report) {
        status.stop();
        for (Pass pass : report.passes()) {
            pass(pass);
        }
        out.println();
        report.problems().forEach(p -> out.println("PROBLEM  " + p));
        report.advice().forEach(a -> out.println("note     " + a));
        out.println(
                report.complete()
                        ? "Complete: every frame is accounted for and nothing is lost."
                        : "Not complete; see above.");
        out.println("Report: " + runFolder.resolve("report.html"));
        out.flush();
    }

    private void pass(Pass pass) {
        Frames f = pass.frames();
        out.printf("%n%s, epoch %d (%s): %s%n", pass.stream(), pass.epoch(), pass.kind(), pass.end());
        out.printf("  camera %d = acquired %d + lost before us %d%n", f.camera(), f.acquired(), f.lostBefore());
        if (f.rawRecorded()) {
            out.printf(
                    "  acquired %d = raw stored %d + not stored %d%n", f.acquired(), f.rawStored(), f.rawNotStored());
        }
        out.printf(
                "  acquired %d = restored %d + raw only %d + failed %d%s%n",
                f.acquired(),
                f.restored(),
                f.rawOnly(),
                f.failed(),
                f.passed() > 0 ? " + restored before " + f.passed() : "");
        for (CauseCount cause : f.causes()) {
            out.printf("    %-20s %8d  %s%n", cause.cause(), cause.frames(), cause.meaning());
        }
        for (SinkFrames s : f.sinks()) {
            out.printf(
                    "  %-14s offered %d = delivered %d + skipped %d + lost %d + pending %d%n",
                    s.sink(), s.offered(), s.delivered(), s.skipped(), s.lost(), s.pending());
        }
        if (!pass.latency().isEmpty()) {
            out.printf("  %-26s %8s %9s %9s %9s %9s%n", "latency (ms)", "p50", "p90", "p99", "p99.9", "max");
            pass.latency().forEach(this::latency);
        }
        pass.messages().forEach(m -> out.println("  " + m));
    }

    private void latency(String stage, Percentiles p) {
        out.printf(
                Locale.ROOT,
                "  %-26s %8.2f %9.2f %9.2f %9.2f %9.2f  %s%n",
                stage,
                p.p50() / 1e3,
                p.p90() / 1e3,
                p.p99() / 1e3,
                p.p999() / 1e3,
                p.max() / 1e3,
                Stages.meaning(stage));
    }
}
