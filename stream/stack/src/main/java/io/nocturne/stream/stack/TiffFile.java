package io.nocturne.stream.stack;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;

/**
 * The structure of a TIFF or BigTIFF file: its chain of directories (IFDs), one per page. Nothing in the file is trusted:
 * every offset and count is checked against the file's size before anything is read or allocated, and loops end in an
 * error. Source: TIFF revision 6.0 and the BigTIFF description. One thread at a time.
 */
final class TiffFile implements Closeable {
    private static final int MOST_PAGES = 1 << 27;
    private static final int MOST_ENTRIES = 1 << 16;
    private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

    private static final Set<Integer> WHOLE_NUMBERS = Set.of(1, 3, 4, 6, 7, 8, 9, 13, 16, 17, 18);

    private final Path path;
    private final FileChannel channel;
    private final boolean growing;
    private long size;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private boolean big;
    private long[] pages = new long[16];
    private int[] chainNumbers = new int[16];
    private int pageCount;
    private int chain;
    private long seenBytes;
    /** Where the number stands that names the directory behind the last one. */
    private long nextAt;

    private boolean brokenOff;
    private ByteBuffer piece = ByteBuffer.allocateDirect(0);

    /** One entry of a directory: {@code count} values of a type, which lie at {@code at} in the file. */
    record Entry(int tag, int type, long count, long at) {}

    /** One page's directory. */
    final class Directory {
        private final long at;
        private final Entry[] entries;

        private Directory(long at, Entry[] entries) {
            this.at = at;
            this.entries = entries;
        }

        boolean has(int tag) {
            return find(tag) != null;
        }

        private Entry find(int tag) {
            for (Entry entry : entries) {
                if (entry.tag() == tag) {
                    return entry;
                }
            }
            return null;
        }

        /** The first value of a tag, or what it is by default. */
        long number(int tag, long otherwise) throws IOException {
            Entry entry = find(tag);
            return entry == null ? otherwise : TiffFile.this.numbers(entry, 1)[0];
        }

        /** At least {@code count} values of a tag. */
        long[] numbers(int tag, int count) throws IOException {
            Entry entry = find(tag);
            if (entry == null || entry.count() < count) {
                throw damaged("its directory at " + at + " has " + (entry == null ? 0 : entry.count())
                        + " values for tag " + tag + " where " + count + " are needed");
            }
            return TiffFile.this.numbers(entry, count);
        }

        long count(int tag) {
            Entry entry = find(tag);
            return entry == null ? 0 : entry.count();
        }

        /** A rational or floating-point value, NaN if there is none. */
        double real(int tag) throws IOException {
            Entry entry = find(tag);
            if (entry == null || entry.count() < 1) {
                return Double.NaN;
            }
            ByteBuffer value = read(entry.at(), bytesOf(entry.type()));
            return switch (entry.type()) {
                case 5 -> Integer.toUnsignedLong(value.getInt()) / (double) Integer.toUnsignedLong(value.getInt());
                case 10 -> value.getInt() / (double) value.getInt();
                case 11 -> value.getFloat();
                case 12 -> value.getDouble();
                default -> TiffFile.this.numbers(entry, 1)[0];
            };
        }

        /** Text of a tag, empty if there is none. */
        String text(int tag) throws IOException {
            Entry entry = find(tag);
            if (entry == null || bytesOf(entry.type()) != 1) {
                return "";
            }
            if (entry.count() > 256L << 20) {
                throw damaged("it has a text of " + entry.count() + " bytes");
            }
            byte[] bytes = new byte[(int) entry.count()];
            read(entry.at(), bytes.length).get(bytes);
            int length = bytes.length;
            while (length > 0 && bytes[length - 1] == 0) {
                length--;
            }
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        }
    }

    private TiffFile(Path path, FileChannel channel, boolean growing) throws IOException {
        this.path = path;
        this.channel = channel;
        this.growing = growing;
        this.size = channel.size();
    }

