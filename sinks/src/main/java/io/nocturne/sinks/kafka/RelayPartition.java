package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameState;
import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One partition of the raw topic, while this worker has it: its streams, and how far each has come. The relay's thread. */
final class RelayPartition implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(RelayPartition.class);
    private static final Duration REREAD = Duration.ofSeconds(30);
    private static final byte[] NO_PIXELS = new byte[0];

    /** What became of a record. */
    enum Verdict {
        TAKEN,
        REPEAT,
        UNREADABLE
    }

    private final TopicPartition partition;
    private final long committed;
    private final Relay.Settings settings;
    private final Relay.Restorers restorers;
    private final ExecutorService workers;
    private final Map<FrameSequence, RelayPlace> places;
    private final Map<FrameSequence, RelayedStream> streams = new LinkedHashMap<>();
    private boolean toldUnreadable;

    /**
     * @param committed offset to begin at, -1 for the start
     * @param places that were committed with it
     */
    RelayPartition(
            TopicPartition partition,
            long committed,
            Map<FrameSequence, RelayPlace> places,
            Relay.Settings settings,
            Relay.Restorers restorers,
            ExecutorService workers) {
        this.partition = partition;
        this.committed = committed;
        this.places = places;
        this.settings = settings;
        this.restorers = restorers;
        this.workers = workers;
    }

    long committed() {
        return committed;
    }

    /** Metadata for the offset after the last record taken. */
    String places() {
        return RelayPlace.encode(places);
    }

    /** Takes the next record; products that are done go out, in order per stream. */
    Verdict take(ConsumerRecord<byte[], byte[]> record, BiConsumer<String, RelayedStream.Product> out)
            throws KafkaSetupException, InterruptedException {
        try {
            FrameRecord raw = FrameRecord.of(record);
            FrameSequence sequence = FrameSequence.of(raw);
            RelayPlace before = places.get(sequence);
            FrameSequence.Place now = FrameSequence.Place.of(raw);
            if (before != null && !now.isAfter(before.last())) {
                return Verdict.REPEAT;
            }
            if (raw.kind() == FrameRecord.Kind.START) {
                begin(raw, sequence, record.offset(), out);
                return Verdict.TAKEN;
            }
            RelayedStream stream = stream(sequence, before, record.offset());
            if (stream == null || stream.epoch() != raw.epoch()) {
                throw new MalformedFrameException("The start of run " + raw.run() + ", stream " + raw.stream()
                        + ", epoch " + raw.epoch() + " is no longer in the topic");
            }
            if (raw.kind() == FrameRecord.Kind.RAW) {
                stream.restore(raw, record.offset(), product -> out.accept(raw.stream(), product));
            } else {
                passOn(raw, stream, record, out);
            }
            boolean ended = raw.kind() == FrameRecord.Kind.END;
            places.put(
                    sequence,
                    new RelayPlace(now, stream.startOffset(), stream.windowOffset(record.offset() + 1), ended));
            if (ended) {
                streams.remove(sequence).close();
            }
            return Verdict.TAKEN;
        } catch (MalformedFrameException e) {
            if (!toldUnreadable) {
                toldUnreadable = true;
                log.warn(
                        "Record {} of {} is left out, like all that can't be read: {}",
                        record.offset(),
                        partition,
                        e.getMessage());
            }
            return Verdict.UNREADABLE;
        }
    }

    private void begin(
            FrameRecord start, FrameSequence sequence, long offset, BiConsumer<String, RelayedStream.Product> out)
            throws KafkaSetupException, MalformedFrameException, InterruptedException {
        RelayedStream old = streams.remove(sequence);
        if (old != null) {
            old.finish(product -> out.accept(start.stream(), product));
            old.close();
        }
        RelayedStream stream = open(start, offset);
        streams.put(sequence, stream);
        places.put(sequence, new RelayPlace(FrameSequence.Place.of(start), offset, offset + 1, false));
        out.accept(start.stream(), stream.start(start));
    }

    private RelayedStream open(FrameRecord start, long offset)
            throws KafkaSetupException, MalformedFrameException, InterruptedException {
        return new RelayedStream(
                start, offset, restorers.open(FrameHeaders.streamOf(start)), settings.lanes(), workers);
    }

    /** The stream of a sequence; after a take-over, built from what its place says must be read again. */
    private RelayedStream stream(FrameSequence sequence, RelayPlace place, long until)
            throws KafkaSetupException, MalformedFrameException, InterruptedException {
        RelayedStream stream = streams.get(sequence);
        if (stream == null && place != null) {
            stream = reread(sequence, place, until);
            streams.put(sequence, stream);
        }
        return stream;
    }

    private RelayedStream reread(FrameSequence sequence, RelayPlace place, long until)
            throws KafkaSetupException, MalformedFrameException, InterruptedException {
        ClientSettings client = new ClientSettings(settings.bootstrapServers(), settings.client());
        try (KafkaConsumer<byte[], byte[]> again = new KafkaConsumer<>(client.consumer())) {
            again.assign(List.of(partition));
            again.seek(partition, place.startOffset());
            RelayedStream stream = null;
            FrameSequence.Place seen = new FrameSequence.Place(place.last().epoch(), FrameRecord.START_INDEX);
            long at = place.startOffset();
            long deadline = System.nanoTime() + REREAD.toNanos();
            while (at < until) {
                if (System.nanoTime() > deadline) {
                    again.close(CloseOptions.timeout(Duration.ZERO));
                    throw new KafkaSetupException("Records from " + place.startOffset() + " on of " + partition
                            + " could not be read again within " + REREAD.toSeconds() + " s");
                }
                for (ConsumerRecord<byte[], byte[]> record : again.poll(Duration.ofMillis(200))) {
                    at = record.offset() + 1;
                    if (stream == null) {
                        stream = open(FrameRecord.of(record), record.offset());
                        if (place.windowOffset() > at) {
                            at = place.windowOffset();
                            again.seek(partition, at);
                            break;
                        }
                    } else if (record.offset() < until) {
                        seen = remember(stream, sequence, place, seen, record);
                    }
                }
            }
            return stream;
        }
    }

    private static FrameSequence.Place remember(
            RelayedStream stream,
            FrameSequence sequence,
            RelayPlace place,
            FrameSequence.Place seen,
            ConsumerRecord<byte[], byte[]> record)
            throws MalformedFrameException {
        FrameRecord raw = FrameRecord.of(record);
        FrameSequence.Place now = FrameSequence.Place.of(raw);
        boolean wanted = FrameSequence.of(raw).equals(sequence)
                && raw.epoch() == place.last().epoch()
                && now.isAfter(seen)
                && !now.isAfter(place.last());
        if (!wanted) {
            return seen;
        }
        if (raw.kind() == FrameRecord.Kind.RAW) {
            stream.remember(raw, record.offset());
        } else {
            stream.interrupt();
        }
        return now;
    }

    /** What has no pixels goes on as it is, behind the products before it. */
    private static void passOn(
            FrameRecord raw,
            RelayedStream stream,
            ConsumerRecord<byte[], byte[]> record,
            BiConsumer<String, RelayedStream.Product> out)
            throws InterruptedException {
        stream.finish(product -> out.accept(raw.stream(), product));
        stream.interrupt();
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(headers::add);
        out.accept(
                raw.stream(),
                new RelayedStream.Product(
                        FrameState.RAW_ONLY, record.timestamp(), headers, NO_PIXELS, new FrameHeader()));
    }

    /** Waits for all that is under way. */
    void finish(BiConsumer<String, RelayedStream.Product> out) throws InterruptedException {
        for (Map.Entry<FrameSequence, RelayedStream> entry : streams.entrySet()) {
            entry.getValue().finish(product -> out.accept(entry.getKey().stream(), product));
        }
    }

    @Override
    public void close() {
        streams.values().forEach(RelayedStream::close);
        streams.clear();
    }
}
