package io.nocturne.sinks.kafka;

/**
 * Whom to tell once a record has settled.
 *
 * @param index of the frame; for a gap, of its first frame
 * @param frame false for records that stand for no frame offered to the sink: start, gaps and end
 * @param coreNanos and {@code committedNanos}: the frame's stamps on the run's clock
 */
record Receipt(long index, boolean frame, long coreNanos, long committedNanos) {}
