package io.nocturne.sinks.kafka;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log of times when Kafka takes no records: once as one begins, once as it ends, and once when records begin to
 * get lost. A broker that is merely slow begins many: of those, at most one in {@value #QUIET_SECONDS} s is told. Guarded
 * by the outbox's lock.
 */
final class Episode {
    private static final Logger log = LoggerFactory.getLogger(Episode.class);
    private static final long QUIET_SECONDS = 10;

    private final String topic;
    private final Path spill;
    private boolean told;
    private boolean everTold;
    private long toldAtNanos;
    private long replayedBefore;
    private boolean losing;

    Episode(String topic, Path spill) {
        this.topic = topic;
        this.spill = spill;
    }

    void begin(String why, long replayed) {
        long now = System.nanoTime();
        told = !everTold || now - toldAtNanos >= TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
        replayedBefore = replayed;
        if (told) {
            everTold = true;
            toldAtNanos = now;
            log.warn("Topic {}: Kafka takes no records ({}); they are kept in {}", topic, why, spill);
        }
    }

    void end(long replayed, long lost) {
        if (told) {
            log.info(
                    "Topic {}: Kafka takes records again; {} replayed, {} lost in all",
                    topic,
                    replayed - replayedBefore,
                    lost);
        }
    }

    void lost(long index, String why) {
        if (!losing) {
            losing = true;
            log.error("Topic {}: record {} is lost, others may follow: {}", topic, index, why);
        }
    }

    /** Records find room again. */
    void kept() {
        losing = false;
    }

    /** Whether the record itself is at fault: sending it again can't help. */
    static boolean isFaultOfRecord(Exception failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof InvalidRecordException
                || failure instanceof InvalidTimestampException
                || failure instanceof SerializationException;
    }
}
