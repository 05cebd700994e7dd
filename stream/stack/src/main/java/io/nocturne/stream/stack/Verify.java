package io.nocturne.stream.stack;

import io.nocturne.stream.ledger.LedgerLine;
import io.nocturne.stream.ledger.LedgerReader;
import io.nocturne.stream.stack.Finding.Kind;
import io.nocturne.stream.stack.Finding.Severity;
import io.nocturne.stream.stack.RunFolder.StreamEpoch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Checks a run that has ended against its ledger: every frame ledgered as stored is there, of the right size, with the
 * right checksums; nothing is there that the ledger doesn't know; lengths and states are true. Reads every frame.
 *
 * <p>Repair makes metadata true again after a kill: it lengthens shapes to the frames that are there, sets states to what
 * the ledger says, cuts off a torn last ledger line, and moves unfinished files to {@code lost+found}. It never makes,
 * changes or deletes a frame.
 */
public final class Verify {
    /**
     * What came out.
     *
     * @param ok true if there is no error that wasn't repaired
     * @param findings in the order in which they were found
     * @param counts what was looked at
     */
    public record Result(boolean ok, List<Finding> findings, Counts counts) {}

    /**
     * What was looked at.
     *
     * @param ledgerLines intact lines
     * @param rawFrames raw frames found as ledgered
     * @param rawBytes their pixels' bytes
     * @param products restored frames found as ledgered
     * @param gapFrames frames that never came, by the ledger
     */
    public record Counts(long ledgerLines, long rawFrames, long rawBytes, long products, long gapFrames) {}

    private final RunFolder run;
    private final boolean repair;
    private final Findings findings = new Findings();
    private final Map<StreamEpoch, EpochCheck> epochs = new LinkedHashMap<>();
    private final List<StreamEpoch> open = new ArrayList<>();
    private long ledgerLines;
    private LedgerLine last;

    private Verify(RunFolder run, boolean repair) {
        this.run = run;
        this.repair = repair;
    }

    /**
     * Checks a run, and repairs it if told to. Takes the run's lock meanwhile, unless the folder can't be written.
     *
     * @throws StackException if it is no run, or is still being written
     */
    public static Result run(Path runDir, boolean repair) throws IOException {
        try (RunFolder folder = repair ? RunFolder.complete(runDir) : look(runDir)) {
            Verify verify = new Verify(folder, repair);
            try {
                return verify.check();
            } finally {
                for (EpochCheck epoch : verify.epochs.values()) {
                    epoch.close();
                }
            }
        } catch (UncheckedIOException e) {
            throw new StackException(runDir + " could not be checked: " + e.getMessage(), e);
        }
    }

    private static RunFolder look(Path runDir) throws IOException {
        try {
            return RunFolder.complete(runDir);
        } catch (AccessDeniedException readOnly) {
            return RunFolder.open(runDir);
        } catch (StackException e) {
            throw e;
        } catch (IOException unlockable) {
            return RunFolder.open(runDir);
        }
    }

    private Result check() throws IOException {
        for (StreamEpoch epoch : run.epochs()) {
            if (repair) {
                recover(run.rawZarr(epoch.stream(), epoch.epoch()));
                recover(run.restoredZarr(epoch.stream(), epoch.epoch()));
            }
            epochs.put(epoch, new EpochCheck(run, epoch, findings, repair));
        }
        temporaryFiles();
        ledger();
        long raw = 0;
        long bytes = 0;
        long products = 0;
        long gaps = 0;
        for (EpochCheck epoch : epochs.values()) {
            epoch.finish();
            raw += epoch.rawFrames();
            bytes += epoch.rawBytes();
            products += epoch.products();
            gaps += epoch.gapFrames();
        }
        for (StreamEpoch epoch : open) {
            findings.add(
                    Severity.WARNING,
                    Kind.RUN_NOT_ENDED,
                    epoch.stream() + " epoch " + epoch.epoch(),
                    "",
                    "The ledger has no end: the run was killed or still lasts. What is ledgered is complete.",
                    false);
        }
        return new Result(findings.ok(), findings.all(), new Counts(ledgerLines, raw, bytes, products, gaps));
    }

