package io.nocturne.bench.kill;

import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.PatternSums;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.bench.kafka.TopicContents;
import io.nocturne.bench.poll.Zarrita;
import io.nocturne.sinks.kafka.embedded.EmbeddedBroker;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.Verify;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Kills recordings and looks at what remains. */
@Command(
        name = "kill",
        description =
                "Kills a recording with all sinks on at random moments, as kill -9 does, repairs the run, and compares"
                        + " disk, topic and view with what an independent witness was told.")
public final class KillCommand extends BenchCommand {
    private static final long GRACE_MILLIS = 250;
    private static final double EARLIEST_SECONDS = 0.5;
    private static final double LATEST_SECONDS = 4;

    /** Topics are not deleted, so that a broker's folder grows with every run. */
    private static final int RUNS_PER_BROKER = 25;

    @Option(names = "--times", defaultValue = "30", description = "Recordings to kill.")
    int times;

    @Option(
            names = "--fps",
            description = "Frames per second. By default 100, and 20 where each frame is a file of its own.")
    Optional<Double> framesPerSecond = Optional.empty();

    @Option(names = "--size", defaultValue = "256", description = "Width and height of a uint16 frame.")
    int size;

    @Option(names = "--seed", defaultValue = "1", description = "Of the moments.")
    long seed;

    @Option(
            names = "--format",
            defaultValue = "SHARDS",
            description = "What the runs are stored as: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    DiskFormat format;

    @Option(
            names = "--zarrita",
            description = "A folder with node_modules of zarrita and @zarrita/storage: a second reader, in Node.")
    Optional<Path> zarrita = Optional.empty();

    @Option(names = "--out", description = "Where the runs go, until read. The temporary folder by default.")
    Path out;

    @Option(names = "--keep", description = "Keep the runs that are not sound.")
    boolean keep;

    private Optional<Zarrita> second = Optional.empty();
    private PatternSums sums;

    @Override
    public void run(Findings findings) throws Exception {
        second = zarrita.map(this::zarritaIn);
        sums = new PatternSums(KillVictim.frame(size));
        findings.line(String.format(
                Locale.ROOT,
                "%d recordings of %s at %.0f frames/s, raw and restored as %s, to Kafka and to a page of the live view;"
                        + " killed %.1f to %.1f s after the first frame; frames committed more than %d ms before the kill"
                        + " are due",
                times,
                KillVictim.frame(size),
                rate(),
                format,
                EARLIEST_SECONDS,
                LATEST_SECONDS,
                GRACE_MILLIS));
        findings.line("not exact: raw frames that were due + products that the ledger tells of; "
                + (second.isPresent() ? "read by our own reader and by zarrita" : "read by our own reader only"));
        SplittableRandom random = new SplittableRandom(seed);
        List<Trial> trials = new ArrayList<>();
        while (trials.size() < times) {
            try (ScratchFolder scratch = new ScratchFolder(out);
                    EmbeddedBroker broker = EmbeddedBroker.start(scratch.path())) {
                for (int i = 0; i < RUNS_PER_BROKER && trials.size() < times; i++) {
                    double after = EARLIEST_SECONDS + (LATEST_SECONDS - EARLIEST_SECONDS) * random.nextDouble();
                    trials.add(trial(trials.size() + 1, after, broker.bootstrapServers(), findings));
                }
            }
        }
        print(trials, findings);
    }

    private double rate() {
        return framesPerSecond.orElse(format.framesPerSecond());
    }

    private Zarrita zarritaIn(Path folder) {
        if (!format.isZarr()) {
            throw badOption("--zarrita reads OME-Zarr, not " + format);
        }
        try {
            return new Zarrita(folder);
        } catch (IllegalArgumentException e) {
            throw badOption("--zarrita: " + e.getMessage());
        }
    }

    private void print(List<Trial> trials, Findings findings) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(Trial.headings(second.isPresent()));
        for (Trial trial : trials) {
            rows.add(trial.row(rows.size()));
        }
        findings.table(rows);
        long sound = trials.stream().filter(Trial::sound).count();
        long due = trials.stream().mapToLong(trial -> trial.own().due()).sum();
        long acknowledged = trials.stream().mapToLong(Trial::acknowledged).sum();
        findings.bar(
                sound == times && trials.stream().anyMatch(Trial::telling),
                sound + " of " + times + " runs are sound; in a sound run every frame that was due (" + due
                        + " in all) is in the ledger and bit-exact"
                        + (second.isPresent() ? " by both readers" : " by our own reader")
                        + ", nothing readable is torn, verify is content, and the topic holds all that Kafka acknowledged ("
                        + acknowledged + " frames), whole and in order");
    }

    private Trial trial(int number, double afterSeconds, String brokers, Findings findings) throws Exception {
        long begun = System.nanoTime();
        ScratchFolder scratch = new ScratchFolder(out);
        Path run = scratch.path().resolve("run-" + number);
        String topic = "run-" + number;
        FrameSpec frame = KillVictim.frame(size);
        try (Witness commits = new Witness();
                Witness acknowledgements = new Witness();
                Victim victim = new Victim(
                        scratch.path().resolve("victim.log"),
                        options(run, brokers, topic, commits.port(), acknowledgements.port()))) {
            victim.awaitFirst(commits);
            long first = System.nanoTime();
            long killedNanos;
            double lived;
            int pictures;
            int tornPictures;
            try (Onlooker page = new Onlooker(victim.view(), frame)) {
                TimeUnit.NANOSECONDS.sleep((long) (afterSeconds * 1e9) - (System.nanoTime() - first));
                lived = (System.nanoTime() - first) / 1e9;
                killedNanos = victim.kill();
                pictures = page.pictures();
                tornPictures = page.torn();
            }
            commits.awaitEnd();
            acknowledgements.awaitEnd();
            Verify.Result verified = Verify.run(run, true);
            RunFolder folder = RunFolder.open(run);
            long[] due = commits.sentBefore(killedNanos - TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS));
            Remains own = Remains.of(folder.ledger(), Found.byOwnReader(folder, frame), sums, due);
            Optional<Remains> other = Optional.empty();
            if (second.isPresent()) {
                Path program = Files.createDirectory(scratch.path().resolve("node"));
                Found found = Found.byZarrita(second.get(), program, folder, sums);
                other = Optional.of(Remains.of(folder.ledger(), found, sums, due));
            }
            long[] acknowledged = acknowledgements.sentBefore(Long.MAX_VALUE);
            TopicContents contents = TopicContents.ofCutOff(brokers, topic, acknowledged);
            Trial trial = new Trial(
                    lived,
                    (first - begun) / 1e9,
                    (System.nanoTime() - begun) / 1e9,
                    commits.heard(),
                    own,
                    other,
                    acknowledged.length,
                    contents.missing(acknowledged),
                    contents,
                    pictures,
                    tornPictures,
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

    private List<String> options(Path run, String brokers, String topic, int committed, int acknowledged) {
        return List.of(
                "--out",
                run.toString(),
                "--committed",
                Integer.toString(committed),
                "--acknowledged",
                Integer.toString(acknowledged),
                "--brokers",
                brokers,
                "--topic",
                topic,
                "--fps",
                Double.toString(rate()),
                "--size",
                Integer.toString(size),
                "--format",
                format.name());
    }
}
