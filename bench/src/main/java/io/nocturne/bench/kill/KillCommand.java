package io.nocturne.bench.kill;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.Main;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.Verify;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Kills recordings and looks at what remains. */
@Command(
        name = "kill",
        description =
                "Kills a recording at random moments, as kill -9 does, repairs the run, and compares it with what "
                        + "an independent witness was told.")
public final class KillCommand extends BenchCommand {
    private static final long GRACE_MILLIS = 250;
    private static final double EARLIEST_SECONDS = 0.5;
    private static final double LATEST_SECONDS = 4;

    @Option(names = "--times", defaultValue = "30", description = "Recordings to kill.")
    int times;

    @Option(names = "--fps", defaultValue = "100", description = "Frames per second.")
    double framesPerSecond;

    @Option(names = "--size", defaultValue = "256", description = "Width and height of a uint16 frame.")
    int size;

    @Option(names = "--seed", defaultValue = "1", description = "Of the moments.")
    long seed;

    @Option(
            names = "--format",
            defaultValue = "SHARDS",
            description = "What the runs are stored as: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    KillVictim.DiskFormat format;

    @Option(names = "--out", description = "Where the runs go, until read. The temporary folder by default.")
    Path out;

    @Option(names = "--keep", description = "Keep the runs that are not sound.")
    boolean keep;

    /** One kill: what was heard of, what remains, and what verify said after its repair. */
    private record Trial(double afterSeconds, int heard, Remains remains, boolean verified, int verifyFindings) {
        boolean sound() {
            return verified && remains.sound();
        }
    }

    @Override
    public void run(Findings findings) throws Exception {
        findings.line(String.format(
                Locale.ROOT,
                "%d recordings of %s at %.0f frames/s, raw and restored, as %s, killed %.1f to %.1f s after the first frame; "
                        + "frames committed more than %d ms before the kill are due",
                times,
                KillVictim.frame(size),
                framesPerSecond,
                format,
                EARLIEST_SECONDS,
                LATEST_SECONDS,
                GRACE_MILLIS));
        SplittableRandom random = new SplittableRandom(seed);
        List<Trial> trials = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            double after = EARLIEST_SECONDS + (LATEST_SECONDS - EARLIEST_SECONDS) * random.nextDouble();
            trials.add(trial(i + 1, after, findings));
        }
        print(trials, findings);
        long sound = trials.stream().filter(Trial::sound).count();
        long due = trials.stream().mapToLong(trial -> trial.remains().due()).sum();
        findings.bar(
                sound == times && due > 0,
                sound + " of " + times + " runs are sound; in a sound run every frame that was due (" + due
                        + " in all) is in the ledger and bit-exact, nothing readable is torn, and verify is content");
    }

    private static void print(List<Trial> trials, Findings findings) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "run",
                "killed after s",
                "heard",
                "due",
                "not ledgered",
                "not exact",
                "raw",
                "restored",
                "torn",
                "verify",
                "its findings"));
        for (Trial trial : trials) {
            Remains remains = trial.remains();
            rows.add(List.of(
                    Integer.toString(rows.size()),
                    String.format(Locale.ROOT, "%.2f", trial.afterSeconds()),
                    Integer.toString(trial.heard()),
                    Integer.toString(remains.due()),
                    Integer.toString(remains.notLedgered()),
                    Integer.toString(remains.notExact()),
                    Integer.toString(remains.rawReadable()),
                    Integer.toString(remains.restoredReadable()),
                    Integer.toString(remains.torn()),
                    trial.verified() ? "ok" : "errors",
                    Integer.toString(trial.verifyFindings())));
        }
        findings.table(rows);
    }

    private Trial trial(int number, double afterSeconds, Findings findings) throws Exception {
        ScratchFolder scratch = new ScratchFolder(out);
        Path run = scratch.path().resolve("run-" + number);
        Path log = scratch.path().resolve("victim.log");
        try (Witness witness = new Witness()) {
            Process victim = start(run, log, witness.port());
            long killedNanos;
            try {
                if (!witness.awaitFirst(victim)) {
                    throw new IllegalStateException("The recording did not start: " + tail(log));
                }
                TimeUnit.NANOSECONDS.sleep((long) (afterSeconds * 1e9));
                if (!victim.isAlive()) {
                    throw new IllegalStateException("The recording ended by itself: " + tail(log));
                }
                Instant now = Instant.now();
                killedNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
            } finally {
                victim.destroyForcibly().waitFor();
            }
            witness.awaitEnd();
            Verify.Result verified = Verify.run(run, true);
            long[] due = witness.sentBefore(killedNanos - TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS));
            Remains remains = Remains.of(RunFolder.open(run), KillVictim.frame(size), due);
            Trial trial = new Trial(
                    afterSeconds,
                    witness.heard(),
                    remains,
                    verified.ok(),
                    verified.findings().size());
            if (trial.sound() || !keep) {
                scratch.close();
            } else {
                findings.line("  kept: " + run);
            }
            return trial;
        }
    }

    private Process start(Path run, Path log, int port) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                KillVictim.NAME,
                "--out",
                run.toString(),
                "--port",
                Integer.toString(port),
                "--fps",
                Double.toString(framesPerSecond),
                "--size",
                Integer.toString(size),
                "--format",
                format.name());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static String tail(Path log) throws IOException {
        String text = Files.readString(log, StandardCharsets.UTF_8);
        return text.substring(Math.max(0, text.length() - 2000));
    }
}
