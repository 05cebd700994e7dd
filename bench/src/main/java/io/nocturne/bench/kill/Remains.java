package io.nocturne.bench.kill;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.stream.ledger.LedgerReader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.StackReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * What a killed and repaired run still holds of a {@link PatternSource}.
 *
 * @param due frames that had to survive
 * @param notLedgered of those, how many the ledger doesn't call delivered
 * @param notExact of those, how many can't be read back bit for bit
 * @param rawReadable raw frames that can be read
 * @param restoredReadable products that can be read
 * @param torn frames, raw or restored, that are there but not what was written
 */
record Remains(int due, int notLedgered, int notExact, int rawReadable, int restoredReadable, int torn) {

    /** True if nothing that was due is missing and nothing is torn. */
    boolean sound() {
        return notLedgered == 0 && notExact == 0 && torn == 0;
    }

    /** Reads the run back. */
    static Remains of(RunFolder run, FrameSpec frame, long[] due) throws IOException {
        Map<Long, Long> ledgered = new HashMap<>();
        LedgerReader.forEach(run.ledger(), line -> {
            if (line.intact() && line.kind().equals("raw") && line.delivered()) {
                ledgered.put(line.index(), line.pixelsCrc32c());
            }
        });
        Found raw = read(run.raw(KillVictim.STREAM, 0), frame);
        Found restored = read(run.restored(KillVictim.STREAM, 0), frame);
        int notLedgered = 0;
        int notExact = 0;
        for (long index : due) {
            Long crc = ledgered.get(index);
            if (crc == null) {
                notLedgered++;
            }
            Long stored = raw.crcByIndex.get(index);
            if (stored == null || (crc != null && !stored.equals(crc))) {
                notExact++;
            }
        }
        return new Remains(
                due.length,
                notLedgered,
                notExact,
                raw.crcByIndex.size(),
                restored.crcByIndex.size(),
                raw.torn + restored.torn);
    }

    /** Exact frames with their CRC-32C, and how many were not exact. */
    private record Found(Map<Long, Long> crcByIndex, int torn) {}

    private static Found read(Path zarr, FrameSpec frame) throws IOException {
        Map<Long, Long> exact = new HashMap<>();
        int torn = 0;
        if (!Files.exists(zarr)) {
            return new Found(exact, torn);
        }
        ByteBuffer pixels = ByteBuffer.allocateDirect(frame.bytes()).order(ByteOrder.nativeOrder());
        CRC32C crc = new CRC32C();
        try (StackReader stack = StackReader.open(zarr)) {
            for (long index = 0; index < stack.frames(); index++) {
                if (!stack.has(index)) {
                    continue;
                }
                if (!isWhole(stack, index, pixels) || PatternSource.mismatch(pixels, frame.pixelType(), index) >= 0) {
                    torn++;
                    continue;
                }
                crc.reset();
                crc.update(pixels.rewind());
                exact.put(index, crc.getValue());
            }
        }
        return new Found(exact, torn);
    }

    /** Reads a frame; false if it is there but damaged. */
    private static boolean isWhole(StackReader stack, long index, ByteBuffer into) {
        try {
            return stack.read(index, into);
        } catch (IOException e) {
            return false;
        }
    }
}
