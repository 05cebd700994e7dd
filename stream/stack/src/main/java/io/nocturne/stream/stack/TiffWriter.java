package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * Writes a stack as one uncompressed TIFF file for Fiji: with ImageJ's hyperstack description, or OME-XML if the name ends
 * in {@code .ome.tif} or {@code .ome.tiff}; as BigTIFF where 4 GB are not enough. Frames may come in any order; those that
 * never come are black. The file has a temporary name until {@link #close}, so what bears the name is whole. For export:
 * what a killed process was writing is lost. One thread at a time.
 */
public final class TiffWriter implements StackWriter {
    private static final long CLASSIC_LIMIT = 0xffff_ffffL;
    private static final int ENTRIES = 14;

    private final Path path;
    private final Path temporary;
    private final Stack stack;
    private final boolean big;
    private final boolean ome;
    private final int planeBytes;
    private final FileChannel channel;
    private long[] offsets = new long[64];
    private long timePoints;
    private long end;
    private boolean failed;
    private boolean closed;

    private TiffWriter(Path path, Stack stack, boolean big) throws IOException {
        this.path = path;
        this.stack = stack;
        this.big = big;
        String name = path.getFileName().toString();
        this.ome = name.matches("(?i).*\\.ome\\.tiff?");
        FrameSpec pixels = stack.pixels();
        this.planeBytes = pixels.bytes() / pixels.depth();
        this.temporary = path.resolveSibling("." + name + AtomicFile.TEMPORARY);
        this.channel = FileChannel.open(temporary, AtomicFile.WRITE_NEW);
        this.end = big ? 16 : 8;
    }

    /**
     * Creates a file.
     *
     * @param frames frames that will be written at most, which decides between TIFF and BigTIFF; -1 if unknown: BigTIFF
     * @throws StackException if the file exists, or the stack has several positions and no OME name
     */
    public static TiffWriter create(Path path, Stack stack, long frames) throws IOException {
        Objects.requireNonNull(stack, "stack");
        if (Files.exists(path)) {
            throw new StackException(path + " exists already: choose another name");
        }
        long planes = frames * stack.pixels().depth();
        long planeBytes = stack.pixels().bytes() / stack.pixels().depth();
        boolean big = frames < 0 || planes * (planeBytes + 256) + (1 << 20) > CLASSIC_LIMIT;
        TiffWriter writer = new TiffWriter(path, stack, big);
        if (stack.stream().positions() > 1 && !writer.ome) {
            writer.failed = true;
            writer.close();
            throw new StackException(
                    "A stack of " + stack.stream().positions() + " positions doesn't fit ImageJ's TIFF: "
                            + "name the file .ome.tif, or export one position at a time");
        }
        return writer;
    }

    @Override
    public Stack stack() {
        return stack;
    }

    @Override
    public void write(long timePoint, int channelNumber, int zSlice, int position, ByteBuffer pixels)
            throws IOException {
        if (pixels.remaining() != stack.pixels().bytes()) {
            throw new IllegalArgumentException("A frame of " + stack.pixels() + " has "
                    + stack.pixels().bytes() + " bytes, not " + pixels.remaining());
        }
        int start = pixels.position();
        for (int plane = 0; plane < stack.pixels().depth(); plane++) {
            pixels.limit(start + (plane + 1) * planeBytes).position(start + plane * planeBytes);
            int number = plane(timePoint, channelNumber, stack.firstZ(zSlice) + plane, position);
            if (number >= offsets.length) {
                offsets = Arrays.copyOf(offsets, Math.max(number + 1, 2 * offsets.length));
            }
            offsets[number] = append(pixels);
        }
        timePoints = Math.max(timePoints, timePoint + 1);
    }

    /** Planes are kept by time first, so that the number of time points may grow; positions lie within a time point. */
    private int plane(long timePoint, int c, int z, int position) {
        StreamSpec stream = stack.stream();
        long number = ((timePoint * stream.positions() + position) * stack.sizeZ() + z)
                        * stream.channels().size()
                + c;
        return Math.toIntExact(number);
    }

    private long append(ByteBuffer content) throws IOException {
        if (!big && end + content.remaining() > CLASSIC_LIMIT) {
            failed = true;
            throw new StackException(path + " grows beyond 4 GB: give the right number of frames at the start");
        }
        long at = end;
        try {
            while (content.hasRemaining()) {
                end += channel.write(content, end);
            }
        } catch (IOException e) {
            failed = true;
            throw WriteFailure.of("The stack", path, e);
        }
        return at;
    }

    /** Nothing: the file is complete only after {@link #close}. */
    @Override
    public void flush() {}

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!failed) {
                finish();
            }
        } finally {
            channel.close();
            if (failed) {
                Files.deleteIfExists(temporary);
            }
        }
        if (!failed) {
            FileMover.ATOMIC.retrying().move(temporary, path);
        }
    }

    private void finish() throws IOException {
        StreamSpec stream = stack.stream();
        int perPosition = Math.toIntExact(timePoints * stream.channels().size() * stack.sizeZ());
        int pages = perPosition * stream.positions();
        if (pages == 0) {
            failed = true;
            throw new StackException(path + " got no frame: a TIFF file needs at least one");
        }
        offsets = Arrays.copyOf(offsets, pages);
        if (Arrays.stream(offsets).anyMatch(at -> at == 0)) {
            long black = append(ByteBuffer.allocate(planeBytes));
            Arrays.setAll(offsets, plane -> offsets[plane] == 0 ? black : offsets[plane]);
        }
        byte[] text = description(pages).getBytes(StandardCharsets.UTF_8);
        align();
        long textAt = append(ByteBuffer.wrap(Arrays.copyOf(text, text.length + 1)));
        align();
        long resolutionAt = append(words(2).putLong(TiffDirectory.perMicrometre(stack.pixelWidthUm()))
                .putLong(TiffDirectory.perMicrometre(stack.pixelHeightUm()))
                .flip());
        long first = end;
        for (int page = 0; page < pages; page++) {
            int textBytes = page == 0 ? text.length + 1 : 0;
            long next = page == pages - 1 ? 0 : end + directoryBytes(textBytes > 0);
            append(directory(offsets[planeOfPage(page, perPosition)], textAt, textBytes, resolutionAt, next));
        }
        writeHeader(first);
    }

    private String description(int pages) {
        return ome ? TiffDescription.ome(stack, timePoints) : TiffDescription.imageJ(stack, timePoints, pages);
    }

    /** Pages run over channels, slices, time points and, slowest, positions. */
    private int planeOfPage(int page, int perPosition) {
        int position = page / perPosition;
        int rest = page % perPosition;
        int perTime = stack.stream().channels().size() * stack.sizeZ();
        return (rest / perTime * stack.stream().positions() + position) * perTime + rest % perTime;
    }

    private void align() throws IOException {
        append(ByteBuffer.allocate((int) (-end & 7)));
    }

    private static ByteBuffer words(int count) {
        return ByteBuffer.allocate(8 * count).order(ByteOrder.nativeOrder());
    }

    private void writeHeader(long firstDirectory) throws IOException {
        ByteBuffer head = words(big ? 2 : 1);
        head.putShort((short) (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4d4d));
        if (big) {
            head.putShort((short) 43).putShort((short) 8).putShort((short) 0).putLong(firstDirectory);
        } else {
            head.putShort((short) 42).putInt((int) firstDirectory);
        }
        head.flip();
        for (int at = 0; head.hasRemaining(); ) {
            at += channel.write(head, at);
        }
    }

    private int directoryBytes(boolean withText) {
        int bytes = TiffDirectory.bytes(big, withText ? ENTRIES + 1 : ENTRIES);
        return bytes + (-bytes & 7);
    }

    private ByteBuffer directory(long plane, long textAt, int textBytes, long resolutionAt, long next) {
        FrameSpec pixels = stack.pixels();
        boolean withText = textBytes > 0;
        ByteBuffer out = words(directoryBytes(withText) / 8);
        TiffDirectory page = new TiffDirectory(out, big).begin(withText ? ENTRIES + 1 : ENTRIES);
        page.geometry(pixels);
        if (withText) {
            page.entry(TiffTag.DESCRIPTION, TiffDirectory.ASCII, textBytes, textAt);
        }
        // A rational has 8 bytes: it fits an entry of BigTIFF.
        page.strip(pixels, plane, planeBytes)
                .resolution(
                        big ? TiffDirectory.perMicrometre(stack.pixelWidthUm()) : resolutionAt,
                        big ? TiffDirectory.perMicrometre(stack.pixelHeightUm()) : resolutionAt + 8)
                .sampleFormat(pixels)
                .end(next);
        return out.clear();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
