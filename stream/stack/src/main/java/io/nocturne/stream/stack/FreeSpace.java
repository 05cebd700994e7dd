package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Watches the room on a disk that is being written: warns once, and says no before the disk is full, so that ledger and
 * metadata still fit. Asks the file system at most once a second. Not safe for use from multiple threads.
 */
public final class FreeSpace {
    /** Asks a file system for its usable bytes; a seam for tests. */
    @FunctionalInterface
    public interface Gauge {
        long usableBytes() throws IOException;
    }

    /**
     * When to warn and when to stop.
     *
     * @param reserveBytes below it nothing more is written
     * @param warnBytes below it a warning is given, once
     */
    public record Limits(long reserveBytes, long warnBytes) {
        /** 512 MiB for ledger, metadata and the operating system; a warning at 5 GiB. */
        public static final Limits DEFAULT = new Limits(512L << 20, 5L << 30);

        public Limits {
            if (reserveBytes < 0 || warnBytes < reserveBytes) {
                throw new IllegalArgumentException("Free-space limits: the warning (" + warnBytes
                        + " bytes) must not be below the reserve (" + reserveBytes + " bytes), nor that below 0");
            }
        }

        /** Twice these: what is restored stops before what is raw, because it can be made again. */
        public Limits doubled() {
            return new Limits(2 * reserveBytes, 2 * warnBytes);
        }
    }

    private static final long LOOK_EVERY_NANOS = 1_000_000_000L;

    private final String what;
    private final Gauge gauge;
    private final Limits limits;
    private final Consumer<String> warnings;
    private boolean looked;
    private long lookedNanos;
    private long usable;
    private boolean warned;

    public FreeSpace(String what, Gauge gauge, Limits limits, Consumer<String> warnings) {
        this.what = Objects.requireNonNull(what, "what");
        this.gauge = Objects.requireNonNull(gauge, "gauge");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.warnings = Objects.requireNonNull(warnings, "warnings");
    }

    /** Watches the disk on which that folder lies. */
    public static FreeSpace of(Path folder, Limits limits, Consumer<String> warnings) throws IOException {
        FileStore store = Files.getFileStore(folder);
        return new FreeSpace(folder.toString(), store::getUsableSpace, limits, warnings);
    }

    /**
     * Makes sure that so many bytes may be written.
     *
     * @param nanoTime now, on any one monotonic clock
     * @throws StackException if that would touch the reserve
     */
    public void require(long bytes, long nanoTime) throws IOException {
        if (!looked || nanoTime - lookedNanos >= LOOK_EVERY_NANOS || usable - bytes < limits.reserveBytes()) {
            usable = gauge.usableBytes();
            lookedNanos = nanoTime;
            looked = true;
        }
        usable -= bytes;
        if (usable < limits.reserveBytes()) {
            throw new StackException("The disk of " + what + " has " + mebibytes(usable + bytes)
                    + " left; with a reserve of " + mebibytes(limits.reserveBytes())
                    + " nothing more is written. Free space or record to another disk. "
                    + "What was stored before is whole and readable.");
        }
        if (usable < limits.warnBytes() && !warned) {
            warned = true;
            warnings.accept("The disk of " + what + " has only " + mebibytes(usable) + " left; writing stops at "
                    + mebibytes(limits.reserveBytes()));
        }
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
