package io.nocturne.acquisition;

import io.nocturne.stream.ledger.LedgerLine;
import io.nocturne.stream.ledger.LedgerReader;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a ledger says of each frame of one epoch, by index: about 100 bytes of heap per frame. Of several outcomes of a
 * frame the last one counts, but restored stays restored.
 */
final class RunRecord {
    /** One frame. Fields that the ledger doesn't tell keep their defaults. */
    static final class Entry {
        /** Why the frame is missing; {@link Cause#NONE} if it was stored. */
        Cause gap = Cause.SOURCE_ABORTED;

        long cameraNumber = -1;
        long timePoint;
        int position;
        int zSlice;
        int channel;
        long exposureNanos;
        long exposedNanos;
        /** Normalisation of its outcome, null if unknown. */
        double[] norm;

        boolean restored;
        private boolean stackMember;

        boolean stored() {
            return gap == Cause.NONE;
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    /** Whether a frame's product is on the disk. */
    @FunctionalInterface
    interface Stored {
        boolean test(Entry entry) throws IOException;
    }

    /**
     * Reads the lines of one epoch; damaged lines are passed over, their frames count as not stored.
     *
     * @param productStored whether a frame's product is on disk: after a kill the ledger may know of products that were
     *     released but not yet written
     */
    static RunRecord read(Path ledger, StreamSpec stream, int epoch, Stored productStored) throws IOException {
        RunRecord record = new RunRecord();
        LedgerReader.forEach(ledger, line -> {
            if (line.intact() && line.stream().equals(stream.name()) && line.epoch() == epoch && line.index() >= 0) {
                record.take(line);
            }
        });
        for (Entry entry : record.entries) {
            entry.restored = entry.restored && productStored.test(entry);
        }
        record.settleStacks();
        return record;
    }

    /** Frames of the epoch as far as the ledger knows, gaps included. */
    long frames() {
        return entries.size();
    }

    Entry entry(long index) {
        return entries.get((int) index);
    }

    private void take(LedgerLine line) {
        switch (line.kind()) {
            case "raw" -> raw(line, at(line.index()));
            case "gap" -> {
                for (long i = 0; i < line.count(); i++) {
                    at(line.index() + i).gap = line.cause();
                }
            }
            case "outcome" -> {
                for (long i = 0; i < line.count(); i++) {
                    outcome(line, at(line.index() + i));
                }
            }
            default -> {
                // run, epoch, event and end lines say nothing of single frames
            }
        }
    }

    private static void raw(LedgerLine line, Entry entry) {
        if (line.delivered()) {
            entry.gap = Cause.NONE;
        }
        entry.cameraNumber = line.number("cam", -1);
        entry.timePoint = line.number("t", 0);
        entry.channel = (int) line.number("c", 0);
        entry.zSlice = (int) line.number("z", 0);
        entry.position = (int) line.number("p", 0);
        entry.exposureNanos = line.number("exp", 0);
        entry.exposedNanos = line.number("exposed", 0);
    }

    private static void outcome(LedgerLine line, Entry entry) {
        FrameState state = line.state();
        if (entry.restored
                || (state != FrameState.RESTORED && state != FrameState.RAW_ONLY && state != FrameState.FAILED)) {
            return;
        }
        entry.restored = state == FrameState.RESTORED;
        entry.stackMember = line.cause() == Cause.STACK_MEMBER;
        // A line for several frames carries the values of none of them.
        entry.norm = line.count() == 1 && line.norm().length > 0 ? line.norm() : null;
    }

    /** A member of a stack is done when the stack's product is. */
    private void settleStacks() {
        Set<List<Long>> done = new HashSet<>();
        boolean stacks = entries.stream().anyMatch(entry -> entry.stackMember);
        if (!stacks) {
            return;
        }
        for (Entry entry : entries) {
            if (entry.restored) {
                done.add(stackOf(entry));
            }
        }
        for (Entry entry : entries) {
            if (entry.stackMember) {
                entry.restored = done.contains(stackOf(entry));
            }
        }
    }

    private static List<Long> stackOf(Entry entry) {
        return List.of(entry.timePoint, (long) entry.channel, (long) entry.position);
    }

    private Entry at(long index) {
        while (entries.size() <= index) {
            entries.add(new Entry());
        }
        return entries.get((int) index);
    }
}
