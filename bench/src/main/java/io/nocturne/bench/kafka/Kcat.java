package io.nocturne.bench.kafka;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The program kcat: a consumer made of other code than ours and than Kafka's own client. */
final class Kcat {
    /** Offset, key, payload's length and headers in a line, then the payload as it is. */
    private static final String FORMAT = "%o\t%k\t%S\t%h\n%s";

    /** Takes records as they come. */
    interface Taker {
        void take(KcatRecord record) throws IOException;
    }

    private final Path program;

    Kcat(Path program) {
        this.program = program;
    }

    /**
     * Reads the topic's only partition from its beginning to its end of now.
     *
     * @throws IOException if kcat can't be started, fails, or says what can't be understood
     */
    void read(String brokers, String topic, Taker taker) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        program.toString(),
                        "-C",
                        "-b",
                        brokers,
                        "-t",
                        topic,
                        "-p",
                        "0",
                        "-o",
                        "beginning",
                        "-e",
                        "-q",
                        "-X",
                        "check.crcs=true",
                        "-f",
                        FORMAT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = new BufferedInputStream(process.getInputStream(), 1 << 16)) {
            records(out, taker);
        } finally {
            process.destroy();
        }
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(program + " ended with status " + status);
        }
    }

    /** Takes apart what kcat prints. */
    static void records(InputStream out, Taker taker) throws IOException {
        for (String line = line(out); !line.isEmpty(); line = line(out)) {
            taker.take(record(line, out));
        }
    }

    private static KcatRecord record(String line, InputStream out) throws IOException {
        String[] parts = line.split("\t", 4);
        if (parts.length < 4) {
            throw new IOException("kcat was told to print " + FORMAT + ", but printed: " + line);
        }
        int length = Integer.parseInt(parts[2]);
        byte[] payload = out.readNBytes(Math.max(0, length));
        if (payload.length < length) {
            throw new EOFException("kcat ended within a payload of " + length + " bytes");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String header : parts[3].split(",", -1)) {
            int equals = header.indexOf('=');
            if (equals > 0) {
                headers.put(header.substring(0, equals), header.substring(equals + 1));
            }
        }
        return new KcatRecord(Long.parseLong(parts[0]), parts[1], headers, ByteBuffer.wrap(payload));
    }

    /** The next line without its end; empty at the end of all. */
    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
