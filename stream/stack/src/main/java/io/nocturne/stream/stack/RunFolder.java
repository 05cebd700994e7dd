package io.nocturne.stream.stack;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A run on disk: where everything of it lies. Paths are safe from any thread.
 *
 * <pre>
 * RUN/run.json                       what the run is: {@link RunDescription}
 * RUN/STREAM-EPOCH/raw.ome.zarr      untouched frames
 * RUN/STREAM-EPOCH/restored.ome.zarr products, with a state per frame
 *                  (or .ome.tif or .ndtiff; there and in OME-Zarr 0.4 the states are in restored.state)
 * RUN/ledger.ndjson                  what became of every frame
 * RUN/latency/  RUN/spill/  RUN/log.txt  RUN/report.json  RUN/report.html
 * RUN/run.lock                       held by the one process that writes
 * </pre>
 *
 * <p>A run is written by the process that created it, or by one that completes it: both hold a lock that the operating
 * system frees when the process ends, however it ends.
 */
public final class RunFolder implements Closeable {
    private static final Pattern STREAM_FOLDER = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._]{0,63})-(\\d{1,9})");

    private final Path root;
    private final FileChannel lockFile;
    private final FileLock lock;

    /** One epoch of one stream in a run. */
    public record StreamEpoch(String stream, int epoch) {}

    private RunFolder(Path root, FileChannel lockFile, FileLock lock) {
        this.root = root;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Creates a run, for writing.
     *
     * @throws StackException if the folder exists and isn't empty
     */
    public static RunFolder create(Path runDir) throws IOException {
        Path root = runDir.toAbsolutePath().normalize();
        for (Path above = root; above != null; above = above.getParent()) {
            if (Files.exists(above) && !Files.isDirectory(above)) {
                throw new StackException(above + " is a file: choose another folder for the run");
            }
        }
        if (Files.exists(root)) {
            try (Stream<Path> content = Files.list(root)) {
                if (content.findAny().isPresent()) {
                    throw new StackException(
                            root + " exists and isn't empty. A run is never written over another: choose "
                                    + "a new folder, or complete the run in it with 'restore --in'");
                }
            }
        }
        try {
            Files.createDirectories(root);
            RunFolder run = locked(root);
            Files.createDirectories(run.latencyDir());
            return run;
        } catch (StackException e) {
            throw e;
        } catch (IOException e) {
            throw WriteFailure.of("A new run", root, e);
        }
    }

    /**
     * Opens a run to look at it, also while it is being written.
     *
     * @throws StackException if there is none
     */
    public static RunFolder open(Path runDir) throws IOException {
        return new RunFolder(existing(runDir), null, null);
    }

    /**
     * Opens a run to complete it: to restore what wasn't restored, or to repair it.
     *
     * @throws StackException if there is none, or if another process writes it
     */
    public static RunFolder complete(Path runDir) throws IOException {
        return locked(existing(runDir));
    }

    private static Path existing(Path runDir) throws StackException {
        Path root = runDir.toAbsolutePath().normalize();
        RunFolder run = new RunFolder(root, null, null);
        if (!Files.isDirectory(root)) {
            throw new StackException(root + " is not a folder: name the folder of a run");
        }
        if (!Files.exists(run.runJson()) && !Files.exists(run.ledger())) {
            throw new StackException(root + " is not a run: it has neither run.json nor ledger.ndjson");
        }
        return root;
    }

    private static RunFolder locked(Path root) throws IOException {
        FileChannel file =
                FileChannel.open(root.resolve("run.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = file.tryLock();
        } catch (OverlappingFileLockException heldHere) {
            // by this process: the same answer
        } finally {
            if (lock == null) {
                file.close();
            }
        }
        if (lock == null) {
            throw new StackException(root + " is being written by another run or process: wait until it has ended");
        }
        return new RunFolder(root, file, lock);
    }

    /** True if this object holds the run's lock. */
    public boolean isWritable() {
        return lock != null;
    }

    public Path root() {
        return root;
    }

    /** {@code RUN/STREAM-EPOCH}, such as {@code cam0-0}. */
    public Path streamDir(String stream, int epoch) {
        return root.resolve(stream + "-" + epoch);
    }

    public Path rawZarr(String stream, int epoch) {
        return streamDir(stream, epoch).resolve("raw.ome.zarr");
    }

    public Path restoredZarr(String stream, int epoch) {
        return streamDir(stream, epoch).resolve("restored.ome.zarr");
    }

    public Path rawTiff(String stream, int epoch) {
        return streamDir(stream, epoch).resolve("raw.ome.tif");
    }

    public Path restoredTiff(String stream, int epoch) {
        return streamDir(stream, epoch).resolve("restored.ome.tif");
    }

    public Path rawNdTiff(String stream, int epoch) {
        return streamDir(stream, epoch).resolve("raw.ndtiff");
    }

    public Path restoredNdTiff(String stream, int epoch) {
        return streamDir(stream, epoch).resolve("restored.ndtiff");
    }

    /** The stack of raw frames in whichever format it is; if it is in none, where an OME-Zarr would be. */
    public Path raw(String stream, int epoch) {
        return firstThere(rawTiff(stream, epoch), rawNdTiff(stream, epoch), rawZarr(stream, epoch));
    }

    /** The stack of products, likewise. */
    public Path restored(String stream, int epoch) {
        return firstThere(restoredTiff(stream, epoch), restoredNdTiff(stream, epoch), restoredZarr(stream, epoch));
    }

    private static Path firstThere(Path tiff, Path ndTiff, Path zarr) {
        return Files.exists(tiff) ? tiff : Files.exists(ndTiff) ? ndTiff : zarr;
    }

    public Path ledger() {
        return root.resolve("ledger.ndjson");
    }

    public Path latencyDir() {
        return root.resolve("latency");
    }

    public Path spillDir() {
        return root.resolve("spill");
    }

    public Path runJson() {
        return root.resolve("run.json");
    }

    public Path logFile() {
        return root.resolve("log.txt");
    }

    public Path reportJson() {
        return root.resolve("report.json");
    }

    public Path reportHtml() {
        return root.resolve("report.html");
    }

    /** Where repair puts files that belong nowhere. */
    public Path lostAndFound() {
        return root.resolve("lost+found");
    }

    /** The streams and epochs that have a folder, by name and number. */
    public List<StreamEpoch> epochs() throws IOException {
        List<StreamEpoch> found = new ArrayList<>();
        try (Stream<Path> folders = Files.list(root)) {
            folders.filter(Files::isDirectory).forEach(folder -> {
                Matcher name = STREAM_FOLDER.matcher(folder.getFileName().toString());
                if (name.matches()) {
                    found.add(new StreamEpoch(name.group(1), Integer.parseInt(name.group(2))));
                }
            });
        }
        Collections.sort(found, (a, b) -> {
            int byName = a.stream().compareTo(b.stream());
            return byName != 0 ? byName : Integer.compare(a.epoch(), b.epoch());
        });
        return found;
    }

    /** Writes {@code run.json}, whole or not at all. */
    public void describe(RunDescription description) throws IOException {
        if (!isWritable()) {
            throw new StackException(root + " was opened for reading only");
        }
        try {
            AtomicFile.writeJson(runJson(), description.toJson(), FileMover.ATOMIC.retrying());
        } catch (IOException e) {
            throw WriteFailure.of("The run's description", runJson(), e);
        }
    }

    /** Reads {@code run.json}. */
    public RunDescription description() throws IOException {
        if (!Files.exists(runJson())) {
            throw new StackException(root + " has no run.json: the run was ended before it began, or isn't one");
        }
        return RunDescription.parse(ZarrArray.readJson(runJson()), runJson());
    }

    @Override
    public String toString() {
        return root.toString();
    }

    /** Frees the lock. */
    @Override
    public void close() throws IOException {
        if (lock != null) {
            try (lockFile) {
                if (lock.isValid()) {
                    lock.release();
                }
            }
        }
    }
}
