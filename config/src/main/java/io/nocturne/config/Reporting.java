package io.nocturne.config;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nocturne.config.cli.Version;
import io.nocturne.config.host.HostFacts;
import io.nocturne.config.report.FramePair;
import io.nocturne.config.report.ReportPage;
import io.nocturne.config.report.RunReport;
import io.nocturne.config.report.RunReport.CauseCount;
import io.nocturne.config.report.RunReport.Pass;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.StackReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a run's account together and writes it into the run's folder. */
final class Reporting {
    private static final Logger LOG = LoggerFactory.getLogger(Reporting.class);

    private static final int MOST_EPOCHS_SHOWN = 4;

    private Reporting() {}

    /**
     * Writes {@code report.json} and {@code report.html}, and the end of the run into {@code run.json}. A disk that doesn't
     * take them is one more problem of the run, and no reason to keep the account from whoever waits for it.
     */
    static RunReport report(OpenRun run, List<String> plan, List<String> warnings, Passes passes) {
        List<String> advice = new ArrayList<>(warnings);
        advice.addAll(advice(passes.passes()));
        RunReport report = account(run, plan, advice, passes);
        try {
            write(run, report, passes);
            return report;
        } catch (IOException e) {
            LOG.warn("The account of the run could not be written", e);
            passes.problems()
                    .add("this account could not be written to " + run.folder().root() + ": " + e.getMessage());
            return account(run, plan, advice, passes);
        }
    }

    private static RunReport account(OpenRun run, List<String> plan, List<String> advice, Passes passes) {
        return new RunReport(
                RunReport.FORMAT,
                run.folder().root().getFileName().toString(),
                Version.number(),
                run.description().created(),
                Instant.now().toString(),
                passes.problems().isEmpty(),
                List.copyOf(passes.problems()),
                advice,
                HostFacts.read(),
                plan,
                passes.models(),
                run.marks().map(Marks::made).orElse(List.of()),
                passes.passes());
    }

    private static void write(OpenRun run, RunReport report, Passes passes) throws IOException {
        report.write(run.folder().reportJson());
        ReportPage.write(
                run.folder().reportHtml(),
                report,
                new ReportPage.Enclosed(
                        pictures(run.folder(), passes.passes()),
                        run.description().models(),
                        run.folder().latencyDir()));
        run.ended(new JsonMapper()
                .valueToTree(passes.passes().stream().map(Pass::frames).toList()));
    }

    /** What went less well than it could, with what to do. */
    private static List<String> advice(List<Pass> passes) {
        List<String> advice = new ArrayList<>();
        long waiting = 0;
        long failed = 0;
        for (Pass pass : passes) {
            boolean completion = pass.kind().equals(Passes.COMPLETION);
            waiting = completion ? 0 : waiting;
            failed = (completion ? 0 : failed) + pass.frames().failed();
            for (CauseCount count : pass.frames().causes()) {
                Cause cause = Cause.valueOf(count.cause());
                if (!completion) {
                    remedy(reason(cause, pass))
                            .ifPresent(remedy -> advice.add(count.frames() + " x " + cause + ": " + remedy));
                }
                waiting += Passes.completable(cause) ? count.frames() : 0;
            }
        }
        long pending = passes.stream()
                .flatMap(pass -> pass.frames().sinks().stream())
                .filter(sink -> sink.sink().equals("kafka"))
                .mapToLong(RunReport.SinkFrames::pending)
                .sum();
        if (pending > 0) {
            advice.add(pending + " frames wait in the run's spill for Kafka; 'nocturne restore --in RUN' sends them");
        }
        if (waiting > 0) {
            advice.add(waiting + " frames stayed raw; 'nocturne restore --in RUN' restores them");
        }
        if (failed > 0) {
            advice.add(failed + " frames could not be restored; log.txt says why, their raw frames are kept");
        }
        return advice;
    }

    /** A camera's buffer that runs over because the raw ring had no room is the disk's doing. */
    private static Cause reason(Cause cause, Pass pass) {
        boolean disk = cause == Cause.CAMERA_OVERWROTE && pass.end().equals(Cause.RAW_SINK_FAILED.description());
        return disk ? Cause.RING_FULL : cause;
    }

    private static Optional<String> remedy(Cause cause) {
        return Optional.ofNullable(
                switch (cause) {
                    case CAMERA_OVERWROTE, CAMERA_SKIPPED ->
                        "this machine was too busy to take frames in time;"
                                + " end other programs, or lower rate or frame size";
                    case RING_FULL -> "the raw disk was too slow; a faster disk, a longer rings.raw or disk.zstd help";
                    case SINK_BEHIND ->
                        "the restored disk or Kafka was too slow; they were restored afterwards unless"
                                + " said otherwise";
                    case RESTORER_OFF -> "the model failed again and again and was switched off; log.txt says why";
                    case RESTORER_TIMED_OUT -> "the model took longer than restore.maxRun";
                    case RAW_DISK_FAILED -> "the disk refused frames; log.txt says why";
                    case RAW_DISK_BEHIND -> "the raw disk was not done when run.drain was over";
                    default -> null;
                });
    }

    /** First, middle and last frame of each epoch, of the first few. */
    private static List<FramePair> pictures(RunFolder folder, List<Pass> passes) {
        List<FramePair> pictures = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Pass pass : passes) {
            Path raw = folder.raw(pass.stream(), pass.epoch());
            Path restored = folder.restored(pass.stream(), pass.epoch());
            boolean there = Files.exists(raw) && Files.exists(restored);
            if (there && seen.size() < MOST_EPOCHS_SHOWN && seen.add(pass.stream() + pass.epoch())) {
                try (StackReader before = StackReader.open(raw);
                        StackReader after = StackReader.open(restored)) {
                    String of = pass.epoch() == 0 ? "" : "epoch " + pass.epoch() + ", ";
                    pictures.addAll(FramePair.ofRun(of, before, after));
                } catch (IOException e) {
                    LOG.warn("The report goes without pictures of {}: {}", raw, e.getMessage());
                }
            }
        }
        return pictures;
    }
}