    /**
     * Opens a file and walks its directories. Reduced images and masks are left out.
     *
     * @throws StackException if it is no TIFF or its structure is damaged
     */
    static TiffFile open(Path path) throws IOException {
        return open(path, false);
    }

    /**
     * Opens a file that grows, or grew until something stopped it: it may have no page yet, and a chain that leads nowhere
     * ends with the last sound directory; see {@link #isBrokenOff}.
     */
    static TiffFile openGrowing(Path path) throws IOException {
        return open(path, true);
    }

    private static TiffFile open(Path path, boolean growing) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            TiffFile file = new TiffFile(path, channel, growing);
            file.nextAt = file.header();
            file.walk();
            if (file.pageCount == 0 && !growing) {
                throw file.damaged("it has no page");
            }
            return file;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Looks for directories that were added meanwhile. */
    void refresh() throws IOException {
        size = channel.size();
        walk();
    }

    /** True if the chain names a directory that isn't there or makes no sense. */
    boolean isBrokenOff() {
        return brokenOff;
    }

    /** Reads the header; where the number of the first directory stands. */
    private long header() throws IOException {
        if (size < 8) {
            throw new StackException(path + " has " + size + " bytes, too few for a TIFF file");
        }
        ByteBuffer head = read(0, 8);
        int mark = head.getShort(0);
        if (mark != 0x4949 && mark != 0x4d4d) {
            throw new StackException(path + " is not a TIFF file: it starts with neither 'II' nor 'MM'");
        }
        order = mark == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        head.order(order);
        int version = head.getShort(2);
        big = version == 43;
        if (!big && version != 42) {
            throw new StackException(path + " is not a TIFF file: its version is " + version + ", not 42 or 43");
        }
        return big ? 8 : 4;
    }

    private long offsetAt(long at) throws IOException {
        return big ? read(at, 8).getLong() : Integer.toUnsignedLong(read(at, 4).getInt());
    }

    private void walk() throws IOException {
        brokenOff = false;
        long landmark = -1;
        long nextLandmark = Math.max(1, Integer.highestOneBit(chain));
        for (long at = offsetAt(nextAt); at != 0; at = offsetAt(nextAt)) {
            // Brent's test for a loop: compare with a landmark that moves on at powers of two.
            if (at == landmark) {
                throw damaged("its chain of directories loops back to " + at);
            }
            if (chain >= nextLandmark) {
                landmark = at;
                nextLandmark *= 2;
            }
            try {
                step(at);
            } catch (StackException damage) {
                if (!growing) {
                    throw damage;
                }
                brokenOff = true;
                return;
            }
        }
    }

    private void step(long at) throws IOException {
        int count = entryCount(at);
        long end = at + (big ? 8 : 2) + (long) count * (big ? 20 : 12);
        long seen = seenBytes + end - at;
        if (seen > size) {
            throw damaged("its directories overlap");
        }
        if (pageCount == MOST_PAGES) {
            throw damaged("it has more than " + MOST_PAGES + " pages");
        }
        boolean page = (directory(at).number(TiffTag.NEW_SUBFILE_TYPE, 0) & 5) == 0;
        checkRange(end, big ? 8 : 4);
        if (page) {
            add(at, chain);
        }
        chain++;
        seenBytes = seen;
        nextAt = end;
    }

    private void add(long at, int chain) {
        if (pageCount == pages.length) {
            pages = Arrays.copyOf(pages, 2 * pageCount);
            chainNumbers = Arrays.copyOf(chainNumbers, 2 * pageCount);
        }
        pages[pageCount] = at;
        chainNumbers[pageCount++] = chain;
    }

    private int entryCount(long at) throws IOException {
        long count =
                big ? read(at, 8).getLong() : Short.toUnsignedInt(read(at, 2).getShort());
        if (count < 1 || count > MOST_ENTRIES) {
            throw damaged("its directory at " + at + " has " + count + " entries");
        }
        return (int) count;
    }

