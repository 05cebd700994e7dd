package io.nocturne.stream.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/** Reads a ledger line by line, telling intact lines from torn or damaged ones. Works on a ledger still being written. */
public final class LedgerReader {
    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] CRC_MARK = ",\"crc\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final int CRC_TAIL = CRC_MARK.length + 8 + 2;
    private static final int MAX_LINE = 1 << 20;

    private LedgerReader() {}

    /** All lines in file order. */
    public static List<LedgerLine> read(Path file) throws IOException {
        List<LedgerLine> lines = new ArrayList<>();
        forEach(file, lines::add);
        return lines;
    }

    /** Hands over each line in file order; empty lines are left out. Memory stays bounded by one line. */
    public static void forEach(Path file, Consumer<LedgerLine> consumer) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream(512);
            long offset = 0;
            long start = 0;
            int b;
            while ((b = in.read()) >= 0) {
                offset++;
                if (b != '\n' && line.size() < MAX_LINE) {
                    line.write(b);
                    continue;
                }
                if (line.size() > 0) {
                    consumer.accept(parse(start, line.toByteArray(), b == '\n'));
                }
                line.reset();
                start = offset;
            }
            if (line.size() > 0) {
                consumer.accept(parse(start, line.toByteArray(), false));
            }
        }
    }

    /** Ends a torn last line with a line break, so that what is appended stands on lines of its own. */
    static void closeTornLine(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            channel.read(last, channel.size() - 1);
            if (last.get(0) != '\n') {
                channel.write(ByteBuffer.wrap(new byte[] {'\n'}), channel.size());
            }
        }
    }

    private static LedgerLine parse(long offset, byte[] bytes, boolean ended) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (ended && crcHolds(bytes)) {
            try {
                return new LedgerLine(offset, bytes.length, true, text, members(bytes));
            } catch (IOException e) {
                // A line with a sound CRC that is not JSON was not written by a ledger page: report it as damaged.
                return new LedgerLine(offset, bytes.length, false, text, Map.of());
            }
        }
        return new LedgerLine(offset, bytes.length, false, text, Map.of());
    }

    private static boolean crcHolds(byte[] bytes) {
        int mark = bytes.length - CRC_TAIL;
        if (mark <= 0 || !Arrays.equals(bytes, mark, mark + CRC_MARK.length, CRC_MARK, 0, CRC_MARK.length)) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, mark);
        String hex = new String(bytes, mark + CRC_MARK.length, 8, StandardCharsets.US_ASCII);
        return hex.equals(String.format("%08x", crc.getValue()));
    }

    private static Map<String, Object> members(byte[] bytes) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(bytes)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                members.put(name, value(parser, parser.nextToken()));
            }
        }
        return members;
    }

    private static Object value(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case START_ARRAY -> {
                double[] values = new double[64];
                int n = 0;
                for (JsonToken next = parser.nextToken();
                        next != JsonToken.END_ARRAY && n < values.length;
                        next = parser.nextToken()) {
                    values[n++] = next == JsonToken.VALUE_NULL ? Double.NaN : parser.getDoubleValue();
                }
                yield Arrays.copyOf(values, n);
            }
            default -> parser.getText();
        };
    }
}
