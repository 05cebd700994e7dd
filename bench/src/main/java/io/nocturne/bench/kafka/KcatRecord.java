package io.nocturne.bench.kafka;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * A record as kcat tells it.
 *
 * @param payload its value, from 0 to its limit, not to be changed; empty for none
 */
record KcatRecord(long offset, String key, Map<String, String> headers, ByteBuffer payload) {
    /** Value of a header, empty if it has none of that name. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    RecordPlace place() {
        return new RecordPlace(
                header("run"),
                header("stream"),
                Integer.parseInt(header("pass")),
                Integer.parseInt(header("epoch")),
                Long.parseLong(header("index")),
                header("state"));
    }
}
