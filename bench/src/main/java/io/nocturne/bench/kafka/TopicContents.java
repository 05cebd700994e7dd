package io.nocturne.bench.kafka;

import io.nocturne.acquisition.PatternSource;
import io.nocturne.sinks.kafka.FrameConsumer;
import io.nocturne.sinks.kafka.FrameRecord;
import io.nocturne.sinks.kafka.KafkaSetupException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What our own consumer finds in a topic that one recording of a {@link PatternSource} was published to, repeats left out.
 * In order and without holes, a record begins where the one before it ended, from START to END.
 */
public final class TopicContents {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final Duration QUIET = Duration.ofMillis(300);

    private final List<RecordPlace> places = new ArrayList<>();
    private final Set<Long> frames = new HashSet<>();
    private long next = FrameRecord.START_INDEX;
    private long notInOrder;
    private long notAsSent;
    private long repeats;
    private long unreadable;
    private boolean ended;

    TopicContents() {}

    /** Reads to the record that says that the recording has ended, or until nothing comes for half a minute. */
    public static TopicContents ofEnded(String brokers, String topic) throws KafkaSetupException {
        TopicContents contents = new TopicContents();
        try (FrameConsumer consumer = new FrameConsumer(brokers, topic, Map.of())) {
            long idle = System.nanoTime();
            while (!contents.ended && System.nanoTime() - idle < PATIENCE_NANOS) {
                if (contents.take(consumer)) {
                    idle = System.nanoTime();
                }
            }
        }
        return contents;
    }

    /**
     * Reads what a recording that was cut off has left: until nothing comes any more, but half a minute at least for frames
     * that must be there.
     */
    public static TopicContents ofCutOff(String brokers, String topic, long[] due) throws KafkaSetupException {
        TopicContents contents = new TopicContents();
        try (FrameConsumer consumer = new FrameConsumer(brokers, topic, Map.of())) {
            long idle = System.nanoTime();
            boolean more = true;
            while (more || (contents.missing(due) > 0 && System.nanoTime() - idle < PATIENCE_NANOS)) {
                more = contents.take(consumer);
                if (more) {
                    idle = System.nanoTime();
                }
            }
        }
        return contents;
    }

    /** False if there was nothing new. */
    private boolean take(FrameConsumer consumer) {
        List<FrameRecord> fresh = consumer.poll(QUIET);
        add(fresh, consumer.repeats(), consumer.unreadable());
        return !fresh.isEmpty();
    }

    /** What a consumer gave, and how many records it has left out so far. */
    void add(List<FrameRecord> fresh, long newRepeats, long newUnreadable) {
        fresh.forEach(this::add);
        repeats = newRepeats;
        unreadable = newUnreadable;
    }

    private void add(FrameRecord record) {
        places.add(RecordPlace.of(record));
        ended = record.kind() == FrameRecord.Kind.END;
        notInOrder += record.index() == next ? 0 : 1;
        next = record.index() + Math.max(record.kind() == FrameRecord.Kind.START ? 1 : 0, record.count());
        if (record.frame().isPresent()) {
            frames.add(record.index());
        }
        notAsSent += isPattern(record) ? 0 : 1;
    }

    private static boolean isPattern(FrameRecord record) {
        if (record.count() == 0) {
            return record.frame().isEmpty();
        }
        return record.frame()
                .map(frame ->
                        PatternSource.mismatch(frame.pixels(), frame.spec().pixelType(), record.index()) < 0)
                .orElse(record.kind() == FrameRecord.Kind.RAW_ONLY);
    }

    /** Places of all records, in the topic's order. */
    public List<RecordPlace> places() {
        return List.copyOf(places);
    }

    /** Frames whose pixels are there. */
    public int frames() {
        return frames.size();
    }

    /** Of those records, how many are not in the topic. */
    public int missing(long[] indices) {
        Set<Long> there = new HashSet<>();
        places.forEach(place -> there.add(place.index()));
        int missing = 0;
        for (long index : indices) {
            missing += there.contains(index) ? 0 : 1;
        }
        return missing;
    }

    /** Records that came again. */
    public long repeats() {
        return repeats;
    }

    /** True if every record can be read, is as it was sent, and begins where the one before it ended. */
    public boolean sound() {
        return notInOrder == 0 && notAsSent == 0 && unreadable == 0;
    }

    /** True if it is sound and tells of that many frames between its START and its END. */
    public boolean complete(long count) {
        return sound() && ended && next == count;
    }

    /** Records that are there, repeats and unreadable ones included. */
    public long records() {
        return places.size() + repeats + unreadable;
    }

    /** Records that are not what or where they should be. */
    public long faults() {
        return notInOrder + notAsSent + unreadable;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d records%s, %d out of order, %d not as sent, %d unreadable; %d repeats left out",
                places.size(),
                ended ? " to its end" : "",
                notInOrder,
                notAsSent,
                unreadable,
                repeats);
    }
}
