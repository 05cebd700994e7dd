package io.nocturne.sinks.kafka;

import java.util.List;
import org.apache.kafka.common.header.Header;

/** One record on its way, for which the outbox is responsible, its value included, until it has settled. */
final class Outgoing {
    /** Upper bound of what Kafka adds to a record and its batch, besides key, headers and value. */
    private static final int FRAMING_BYTES = 128;

    private static final int HEADER_FRAMING_BYTES = 10;

    final Receipt receipt;
    final byte[] key;
    final long timestampMillis;
    final List<Header> headers;
    /** Zero-length for a record without pixels. */
    final byte[] value;

    Outgoing(Receipt receipt, byte[] key, long timestampMillis, List<Header> headers, byte[] value) {
        this.receipt = receipt;
        this.key = key;
        this.timestampMillis = timestampMillis;
        this.headers = headers;
        this.value = value;
    }

    /** Bytes on the wire, at most. */
    int bytes() {
        int bytes = FRAMING_BYTES + key.length + value.length;
        for (Header header : headers) {
            bytes += HEADER_FRAMING_BYTES + header.key().length() + header.value().length;
        }
        return bytes;
    }
}
