package io.nocturne.sinks.kafka;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.SinkContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a stream's frames to a Kafka topic: one record per ring entry, in order, at least once. What the broker can't take
 * now waits in a bounded spill on disk and is sent before anything newer. Records are described in this package.
 *
 * <p>{@link #onFrame} answers PENDING and never waits for the broker; a frame settles on the producer's own thread, once
 * all in-sync replicas have it, and that may be before {@code onFrame} has returned. LOST means that the spill is full or
 * can't be written, or that Kafka refuses the record for good. What is pending at {@link #close} lies in the spill, for
 * {@link SpillReplay}.
 *
 * <p>Steady state allocates nothing of a frame's size: values are encoded into arrays used again, as many as the in-flight
 * budget holds frames. What a record does allocate, whatever its size, is its headers and the client's bookkeeping: 6 KiB
 * on the sink's thread and 16 KiB on the producer's, measured one frame at a time.
 */
public final class KafkaSink implements FrameSink {
    private static final Logger log = LoggerFactory.getLogger(KafkaSink.class);
    private static final byte[] NO_PIXELS = new byte[0];

    private final KafkaSettings settings;

    private SinkContext context;
    private byte[] key;
    /** Null for claim checks. */
    private FrameCodec codec;

    private PreviewPlane preview;
    private Header claim;
    private FrameHeaders headers;
    private RecordPool pool;
    private Outbox outbox;
    private long nextIndex;
    private final CRC32C crc = new CRC32C();
    private long lastCrc32c = -1;

    public KafkaSink(KafkaSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return settings.name();
    }

    /**
     * Asks the broker whether it takes frames of this size, creates the topic where it may, and connects.
     *
     * @throws KafkaSetupException if a setting is unknown, a limit too small or no broker answers: names it. A sink that
     *     may start without its broker throws none of these but for settings
     */
    @Override
    public void open(SinkContext sinkContext) throws IOException, InterruptedException {
        context = sinkContext;
        String stream = context.stream().name();
        int recordBytes = recordBytes(context.spec());
        ClientSettings client = new ClientSettings(settings.bootstrapServers(), settings.client());
        Map<String, Object> producer = settings.producer("nocturne-" + stream, context.spec());
        Outbox.Connector connector =
                new ProducerConnector(settings.bootstrapServers(), settings.topic(), producer, settings.openTimeout());
        Producer<byte[], byte[]> connected = firstConnection(client, recordBytes, connector);
        key = stream.getBytes(StandardCharsets.UTF_8);
        FrameSpec frame = context.spec();
        KafkaContent content = settings.content();
        preview = content == KafkaContent.PREVIEW ? new PreviewPlane(frame, KafkaContent.PREVIEW_SIDE) : null;
        codec = content == KafkaContent.CLAIM_CHECK
                ? null
                : new FrameCodec(stream, preview == null ? frame : preview.spec());
        headers = new FrameHeaders(context, settings.pass(), content);
        pool = codec == null
                ? new RecordPool(0, () -> NO_PIXELS)
                : new RecordPool(codec.recordBytes(), codec::newRecord);
        settings.claims()
                .ifPresent(run -> claim = FrameHeaders.header(
                        "claim", run.restored(stream, context.epoch()).toUri().toString()));
        outbox = new Outbox(
                settings.topic(),
                connected,
                connector,
                new Spill(
                        spillFolder(settings, stream, context.epoch()),
                        settings.spillBytes(),
                        settings.spillReserveBytes()),
                List.of(),
                pool,
                settings.inFlightBytes(),
                settings.patient(),
                (receipt, delivery) -> {
                    if (receipt.frame()) {
                        context.settled(receipt.index(), receipt.coreNanos(), receipt.committedNanos(), delivery);
                    }
                });
        outbox.offer(withoutPixels(FrameRecord.START_INDEX, context.clock().nanoTime(), headers.ofStart()));
        if (connected != null) {
            requireStartTaken();
        }
    }

    /** A producer that has heard from the broker; null if there is none and that may be so. */
    private Producer<byte[], byte[]> firstConnection(ClientSettings client, int recordBytes, Outbox.Connector connector)
            throws IOException, InterruptedException {
        try {
            checkTopic(settings, client, recordBytes);
            return connector.connect(() -> false);
        } catch (KafkaSetupException e) {
            if (!settings.startsAway()) {
                throw e;
            }
            log.warn("Records for topic {} go to the spill for now: {}", settings.topic(), e.getMessage());
            return null;
        }
    }

    /** The first record is also the proof that this topic takes ours: rights, clocks and limits included. */
    private void requireStartTaken() throws KafkaSetupException, InterruptedException {
        long deadline = System.nanoTime() + settings.openTimeout().toNanos();
        boolean settled = outbox.awaitSettled(() -> outbox.trouble() != null || System.nanoTime() - deadline >= 0);
        if (!settled || outbox.trouble() != null) {
            String trouble = outbox.trouble();
            outbox.discard();
            throw new KafkaSetupException("Kafka topic '" + settings.topic() + "' at " + settings.bootstrapServers()
                    + " does not take our records: "
                    + (trouble == null
                            ? "no acknowledgement within "
                                    + settings.openTimeout().toMillis() + " ms"
                            : trouble));
        }
    }

    static void checkTopic(KafkaSettings settings, ClientSettings client, int recordBytes)
            throws KafkaSetupException, InterruptedException {
        try (Admin admin = Admin.create(client.admin(settings.openTimeout().toMillis()))) {
            new TopicCheck(admin, settings, recordBytes).run();
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaSetupException("The Kafka client refuses its settings: " + cause.getMessage(), e);
        }
    }

    private int recordBytes(FrameSpec spec) throws KafkaSetupException {
        if (spec.bytes() > Integer.MAX_VALUE - (1 << 20)) {
            throw new KafkaSetupException(
                    "A frame of " + spec + " does not fit one Kafka record, which has less than 2 GiB");
        }
        int bytes = settings.recordBytes(spec);
        if (bytes > settings.inFlightBytes()) {
            throw new KafkaSetupException("inFlightBytes is " + settings.inFlightBytes() + ", but one record of a "
                    + spec + " frame needs " + bytes + ": raise it to a few times that");
        }
        return bytes;
    }

    /** Where a stream's records wait: {@code FOLDER/TOPIC/STREAM-EPOCH-PASS}. */
    static Path spillFolder(KafkaSettings settings, String stream, int epoch) {
        return settings.spillFolder().resolve(settings.topic()).resolve(stream + "-" + epoch + "-" + settings.pass());
    }

    @Override
    public Delivery onFrame(FrameView frame) {
        nextIndex = frame.index() + frame.count();
        long captured = context.clock().epochNanos(capturedNanos(frame));
        byte[] value = NO_PIXELS;
        lastCrc32c = -1;
        if (frame.hasPixels() && codec == null) {
            crc.reset();
            crc.update(frame.pixels());
            lastCrc32c = crc.getValue();
        } else if (frame.hasPixels()) {
            value = pool.take();
            ByteBuffer pixels = preview == null ? frame.pixels() : preview.of(frame.pixels());
            codec.encode(frame, pixels, context.epoch(), captured, value);
            lastCrc32c = codec.lastCrc32c();
        }
        List<Header> recordHeaders = headers.of(frame, lastCrc32c);
        if (frame.hasPixels()) {
            describe(recordHeaders);
        }
        Receipt receipt = new Receipt(frame.index(), true, frame.coreNanos(), frame.committedNanos());
        boolean taken = outbox.offer(new Outgoing(receipt, key, captured / 1_000_000, recordHeaders, value));
        return taken ? Delivery.PENDING : Delivery.LOST;
    }

    /** What a reader needs to make sense of a value that isn't the frame itself. */
    private void describe(List<Header> recordHeaders) {
        if (preview != null) {
            recordHeaders.add(FrameHeaders.header("preview-bin", preview.bin()));
            recordHeaders.add(FrameHeaders.header("preview-low", Double.toString(preview.low())));
            recordHeaders.add(FrameHeaders.header("preview-high", Double.toString(preview.high())));
        } else if (codec == null) {
            recordHeaders.add(claim);
        }
    }

    /** The earliest stamp that a frame has. */
    private long capturedNanos(FrameView frame) {
        if (frame.coreNanos() != 0) {
            return frame.coreNanos();
        }
        if (frame.receivedNanos() != 0) {
            return frame.receivedNanos();
        }
        return frame.committedNanos() != 0
                ? frame.committedNanos()
                : context.clock().nanoTime();
    }

    @Override
    public void onGap(long firstIndex, int count, Cause cause) {
        nextIndex = firstIndex + count;
        outbox.offer(withoutPixels(firstIndex, context.clock().nanoTime(), headers.ofGap(firstIndex, count, cause)));
    }

    /** Sends the end and waits, until the deadline, for all that is under way. */
    @Override
    public void onEnd(Cause cause, long deadlineNanos) throws InterruptedException {
        outbox.offer(withoutPixels(nextIndex, context.clock().nanoTime(), headers.ofEnd(nextIndex, cause)));
        outbox.awaitSettled(() -> context.clock().nanoTime() - deadlineNanos >= 0);
    }

    private Outgoing withoutPixels(long index, long nanos, List<Header> recordHeaders) {
        long millis = context.clock().epochNanos(nanos) / 1_000_000;
        return new Outgoing(new Receipt(index, false, 0, 0), key, millis, recordHeaders, NO_PIXELS);
    }

    /** A moment's figures, in records; any thread, once open. */
    public KafkaCounts counts() {
        return outbox.counts();
    }

    @Override
    public long lastCrc32c() {
        return lastCrc32c;
    }

    @Override
    public void close() throws IOException {
        if (outbox != null) {
            outbox.close();
        }
    }
}
