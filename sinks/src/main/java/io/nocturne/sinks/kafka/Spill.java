package io.nocturne.sinks.kafka;

import java.io.Closeable;
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
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Records kept on disk while the broker can't take them: append-only segment files in one folder per topic, stream, epoch
 * and pass, bounded in bytes. A segment goes once all its records have settled.
 *
 * <p>A segment is 8 bytes {@code NOCSPIL1}, then records, all big-endian: {@code int magic, int length, int crc} and
 * {@code length} bytes whose CRC-32C that is: {@code long index, byte frame, long timestampMillis, long coreNanos, long
 * committedNanos, short keyLength, key, short headers}, per header {@code short keyLength, key, int valueLength, value},
 * then {@code int valueLength, value}. The order of records is that of their indices, not that in the file: what was in
 * flight when the broker went is appended after what came later.
 *
 * <p>Written without fsync: it survives the end of the process, not of the machine's power. Calls come from one thread at
 * a time, but for {@link #read}, which may run beside the others.
 */
final class Spill implements Closeable {
    private static final byte[] SEGMENT_MAGIC = "NOCSPIL1".getBytes(StandardCharsets.US_ASCII);
    private static final int RECORD_MAGIC = 0x4E535052;
    private static final int FRAME_BYTES = 12;
    private static final int FIXED_BYTES = 8 + 1 + 8 + 8 + 8;
    private static final long SEGMENT_BYTES = 64L << 20;
    private static final int WRITE_BYTES = 1 << 20;
    private static final String SUFFIX = ".spill";

    private final Path folder;
    private final long limitBytes;
    private final long reserveBytes;
    private final List<Segment> segments = new ArrayList<>();
    private final CRC32C crc = new CRC32C();
    private Segment current;
    private FileChannel writer;
    private ByteBuffer head = ByteBuffer.allocate(8 << 10);
    private long bytes;
    private int nextNumber = 1;

    /** Where one spilled record lies. */
    record Ticket(Receipt receipt, Segment segment, long offset, int length) {}

    private static final class Segment {
        final Path file;
        long size;
        int live;
        FileChannel reader;

        Segment(Path file) {
            this.file = file;
        }

        synchronized FileChannel reader() throws IOException {
            if (reader == null) {
                reader = FileChannel.open(file, StandardOpenOption.READ);
            }
            return reader;
        }

        synchronized void closeReader() throws IOException {
            if (reader != null) {
                reader.close();
                reader = null;
            }
        }
    }

    /**
     * A spill over a folder, which is made with the first record. Files already there are left alone, unless
     * {@link #recover} takes them over.
     *
     * @param limitBytes the most it may hold on disk
     * @param reserveBytes disk space that it leaves to others
     */
    Spill(Path folder, long limitBytes, long reserveBytes) throws IOException {
        this.folder = folder;
        this.limitBytes = limitBytes;
        this.reserveBytes = reserveBytes;
        for (Path file : segmentFiles(folder)) {
            nextNumber = Math.max(nextNumber, numberOf(file) + 1);
        }
    }

    static List<Path> segmentFiles(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().matches("\\d{8}\\" + SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    private static int numberOf(Path segment) {
        return Integer.parseInt(segment.getFileName().toString().substring(0, 8));
    }

    Path folder() {
        return folder;
    }

    /** Bytes on disk. */
    long bytes() {
        return bytes;
    }

    /**
     * Keeps one record.
     *
     * @return where it lies; null if the spill is full or the disk has only its reserve left
     * @throws IOException if it can't be written; what was kept before is untouched
     */
    Ticket append(Outgoing record) throws IOException {
        encodeHead(record);
        int length = head.remaining() - FRAME_BYTES + record.value.length;
        long total = (long) FRAME_BYTES + length;
        if (bytes + total > limitBytes) {
            return null;
        }
        if (current == null || current.size >= SEGMENT_BYTES) {
            roll();
        }
        if (Files.getFileStore(folder).getUsableSpace() < reserveBytes + total) {
            return null;
        }
        long offset = current.size;
        try {
            writeFully(head);
            writeFully(ByteBuffer.wrap(record.value));
        } catch (IOException e) {
            // A torn record must not lie between good ones: later ones go to a new segment.
            sealCurrent();
            throw e;
        }
        current.size += total;
        current.live++;
        bytes += total;
        return new Ticket(record.receipt, current, offset, (int) total);
    }

    /** Leaves frame, metadata and the value's length in {@link #head}, ready to be written. */
    private void encodeHead(Outgoing record) {
        int needed = FRAME_BYTES + FIXED_BYTES + 8 + record.key.length;
        for (Header header : record.headers) {
            needed += 6 + 3 * header.key().length() + header.value().length;
        }
        if (head.capacity() < needed) {
            head = ByteBuffer.allocate(2 * needed);
        }
        Receipt receipt = record.receipt;
        head.clear().position(FRAME_BYTES);
        head.putLong(receipt.index()).put((byte) (receipt.frame() ? 1 : 0));
        head.putLong(record.timestampMillis).putLong(receipt.coreNanos()).putLong(receipt.committedNanos());
        head.putShort((short) record.key.length).put(record.key);
        head.putShort((short) record.headers.size());
        for (Header header : record.headers) {
            byte[] key = header.key().getBytes(StandardCharsets.UTF_8);
            head.putShort((short) key.length).put(key);
            head.putInt(header.value().length).put(header.value());
        }
        head.putInt(record.value.length).flip();
        crc.reset();
        crc.update(head.array(), FRAME_BYTES, head.limit() - FRAME_BYTES);
        crc.update(record.value, 0, record.value.length);
        head.putInt(0, RECORD_MAGIC)
                .putInt(4, head.limit() - FRAME_BYTES + record.value.length)
                .putInt(8, (int) crc.getValue());
    }

    /** In pieces: a channel keeps a direct copy as large as the largest heap buffer it was ever given. */
    private void writeFully(ByteBuffer from) throws IOException {
        int end = from.limit();
        while (from.position() < end) {
            from.limit(Math.min(end, from.position() + WRITE_BYTES));
            writer.write(from);
        }
    }

    private void roll() throws IOException {
        sealCurrent();
        Files.createDirectories(folder);
        Segment next = new Segment(folder.resolve(String.format(Locale.ROOT, "%08d%s", nextNumber, SUFFIX)));
        writer = FileChannel.open(next.file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        nextNumber++;
        current = next;
        segments.add(next);
        writeFully(ByteBuffer.wrap(SEGMENT_MAGIC));
        next.size = SEGMENT_MAGIC.length;
        bytes += next.size;
    }

    private void sealCurrent() throws IOException {
        Segment sealed = current;
        current = null;
        if (writer != null) {
            writer.close();
            writer = null;
        }
        if (sealed != null && sealed.live == 0) {
            drop(sealed);
        }
    }

    /**
     * Reads one record back. Safe beside the other methods.
     *
     * @throws SpillException if it is not what was written
     */
    Outgoing read(Ticket ticket, RecordPool pool) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(Math.min(ticket.length(), 64 << 10));
        readFully(ticket, in, ticket.offset());
        in.flip();
        if (in.getInt() != RECORD_MAGIC || in.getInt() != ticket.length() - FRAME_BYTES) {
            throw damaged(ticket, "its frame is not what was written");
        }
        int expectedCrc = in.getInt();
        try {
            in.position(FRAME_BYTES + 9);
            long timestampMillis = in.getLong();
            in.position(FRAME_BYTES + FIXED_BYTES);
            byte[] key = bytes(in, in.getShort());
            int count = in.getShort();
            List<Header> headers = new ArrayList<>(Math.max(0, count));
            for (int i = 0; i < count; i++) {
                String name = new String(bytes(in, in.getShort()), StandardCharsets.UTF_8);
                headers.add(new RecordHeader(name, bytes(in, in.getInt())));
            }
            int valueLength = in.getInt();
            int headLength = in.position();
            if (valueLength != ticket.length() - headLength) {
                throw damaged(ticket, "its lengths do not add up");
            }
            byte[] value = pool.take(valueLength);
            int early = Math.min(valueLength, in.remaining());
            in.get(value, 0, early);
            readValue(ticket, headLength, value, early);
            CRC32C check = new CRC32C();
            check.update(in.array(), FRAME_BYTES, headLength - FRAME_BYTES);
            check.update(value, 0, valueLength);
            if ((int) check.getValue() != expectedCrc) {
                pool.give(value);
                throw damaged(ticket, "its CRC-32C differs");
            }
            return new Outgoing(ticket.receipt(), key, timestampMillis, headers, value);
        } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
            throw damaged(ticket, "its metadata is not readable");
        }
    }

    private void readValue(Ticket ticket, int headLength, byte[] value, int from) throws IOException {
        for (int at = from; at < value.length; ) {
            int piece = Math.min(WRITE_BYTES, value.length - at);
            readFully(ticket, ByteBuffer.wrap(value, at, piece), ticket.offset() + headLength + at);
            at += piece;
        }
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("length " + length);
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static void readFully(Ticket ticket, ByteBuffer into, long at) throws IOException {
        FileChannel channel = ticket.segment().reader();
        long position = at;
        while (into.hasRemaining()) {
            int n = channel.read(into, position);
            if (n < 0) {
                throw damaged(ticket, "the file ends within it");
            }
            position += n;
        }
    }

    private static SpillException damaged(Ticket ticket, String how) {
        return new SpillException("Spilled record " + ticket.receipt().index() + " at byte " + ticket.offset() + " of "
                + ticket.segment().file + " is damaged: " + how);
    }

    /** One record has settled; its segment goes with its last. */
    void release(Ticket ticket) throws IOException {
        Segment segment = ticket.segment();
        segment.live--;
        if (segment.live == 0) {
            if (segment == current) {
                sealCurrent();
            } else {
                drop(segment);
            }
        }
    }

    private void drop(Segment segment) throws IOException {
        segment.closeReader();
        segments.remove(segment);
        bytes -= segment.size;
        Files.deleteIfExists(segment.file);
    }

    /** What {@link #recover} found: readable records in order, and what it could not make sense of. */
    record Recovered(List<Ticket> tickets, List<String> damage) {}

    /**
     * Takes over the files that an earlier process left. A record cut short at a file's end is where that process died.
     * Damage ends its file: what lies behind it can't be told apart.
     */
    Recovered recover() throws IOException {
        List<Ticket> tickets = new ArrayList<>();
        List<String> damage = new ArrayList<>();
        for (Path file : segmentFiles(folder)) {
            Segment segment = new Segment(file);
            segment.size = Files.size(file);
            bytes += segment.size;
            segments.add(segment);
            scan(segment, tickets, damage);
        }
        tickets.sort(Comparator.comparingLong(t -> t.receipt().index()));
        return new Recovered(tickets, damage);
    }

    private static void scan(Segment segment, List<Ticket> tickets, List<String> damage) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(FRAME_BYTES + FIXED_BYTES);
        long at = startsWithMagic(segment.file) ? SEGMENT_MAGIC.length : 0;
        while (at > 0 && at + in.capacity() <= segment.size) {
            Ticket probe = new Ticket(new Receipt(-1, false, 0, 0), segment, at, 0);
            readFully(probe, in.clear(), at);
            int length = in.getInt(4);
            if (in.getInt(0) != RECORD_MAGIC || length < FIXED_BYTES || at + FRAME_BYTES + length > segment.size) {
                break;
            }
            Receipt receipt = new Receipt(
                    in.getLong(FRAME_BYTES),
                    in.get(FRAME_BYTES + 8) != 0,
                    in.getLong(FRAME_BYTES + 17),
                    in.getLong(FRAME_BYTES + 25));
            tickets.add(new Ticket(receipt, segment, at, FRAME_BYTES + length));
            segment.live++;
            at += FRAME_BYTES + length;
        }
        if (at < segment.size) {
            damage.add((segment.size - at) + " bytes from byte " + at + " of " + segment.file
                    + " are not a whole record: the process ended while writing, or the file is damaged");
        }
    }

    private static boolean startsWithMagic(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(SEGMENT_MAGIC.length), SEGMENT_MAGIC);
        }
    }

    /** Forces what is left to disk and closes; an empty spill leaves nothing behind. */
    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.force(true);
        }
        sealCurrent();
        for (Segment segment : segments) {
            segment.closeReader();
        }
        if (segments.isEmpty() && segmentFiles(folder).isEmpty()) {
            Files.deleteIfExists(folder);
        }
    }
}
