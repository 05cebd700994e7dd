package io.nocturne.sinks.kafka;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records that wait in the spill, oldest first, and those that found no room there: it says of each what became of it.
 * Guarded by the outbox's lock.
 */
final class Backlog implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(Backlog.class);

    private final Spill spill;
    private final RecordPool pool;
    private final Episode episode;
    private final ArrayDeque<Spill.Ticket> waiting = new ArrayDeque<>();
    private final List<Receipt> newlyLost = new ArrayList<>();
    private long spilled;
    private long lost;
    private String whyLost;

    /**
     * @param recovered records that {@code spill} holds from before, in order
     */
    Backlog(Spill spill, List<Spill.Ticket> recovered, RecordPool pool, Episode episode) {
        this.spill = spill;
        this.pool = pool;
        this.episode = episode;
        waiting.addAll(recovered);
    }

    /**
     * Puts a new record behind all that wait.
     *
     * @return false if it is lost
     */
    boolean add(Outgoing record) {
        Spill.Ticket ticket = keep(record);
        if (ticket != null) {
            waiting.addLast(ticket);
        }
        return ticket != null;
    }

    /**
     * Puts records that were in flight before all that wait.
     *
     * @param sent oldest first
     * @return how many were kept
     */
    int putBack(Iterable<InFlight.Sent> sent) {
        ArrayDeque<Spill.Ticket> kept = new ArrayDeque<>();
        for (InFlight.Sent each : sent) {
            Spill.Ticket ticket = each.ticket != null ? each.ticket : keep(each.record);
            if (ticket != null) {
                kept.addLast(ticket);
            }
        }
        int count = kept.size();
        while (!kept.isEmpty()) {
            waiting.addFirst(kept.pollLast());
        }
        return count;
    }

    /** Puts a record into the spill; null if it is lost. Frees its value either way. */
    private Spill.Ticket keep(Outgoing record) {
        Spill.Ticket ticket = null;
        String why = "the spill " + spill.folder() + " is full, or the disk has only its reserve left";
        try {
            ticket = spill.append(record);
        } catch (IOException e) {
            why = "the spill can't be written: " + e;
        }
        pool.give(record.value);
        if (ticket == null) {
            lost(record.receipt, why);
        } else {
            spilled++;
            episode.kept();
        }
        return ticket;
    }

    /** The oldest; null if none waits. */
    Spill.Ticket first() {
        return waiting.peekFirst();
    }

    /** The oldest is with the producer now; its place in the spill stays until it has settled. */
    void removeFirst() {
        waiting.removeFirst();
    }

    /** Gives the oldest up. */
    void drop(String why) {
        Spill.Ticket oldest = waiting.removeFirst();
        release(oldest);
        lost(oldest.receipt(), why);
    }

    /** A record will not come back: its place in the spill, or its value, is free. */
    void settled(InFlight.Sent sent) {
        if (sent.ticket != null) {
            release(sent.ticket);
        } else {
            pool.give(sent.record.value);
        }
    }

    private void release(Spill.Ticket ticket) {
        try {
            spill.release(ticket);
        } catch (IOException e) {
            log.warn("A spill segment that is no longer needed could not be removed: {}", e.toString());
        }
    }

    /** A record is lost. */
    void lost(Receipt receipt, String why) {
        lost++;
        whyLost = why;
        newlyLost.add(receipt);
        episode.lost(receipt.index(), why);
    }

    /** What was lost since this was last asked. */
    List<Receipt> takeLosses() {
        List<Receipt> losses = List.copyOf(newlyLost);
        newlyLost.clear();
        return losses;
    }

    /** Forgets all that wait. */
    void discard() {
        waiting.forEach(this::release);
        waiting.clear();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }

    /** Bytes of the spill on disk. */
    long bytes() {
        return spill.bytes();
    }

    Path folder() {
        return spill.folder();
    }

    long spilled() {
        return spilled;
    }

    long lost() {
        return lost;
    }

    /** Why a record was last lost; null while none has been. */
    String whyLost() {
        return whyLost;
    }

    /** What waits stays in the spill, for another time. */
    @Override
    public void close() throws IOException {
        spill.close();
    }
}
