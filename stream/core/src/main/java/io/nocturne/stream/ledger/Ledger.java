package io.nocturne.stream.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The record of what became of every frame: {@code ledger.ndjson}, append-only, one JSON object per line, a CRC-32C at
 * the end of each line.
 *
 * <p>Every writing thread has a {@link LedgerPage} of its own: a page appends whole lines in one write to the shared
 * file, so no lock is taken and a killed process loses at most the line it was writing. Lines of different threads
 * interleave; lines of one thread keep their order.
 */
public final class Ledger implements AutoCloseable {
    private final Path file;
    private final List<LedgerPage> pages = new ArrayList<>();

    private Ledger(Path file) {
        this.file = file;
    }

    /** Opens a ledger for appending, creating it if missing. A torn last line is closed off with a line break. */
    public static Ledger open(Path file) throws IOException {
        if (Files.exists(file) && Files.size(file) > 0) {
            LedgerReader.closeTornLine(file);
        }
        return new Ledger(file);
    }

    /** A ledger that keeps nothing, for benchmarks and previews. */
    public static Ledger none() {
        return new Ledger(null);
    }

    /** A page for one thread. */
    public synchronized LedgerPage page() throws IOException {
        LedgerPage page = new LedgerPage(file);
        pages.add(page);
        return page;
    }

    @Override
    public synchronized void close() throws IOException {
        for (LedgerPage page : pages) {
            page.close();
        }
        pages.clear();
    }
}
