package io.nocturne.sinks.kafka;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the backlog to the producer, and a new producer where there is none. One thread, an outbox's own; it reads the
 * spill and connects without holding the outbox's lock.
 */
final class Courier implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Courier.class);
    private static final long FIRST_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LAST_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long REFUSED_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** About a second. */
    private static final int MOST_REFUSALS = 50;

    private final Outbox outbox;
    private final String topic;
    private final Outbox.Connector connector;
    private final Spill spill;
    private final RecordPool pool;
    /** Of the record that comes next, one after the other. */
    private int refusals;

    Courier(Outbox outbox, String topic, Outbox.Connector connector, Spill spill, RecordPool pool) {
        this.outbox = outbox;
        this.topic = topic;
        this.connector = connector;
        this.spill = spill;
        this.pool = pool;
    }

    /** Until the outbox closes. A connection that brings nothing through counts as none: the next waits longer. */
    @Override
    public void run() {
        long backoffNanos = FIRST_BACKOFF_NANOS;
        while (true) {
            switch (outbox.awaitWork()) {
                case CONNECTED -> {
                    return;
                }
                case REPLAYING -> replayNext();
                case SPILLING -> {
                    backoffNanos = outbox.progressed() ? FIRST_BACKOFF_NANOS : backoffNanos;
                    outbox.pause(backoffNanos);
                    backoffNanos = Math.min(2 * backoffNanos, LAST_BACKOFF_NANOS);
                    reconnect();
                    refusals = 0;
                }
            }
        }
    }

    private void replayNext() {
        Spill.Ticket next = outbox.nextToReplay();
        if (next == null) {
            return;
        }
        Outgoing record = null;
        IOException damage = null;
        try {
            record = spill.read(next, pool);
        } catch (IOException e) {
            damage = e;
        }
        if (outbox.replay(next, record, damage, refusals >= MOST_REFUSALS)) {
            refusals = 0;
        } else {
            refusals++;
            outbox.pause(REFUSED_BACKOFF_NANOS);
        }
    }

    private void reconnect() {
        try {
            outbox.connected(connector.connect(outbox::closing));
        } catch (IOException e) {
            log.debug("Topic {}: still not connected: {}", topic, e.getMessage());
        }
    }
}
