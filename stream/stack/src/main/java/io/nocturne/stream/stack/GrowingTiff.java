package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * A BigTIFF file to which pages are added at the end, each whole before it is part of the file:
 *
 * <pre>
 *   head, 2 x XML | page 0: pixels, directory | page 1: pixels, directory | ..         all at multiples of 512 bytes
 *                            next ------------------->  written last, in 8 bytes
 * </pre>
 *
 * The head has our mark and what the stack holds, as JSON, behind the header of the format. Each directory names the
 * CRC-32C of its page's pixels. A page may be a hole: its pixels are those of one black page that all holes share, and it
 * says so. Whatever is changed in place lies within one page of memory and is written by one call, so that neither a kill
 * nor a reader finds half of it.
 *
 * <p>{@link #describe} and {@link #sync} may come from another thread than all else, which belongs to one.
 */
final class GrowingTiff implements Closeable {
    /** Of ours, in every page: 1 for a frame or 0 for a hole, then the CRC-32C of its pixels. */
    static final int FRAME_TAG = 65321;

    private static final int BLOCK = 512;
    private static final int ENTRIES = 15;
    private static final int ENTRIES_OF_FIRST = 17;
    /** Puts all numbers of 8 bytes at multiples of 8. */
    private static final int DIRECTORY_AT = 4;

    private static final int DESCRIPTION_ENTRY = 6;
    private static final long MARK = 0x316e727574636f4eL;
    private static final int JSON_BYTES_AT = 24;
    private static final int JSON_AT = 32;
    private static final int FIRST_AT = 8;
    private static final int SLOT_BYTES = 8192;

    private final FileChannel channel;
    private final FrameSpec plane;
    private final int planeBytes;
    private final long[] resolution;
    private final long slotsAt;
    private final AtomicLong end = new AtomicLong();
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer block = ByteBuffer.allocateDirect(2 * BLOCK).order(ByteOrder.nativeOrder());
    private final ByteBuffer pointer = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
    private final ByteBuffer[] parts = new ByteBuffer[2];
    /** Where each page's directory begins; {@code pages} is read by the other thread too. */
    private long[] directories = new long[64];

    private volatile int pages;
    private long black;
    private int turn;

    private GrowingTiff(FileChannel channel, Stack stack, long slotsAt) {
        this.channel = channel;
        this.slotsAt = slotsAt;
        this.plane = new FrameSpec(
                stack.pixels().width(), stack.pixels().height(), stack.pixels().pixelType());
        this.planeBytes = plane.bytes();
        this.resolution = new long[] {
            TiffDirectory.perMicrometre(stack.pixelWidthUm()), TiffDirectory.perMicrometre(stack.pixelHeightUm())
        };
    }

    /** Makes a file without a page. */
    static GrowingTiff create(Path path, Stack stack) throws IOException {
        byte[] json = AtomicFile.JSON.writeValueAsBytes(StreamJson.write(stack));
        long bytes = slotsAt(json.length) + 2 * SLOT_BYTES;
        ByteBuffer head = ByteBuffer.allocate((int) bytes).order(ByteOrder.nativeOrder());
        head.putShort((short) (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4d4d));
        head.putShort((short) 43).putShort((short) 8).putShort((short) 0).putLong(0);
        head.putLong(MARK).putInt(json.length).putInt(checksum(json)).put(json);
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            put(channel, head.clear(), 0);
        } catch (IOException e) {
            channel.close();
            AtomicFile.deleteQuietly(path, e);
            throw e;
        }
        GrowingTiff tiff = new GrowingTiff(channel, stack, slotsAt(json.length));
        tiff.end.set(bytes);
        return tiff;
    }

    /**
     * Opens a file to go on with. Where its chain of pages is broken off, it goes on before that.
     *
     * @param file as it is, of the same stack
     */
    static GrowingTiff append(TiffFile file, Stack stack) throws IOException {
        FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        ByteBuffer jsonBytes = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder());
        channel.read(jsonBytes, JSON_BYTES_AT);
        GrowingTiff tiff = new GrowingTiff(channel, stack, slotsAt(jsonBytes.getInt(0)));
        for (int page = 0; page < file.pages(); page++) {
            tiff.remember(file.directoryAt(page));
        }
        tiff.end.set(aligned(tiff.channel.size()));
        if (file.isBrokenOff()) {
            tiff.link(0);
        }
        return tiff;
    }

    /** What a file of ours holds; empty if it is another one's. */
    static Optional<Stack> stackOf(Path path) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(JSON_AT).order(ByteOrder.nativeOrder());
        try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
            if (!fill(in, head, 0) || head.getLong(16) != MARK) {
                return Optional.empty();
            }
            int length = head.getInt(JSON_BYTES_AT);
            if (length < 0 || length > in.size() - JSON_AT || length > 1 << 20) {
                throw damagedHead(path);
            }
            ByteBuffer json = ByteBuffer.allocate(length);
            if (!fill(in, json, JSON_AT) || checksum(json.array()) != head.getInt(28)) {
                throw damagedHead(path);
            }
            return Optional.of(StreamJson.read(AtomicFile.JSON.readTree(json.array())));
        } catch (IllegalArgumentException e) {
            throw new StackException(path + " has damaged metadata of ours: " + e.getMessage(), e);
        }
    }

    private static StackException damagedHead(Path path) {
        return new StackException(path + " has a damaged head, which says what the stack holds."
                + " Other programs may still read its pages");
    }

    private static boolean fill(FileChannel in, ByteBuffer target, long at) throws IOException {
        while (target.hasRemaining()) {
            if (in.read(target, at + target.position()) < 0) {
                return false;
            }
        }
        target.flip();
        return true;
    }

    private static int checksum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, bytes.length);
        return (int) sum.getValue();
    }

    int pages() {
        return pages;
    }

    /** Bytes that the file has or is about to have. */
    long bytes() {
        return end.get();
    }

    /**
     * Stores the pixels of a page, which may be one behind the last or far behind: those between become holes.
     *
     * @param pixels of one plane, remaining; consumed
     * @param force true to put them on the disk itself before the page is part of the file
     * @return their CRC-32C
     */
    long write(int page, ByteBuffer pixels, boolean force) throws IOException {
        growTo(page);
        int start = pixels.position();
        crc.reset();
        crc.update(pixels);
        pixels.position(start);
        long frame = 1 | crc.getValue() << 32;
        if (page < pages) {
            long at = reserve(planeBytes);
            put(channel, pixels, at);
            sync(force);
            replace(page, at, frame);
        } else {
            long at = reserve(aligned(planeBytes) + BLOCK);
            int padding = (int) aligned(planeBytes) - planeBytes;
            directory(at, frame, padding);
            parts[0] = pixels;
            parts[1] = block.position(0).limit(padding + BLOCK);
            channel.position(at);
            while (parts[1].hasRemaining()) {
                channel.write(parts);
            }
            sync(force);
            link(at + planeBytes + padding + DIRECTORY_AT);
        }
        sync(force);
        return crc.getValue();
    }

    /** Adds holes until there are so many pages. */
    void growTo(int count) throws IOException {
        while (pages < count) {
            if (black == 0) {
                black = blackPage();
            }
            long at = reserve(BLOCK);
            directory(black, 0, 0);
            put(channel, block.position(0).limit(BLOCK), at);
            link(at + DIRECTORY_AT);
        }
    }

    /** Lets a page that is there be a hole from now on. */
    void makeHole(int page) throws IOException {
        if (black == 0) {
            black = blackPage();
        }
        replace(page, black, 0);
    }

    private long blackPage() throws IOException {
        long at = reserve(planeBytes);
        ByteBuffer zeros = ByteBuffer.allocate(Math.min(planeBytes, 1 << 16));
        for (long done = 0; done < planeBytes; done += zeros.limit()) {
            put(channel, zeros.position(0).limit((int) Math.min(zeros.capacity(), planeBytes - done)), at + done);
        }
        return at;
    }

    private long reserve(long bytes) {
        return end.getAndAdd(aligned(bytes));
    }

    /** Where the two places for short descriptions lie: there is room for them also on a disk that is full. */
    private static long slotsAt(int jsonBytes) {
        return aligned(JSON_AT + (long) jsonBytes);
    }

    private static long aligned(long bytes) {
        return (bytes + BLOCK - 1) / BLOCK * BLOCK;
    }

    private void sync(boolean force) throws IOException {
        if (force) {
            channel.force(false);
        }
    }

    /** Puts the directory of the next page into the block, behind so much padding. */
    private void directory(long strip, long frame, int padding) {
        boolean first = pages == 0;
        block.clear();
        for (int i = 0; i < padding + DIRECTORY_AT; i++) {
            block.put((byte) 0);
        }
        TiffDirectory page = new TiffDirectory(block, true)
                .begin(first ? ENTRIES_OF_FIRST : ENTRIES)
                .geometry(plane);
        if (first) {
            page.entry(TiffTag.DESCRIPTION, TiffDirectory.ASCII, 1, 0);
        }
        page.strip(plane, strip, planeBytes).resolution(resolution[0], resolution[1]);
        if (first) {
            page.entry(TiffTag.SOFTWARE, TiffDirectory.ASCII, 8, software());
        }
        page.sampleFormat(plane).entry(FRAME_TAG, TiffDirectory.LONG, 2, frame).end(0);
        while (block.position() < padding + BLOCK) {
            block.put((byte) 0);
        }
    }

    /** Eight bytes of text fit their entry. */
    private static long software() {
        return ByteBuffer.wrap("Nocturn\0".getBytes(StandardCharsets.US_ASCII))
                .order(ByteOrder.nativeOrder())
                .getLong();
    }

    /** Changes where a page's pixels lie and what they are: one stretch of its directory. */
    private void replace(int page, long strip, long frame) throws IOException {
        boolean first = page == 0;
        int before = first ? DESCRIPTION_ENTRY + 1 : DESCRIPTION_ENTRY;
        int from = TiffDirectory.BIG_COUNT_BYTES + before * TiffDirectory.BIG_ENTRY_BYTES;
        int to = TiffDirectory.BIG_COUNT_BYTES + (first ? ENTRIES_OF_FIRST : ENTRIES) * TiffDirectory.BIG_ENTRY_BYTES;
        block.clear();
        TiffDirectory part = new TiffDirectory(block, true).strip(plane, strip, planeBytes);
        part.resolution(resolution[0], resolution[1]);
        if (first) {
            part.entry(TiffTag.SOFTWARE, TiffDirectory.ASCII, 8, software());
        }
        part.sampleFormat(plane).entry(FRAME_TAG, TiffDirectory.LONG, 2, frame);
        if (block.position() != to - from) {
            throw new IllegalStateException(
                    "A page's directory has " + block.position() + " bytes to change, not " + (to - from));
        }
        put(channel, block.flip(), directories[page] + from);
    }

    /** Names a page, at whose directory it may be looked at from now on; 0 ends the chain at the last page. */
    private void link(long directory) throws IOException {
        long at = pages == 0
                ? FIRST_AT
                : directories[pages - 1] + TiffDirectory.bytes(true, pages == 1 ? ENTRIES_OF_FIRST : ENTRIES) - 8;
        put(channel, pointer.clear().putLong(directory).flip(), at);
        if (directory != 0) {
            remember(directory);
        }
    }

    private void remember(long directory) {
        if (pages == directories.length) {
            directories = Arrays.copyOf(directories, 2 * pages);
        }
        int last = pages;
        directories[last] = directory;
        pages = last + 1;
    }

    /**
     * Gives the first page another description; does nothing before there is a page. Short ones take turns in two places,
     * longer ones are added at the end.
     */
    synchronized void describe(String text) throws IOException {
        if (pages == 0) {
            return;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        long at;
        if (utf8.length < SLOT_BYTES) {
            turn = 1 - turn;
            at = slotsAt + (long) turn * SLOT_BYTES;
        } else {
            at = reserve(utf8.length + 1L);
        }
        put(channel, ByteBuffer.wrap(Arrays.copyOf(utf8, utf8.length + 1)), at);
        ByteBuffer entry = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
        entry.putLong(utf8.length + 1L).putLong(at).flip();
        long countAt = directories[0]
                + TiffDirectory.BIG_COUNT_BYTES
                + DESCRIPTION_ENTRY * TiffDirectory.BIG_ENTRY_BYTES
                + TiffDirectory.BIG_VALUE_AT
                - 8;
        put(channel, entry, countAt);
    }

    /** Makes sure that what was written so far is on the disk itself. */
    void sync() throws IOException {
        channel.force(false);
    }

    private static void put(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        ShardCopy.put(channel, bytes, at);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
