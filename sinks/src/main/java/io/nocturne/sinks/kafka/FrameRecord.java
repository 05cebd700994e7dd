package io.nocturne.sinks.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * One record of a topic of frames, read and checked. Immutable, but for the bytes that {@link #frame()} lies on.
 *
 * @param run identifier of the run
 * @param stream name of the stream
 * @param epoch number of the epoch
 * @param pass 0 for the live run, more for later completions of it
 * @param index of the frame; {@link #START_INDEX} for the start, one past the last frame for the end
 * @param count frames that this record speaks for; 0 for start and end
 * @param kind what it says
 * @param cause name of the {@link io.nocturne.stream.spi.Cause}
 * @param timestampMillis capture, milliseconds since 1970
 * @param frame the pixels, if it has any
 * @param headers all of them, for {@link #header}
 */
public record FrameRecord(
        String run,
        String stream,
        int epoch,
        int pass,
        long index,
        int count,
        Kind kind,
        String cause,
        long timestampMillis,
        Optional<Ad00Frame> frame,
        Headers headers) {
    /** What a record says; the names are the values of the header {@code state}. */
    public enum Kind {
        START,
        RAW,
        RESTORED,
        RAW_ONLY,
        FAILED,
        GAP,
        END
    }

    /** Index of a start record. */
    public static final long START_INDEX = -1;

    /**
     * Reads a record.
     *
     * @throws MalformedFrameException if it is not in the format {@value FrameHeaders#FORMAT_VALUE}, or its pixels are not
     *     those that were sent
     */
    public static FrameRecord of(ConsumerRecord<byte[], byte[]> record) throws MalformedFrameException {
        Headers headers = record.headers();
        String format = text(headers, FrameHeaders.FORMAT);
        if (!format.equals(FrameHeaders.FORMAT_VALUE)) {
            throw new MalformedFrameException(
                    "Record of format '" + format + "'; this reader knows '" + FrameHeaders.FORMAT_VALUE + "'");
        }
        String schema = text(headers, FrameHeaders.SCHEMA);
        Optional<Ad00Frame> frame = Optional.empty();
        if (schema.equals(FrameCodec.SCHEMA)) {
            if (record.value() == null) {
                throw new MalformedFrameException("The record has schema ad00 but no value");
            }
            Ad00Frame decoded = FrameCodec.decode(ByteBuffer.wrap(record.value()));
            check(decoded, text(headers, FrameHeaders.CRC32C));
            frame = Optional.of(decoded);
        } else if (!schema.equals(FrameHeaders.NO_SCHEMA)) {
            throw new MalformedFrameException("Record of schema '" + schema + "'; this reader knows 'ad00' and 'none'");
        }
        return new FrameRecord(
                text(headers, FrameHeaders.RUN),
                text(headers, FrameHeaders.STREAM),
                (int) number(headers, FrameHeaders.EPOCH),
                (int) number(headers, FrameHeaders.PASS),
                number(headers, FrameHeaders.INDEX),
                (int) number(headers, FrameHeaders.COUNT),
                kindOf(text(headers, FrameHeaders.STATE)),
                text(headers, FrameHeaders.CAUSE),
                record.timestamp(),
                frame,
                headers);
    }

    private static void check(Ad00Frame frame, String expected) throws MalformedFrameException {
        CRC32C crc = new CRC32C();
        crc.update(frame.pixels());
        String found = HexFormat.of().toHexDigits((int) crc.getValue());
        if (!found.equals(expected)) {
            throw new MalformedFrameException("The pixels' CRC-32C is " + found + ", but " + expected + " was sent");
        }
    }

    private static Kind kindOf(String state) throws MalformedFrameException {
        for (Kind kind : Kind.values()) {
            if (kind.name().equals(state)) {
                return kind;
            }
        }
        throw new MalformedFrameException("Unknown state '" + state + "'");
    }

    private static String text(Headers headers, String key) throws MalformedFrameException {
        Header header = headers.lastHeader(key);
        if (header == null || header.value() == null) {
            throw new MalformedFrameException("The record lacks the header '" + key + "'");
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    private static long number(Headers headers, String key) throws MalformedFrameException {
        String text = text(headers, key);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new MalformedFrameException("The header '" + key + "' is '" + text + "', not a whole number");
        }
    }

    /** Value of a header; empty if the record has none of that name. */
    public Optional<String> header(String key) {
        Header header = headers.lastHeader(key);
        return header == null ? Optional.empty() : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }

    /** All values of a header that may come more than once, such as {@code channel-name}. */
    public List<String> headerValues(String key) {
        List<String> values = new ArrayList<>();
        for (Header header : headers.headers(key)) {
            values.add(new String(header.value(), StandardCharsets.UTF_8));
        }
        return values;
    }
}
