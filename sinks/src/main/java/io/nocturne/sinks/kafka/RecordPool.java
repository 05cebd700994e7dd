package io.nocturne.sinks.kafka;

import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * Values of records, used again: a producer copies a value while sending, so an array is free as soon as its record has
 * settled or lies in the spill. Holds as many as were ever out at once, which the in-flight budget bounds. Thread-safe.
 */
final class RecordPool {
    private final int length;
    private final Supplier<byte[]> maker;
    private final ArrayDeque<byte[]> free = new ArrayDeque<>();
    private int made;

    RecordPool(int length, Supplier<byte[]> maker) {
        this.length = length;
        this.maker = maker;
    }

    synchronized byte[] take() {
        byte[] value = free.pollLast();
        if (value == null) {
            made++;
            value = maker.get();
        }
        return value;
    }

    /** One of that length: a used one where it fits. */
    byte[] take(int wanted) {
        return wanted == length ? take() : new byte[wanted];
    }

    /** Takes back what nobody reads any more. */
    synchronized void give(byte[] value) {
        if (length > 0 && value.length == length) {
            free.addLast(value);
        }
    }

    /** Arrays allocated so far. */
    synchronized int made() {
        return made;
    }
}
