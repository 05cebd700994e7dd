package io.nocturne.stream.ledger;

import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink.Delivery;
import io.nocturne.stream.spi.FrameView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/** One thread's way to write into the {@link Ledger}. Not safe for use from multiple threads. */
public final class LedgerPage implements AutoCloseable {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_LINE = 1 << 16;

    private final FileChannel channel;
    private final ByteBuffer out = ByteBuffer.allocateDirect(MAX_LINE);
    private final byte[] line = new byte[MAX_LINE - 32];
    private final CRC32C crc = new CRC32C();
    private int length;
    private boolean torn;

    LedgerPage(Path file) throws IOException {
        channel = file == null
                ? null
                : FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    /**
     * A raw frame was offered to the raw recorder.
     *
     * @param storedNanos when the recorder returned
     * @param wallEpochNanos capture time in nanoseconds since 1970
     * @param pixelsCrc32c of the plane, -1 if unknown
     */
    public void raw(
            FrameView f,
            String stream,
            int epoch,
            long storedNanos,
            long wallEpochNanos,
            Delivery delivery,
            long pixelsCrc32c)
            throws IOException {
        if (channel == null) {
            return;
        }
        begin("raw", stream, epoch).field("i", f.index()).field("cam", f.cameraNumber());
        field("t", f.timePoint()).field("c", f.channel()).field("z", f.zSlice()).field("p", f.position());
        field("core", f.coreNanos()).field("rx", f.receivedNanos()).field("committed", f.committedNanos());
        field("stored", storedNanos).field("wall", wallEpochNanos).field("exp", f.exposureNanos());
        if (f.exposedNanos() != 0) {
            field("exposed", f.exposedNanos());
        }
        if (f.lightDose() != 0) {
            field("dose", f.lightDose());
        }
        field("d", lower(delivery));
        if (pixelsCrc32c >= 0) {
            ascii(",\"px\":\"").hex(pixelsCrc32c).ascii("\"");
        }
        end();
    }

    /** A frame's outcome was released. */
    public void outcome(FrameView f, String stream, int epoch) throws IOException {
        if (channel == null) {
            return;
        }
        begin("outcome", stream, epoch).field("i", f.index()).field("n", f.count());
        field("state", f.state().name()).field("cause", f.cause().name());
        ascii(",\"norm\":[");
        for (int i = 0; i < f.normCount(); i++) {
            if (i > 0) {
                ascii(",");
            }
            double value = f.norm(i);
            ascii(Double.isFinite(value) ? Double.toString(value) : "null");
        }
        ascii("]").field("clip", f.clippedPixels());
        field("intake", f.intakeNanos()).field("start", f.restoreStartNanos()).field("done", f.restoreEndNanos());
        end();
    }

    /** Frames that never reached us. */
    public void gap(long firstIndex, int count, Cause cause, String stream, int epoch) throws IOException {
        if (channel != null) {
            begin("gap", stream, epoch).field("i", firstIndex).field("n", count).field("cause", cause.name());
            end();
        }
    }

    /** Anything that isn't a frame: kinds {@code run}, {@code epoch}, {@code event}, {@code end}. */
    public void note(String kind, String stream, int epoch, Map<String, Object> members) throws IOException {
        if (channel == null) {
            return;
        }
        begin(kind, stream, epoch);
        for (Map.Entry<String, Object> member : members.entrySet()) {
            Object value = member.getValue();
            if (value instanceof Long || value instanceof Integer) {
                field(member.getKey(), ((Number) value).longValue());
            } else if (value instanceof Double number) {
                field(member.getKey(), number.doubleValue());
            } else {
                field(member.getKey(), String.valueOf(value));
            }
        }
        end();
    }

    private LedgerPage begin(String kind, String stream, int epoch) {
        length = 0;
        return ascii("{\"k\":\"").ascii(kind).ascii("\"").field("s", stream).field("e", epoch);
    }

    private void end() throws IOException {
        crc.reset();
        crc.update(line, 0, length);
        out.clear();
        if (torn) {
            out.put((byte) '\n');
        }
        out.put(line, 0, length);
        length = 0;
        ascii(",\"crc\":\"").hex(crc.getValue()).ascii("\"}\n");
        out.put(line, 0, length).flip();
        torn = true;
        while (out.hasRemaining()) {
            channel.write(out);
        }
        torn = false;
    }

    private LedgerPage field(String name, long value) {
        return ascii(",\"").ascii(name).ascii("\":").number(value);
    }

    private LedgerPage field(String name, String value) {
        return ascii(",\"").ascii(name).ascii("\":\"").text(value).ascii("\"");
    }

    private LedgerPage field(String name, double value) {
        return ascii(",\"").ascii(name).ascii("\":").ascii(Double.isFinite(value) ? Double.toString(value) : "null");
    }

    private LedgerPage number(long value) {
        if (value < 0) {
            return value == Long.MIN_VALUE
                    ? ascii(Long.toString(value))
                    : ascii("-").number(-value);
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            line[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    private LedgerPage hex(long value) {
        for (int shift = 28; shift >= 0; shift -= 4) {
            line[length++] = HEX[(int) (value >>> shift) & 15];
        }
        return this;
    }

    private LedgerPage ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            line[length++] = (byte) text.charAt(i);
        }
        return this;
    }

    /** JSON text; longer than a line allows is cut, and what isn't printable ASCII is escaped. */
    private LedgerPage text(String text) {
        for (int i = 0; i < text.length() && length < line.length - 512; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                line[length++] = '\\';
                line[length++] = (byte) c;
            } else if (c < 0x20 || c > 0x7e) {
                ascii("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    line[length++] = HEX[c >>> shift & 15];
                }
            } else {
                line[length++] = (byte) c;
            }
        }
        return this;
    }

    private static String lower(Delivery delivery) {
        return switch (delivery) {
            case DELIVERED -> "delivered";
            case PENDING -> "pending";
            case SKIPPED -> "skipped";
            case LOST -> "lost";
        };
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
