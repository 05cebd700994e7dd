package io.nocturne.bench.kill;

import io.nocturne.bench.PatternSums;
import io.nocturne.stream.ledger.LedgerReader;
import io.nocturne.stream.spi.FrameState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What had to survive of a killed and repaired run, and did, as one reader finds it.
 *
 * @param due frames that had to survive
 * @param notLedgered of those, how many the ledger doesn't call delivered, with the checksum of their pixels
 * @param notExact of those, how many raw frames can't be read back bit for bit
 * @param productsNotExact of those, how many products that the ledger tells of can't be read back bit for bit
 * @param raw raw frames that can be read
 * @param restored products that can be read
 * @param torn frames, raw or restored, that are there but not what was written
 */
record Remains(int due, int notLedgered, int notExact, int productsNotExact, int raw, int restored, int torn) {

    /** True if nothing that was due is missing and nothing is torn. */
    boolean sound() {
        return notLedgered == 0 && notExact == 0 && productsNotExact == 0 && torn == 0;
    }

    static Remains of(Path ledger, Found found, PatternSums sums, long[] due) throws IOException {
        Map<Long, Long> ledgered = new HashMap<>();
        Set<Long> products = new HashSet<>();
        LedgerReader.forEach(ledger, line -> {
            if (line.intact() && line.kind().equals("raw") && line.delivered()) {
                ledgered.put(line.index(), line.pixelsCrc32c());
            } else if (line.intact() && line.kind().equals("outcome") && line.state() == FrameState.RESTORED) {
                products.add(line.index());
            }
        });
        int notLedgered = 0;
        int notExact = 0;
        int productsNotExact = 0;
        for (long index : due) {
            Long crc = ledgered.get(index);
            notLedgered += crc != null && crc == sums.crc32c(index) ? 0 : 1;
            notExact += found.raw().contains(index) ? 0 : 1;
            productsNotExact += products.contains(index) && !found.restored().contains(index) ? 1 : 0;
        }
        return new Remains(
                due.length,
                notLedgered,
                notExact,
                productsNotExact,
                found.raw().size(),
                found.restored().size(),
                found.torn());
    }
}