    private Directory directory(long at) throws IOException {
        int count = entryCount(at);
        int entryBytes = big ? 20 : 12;
        long start = at + (big ? 8 : 2);
        ByteBuffer raw = read(start, count * entryBytes);
        Entry[] entries = new Entry[count];
        for (int i = 0; i < count; i++) {
            int from = i * entryBytes;
            int tag = Short.toUnsignedInt(raw.getShort(from));
            int type = Short.toUnsignedInt(raw.getShort(from + 2));
            long values = big ? raw.getLong(from + 4) : Integer.toUnsignedLong(raw.getInt(from + 4));
            int room = big ? 8 : 4;
            long bytes = values < 0 || values > size ? Long.MAX_VALUE : values * bytesOf(type);
            long valueAt = start + from + (big ? 12 : 8);
            if (bytes > room) {
                valueAt = big ? raw.getLong(from + 12) : Integer.toUnsignedLong(raw.getInt(from + 8));
            }
            entries[i] = new Entry(tag, type, values, valueAt);
        }
        return new Directory(at, entries);
    }

    private static int bytesOf(int type) {
        return type < TYPE_BYTES.length ? TYPE_BYTES[type] : 0;
    }

    private long[] numbers(Entry entry, int count) throws IOException {
        int bytes = bytesOf(entry.type());
        if (!WHOLE_NUMBERS.contains(entry.type()) || entry.count() < count) {
            throw damaged("tag " + entry.tag() + " has no whole number as value");
        }
        long all = (long) count * bytes;
        if (entry.at() < 0 || all > size - entry.at()) {
            throw outside(entry.at(), all);
        }
        long[] values = new long[count];
        int perRead = 8192;
        for (int from = 0; from < count; from += perRead) {
            int some = Math.min(perRead, count - from);
            ByteBuffer raw = read(entry.at() + (long) from * bytes, some * bytes);
            for (int i = 0; i < some; i++) {
                values[from + i] = switch (bytes) {
                    case 1 -> raw.get() & 0xff;
                    case 2 -> Short.toUnsignedLong(raw.getShort());
                    case 4 -> Integer.toUnsignedLong(raw.getInt());
                    default -> raw.getLong();
                };
            }
        }
        return values;
    }

    /** Reads bytes into a new small buffer of the file's order. */
    private ByteBuffer read(long at, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(checkRange(at, bytes)).order(order);
        read(at, target);
        return target.flip();
    }

    private int checkRange(long at, int bytes) throws IOException {
        if (at > size - bytes) {
            size = channel.size(); // it may have grown
        }
        if (at < 0 || bytes < 0 || at > size || bytes > size - at) {
            throw outside(at, bytes);
        }
        return bytes;
    }

    /** Fills what remains of {@code target} from there on. */
    void read(long at, ByteBuffer target) throws IOException {
        checkRange(at, target.remaining());
        long from = at;
        while (target.hasRemaining()) {
            int count = channel.read(target, from);
            if (count < 0) {
                throw outside(from, target.remaining());
            }
            from += count;
        }
    }

    /** A buffer of at least that size for pieces of pages, the same one each time. */
    ByteBuffer piece(int bytes) {
        if (piece.capacity() < bytes) {
            piece = ByteBuffer.allocateDirect(bytes);
        }
        return piece.clear();
    }

    int pages() {
        return pageCount;
    }

    Directory page(int page) throws IOException {
        return directory(pages[page]);
    }

    /** Where a page's directory begins in the file. */
    long directoryAt(int page) {
        return pages[page];
    }

    /** Number of a page in the file's chain, the reduced images counted that {@link #page} leaves out. */
    int chainNumber(int page) {
        return chainNumbers[page];
    }

    boolean isBig() {
        return big;
    }

    ByteOrder order() {
        return order;
    }

    long size() {
        return size;
    }

    Path path() {
        return path;
    }

    StackException damaged(String how) {
        return new StackException(path + " is a damaged TIFF file: " + how);
    }

    private StackException outside(long at, long bytes) {
        return damaged("it refers to " + bytes + " bytes at " + at + ", but has only " + size
                + " bytes; was it copied or downloaded whole?");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
