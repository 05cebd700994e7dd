package io.nocturne.sinks.kafka;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;

/** Records that are with the producer, oldest first, within a budget of bytes. Guarded by the outbox's lock. */
final class InFlight {
    private final long budgetBytes;
    private final ArrayDeque<Sent> records = new ArrayDeque<>();
    private long bytes;

    /** A record with the producer: in memory only, or with its {@code ticket} in the spill too. */
    static final class Sent {
        final Outgoing record;
        final Spill.Ticket ticket;
        final Receipt receipt;
        private final int bytes;

        Sent(Outgoing record, Spill.Ticket ticket) {
            // The spill's copy is enough: that frees the value for the next one.
            this.record = ticket == null ? record : null;
            this.ticket = ticket;
            this.receipt = record.receipt;
            this.bytes = record.bytes();
        }
    }

    InFlight(long budgetBytes) {
        this.budgetBytes = budgetBytes;
    }

    /** Whether so many bytes more are within the budget; one record always is. */
    boolean fits(long more) {
        return records.isEmpty() || bytes + more <= budgetBytes;
    }

    void add(Sent sent) {
        records.addLast(sent);
        bytes += sent.bytes;
    }

    void remove(Sent sent) {
        // Acknowledgements come in order: it is the first, or near it.
        if (records.removeFirstOccurrence(sent)) {
            bytes -= sent.bytes;
        }
    }

    /** The newest, which the producer did not take. */
    void removeLast() {
        bytes -= records.removeLast().bytes;
    }

    /** All of them, oldest first; none is in flight afterwards. */
    Collection<Sent> takeAll() {
        List<Sent> all = List.copyOf(records);
        records.clear();
        bytes = 0;
        return all;
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    int size() {
        return records.size();
    }

    long bytes() {
        return bytes;
    }
}