    private static void recover(Path zarr) throws IOException {
        if (Files.isDirectory(zarr)) {
            Compact.recover(zarr);
            try {
                Pyramid.recover(zarr);
            } catch (StackException unreadable) {
                // Whoever opens the stack next says so.
                return;
            }
        }
    }

    private void temporaryFiles() throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.walk(run.root())) {
            found = files.filter(file -> !file.startsWith(run.lostAndFound()))
                    .filter(file -> file.getFileName().toString().endsWith(AtomicFile.TEMPORARY))
                    .filter(Files::isRegularFile)
                    .toList();
        }
        for (Path file : found) {
            if (repair) {
                putAside(run, file);
            }
            findings.add(
                    Severity.WARNING,
                    Kind.TEMPORARY_FILE,
                    run.root().relativize(file).toString(),
                    "",
                    "An unfinished file was left behind, as after a kill; it holds nothing that was promised.",
                    repair);
        }
    }

    /** Moves a file to lost+found, under a name that tells where it was. */
    static void putAside(RunFolder run, Path file) throws IOException {
        Files.createDirectories(run.lostAndFound());
        String name = run.root().relativize(file).toString().replace('/', '_').replace('\\', '_');
        Path target = run.lostAndFound().resolve(name);
        for (int number = 1; Files.exists(target); number++) {
            target = run.lostAndFound().resolve(name + "." + number);
        }
        FileMover.ATOMIC.retrying().move(file, target);
    }

    private void ledger() throws IOException {
        if (!Files.exists(run.ledger())) {
            findings.add(
                    Severity.ERROR,
                    Kind.LEDGER_MISSING,
                    "ledger.ndjson",
                    "",
                    "There is no ledger, so nothing says which frames should be there.",
                    false);
            return;
        }
        LedgerReader.forEach(run.ledger(), this::line);
        if (last != null && !last.intact()) {
            lastLine();
        }
    }

    private void line(LedgerLine line) {
        if (last != null && !last.intact()) {
            damagedLine(last);
        }
        last = line;
        if (!line.intact()) {
            return;
        }
        ledgerLines++;
        if (line.stream().isEmpty()) {
            return;
        }
        StreamEpoch key = new StreamEpoch(line.stream(), line.epoch());
        EpochCheck epoch = epochs.computeIfAbsent(key, missing -> new EpochCheck(run, missing, findings, repair));
        try {
            switch (line.kind()) {
                case "epoch" -> open.add(key);
                case "end" -> open.remove(key);
                case "raw" -> epoch.raw(line);
                case "outcome" -> epoch.outcome(line);
                case "gap" -> epoch.gap(line);
                default -> {
                    // Other kinds say nothing about frames.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void damagedLine(LedgerLine line) {
        boolean torn = !line.text().endsWith("\"}");
        findings.add(
                torn ? Severity.WARNING : Severity.ERROR,
                torn ? Kind.LEDGER_LINE_TORN : Kind.LEDGER_LINE_DAMAGED,
                "ledger.ndjson",
                "byte " + line.offset(),
                torn
                        ? "A line breaks off, as after a kill in the middle of a run that was then completed."
                        : "A line does not match its own checksum: the file was changed or the disk is failing.",
                false);
    }

    /** The last line isn't intact: torn by a kill if nothing ends it, damaged otherwise. */
    private void lastLine() throws IOException {
        long size = Files.size(run.ledger());
        if (last.offset() + last.bytes() < size) {
            damagedLine(last);
            return;
        }
        if (repair) {
            try (FileChannel ledger = FileChannel.open(run.ledger(), StandardOpenOption.WRITE)) {
                ledger.truncate(last.offset());
            }
        }
        findings.add(
                Severity.ERROR,
                Kind.LEDGER_LINE_TORN,
                "ledger.ndjson",
                "byte " + last.offset(),
                "The last line breaks off after " + last.bytes() + " bytes, as after a kill.",
                repair);
    }
}
