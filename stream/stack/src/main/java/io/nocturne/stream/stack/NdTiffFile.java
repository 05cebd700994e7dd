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
import java.util.Optional;

/**
 * One TIFF file of an NDTiff dataset, to which images are added at the end:
 *
 * <pre>
 *   header, summary | directory, resolution, metadata | pixels | directory, ..     each image at a multiple of 512 bytes
 *                     next ------------------------------------->  written when all of the next image is there
 * </pre>
 *
 * Other writers of the format let the directory come first and the metadata last; the specification leaves that open.
 * {@link #sync} may come from another thread than all else, which belongs to one. Source: the NDTiff specification, version 3,
 * and TIFF revision 6.0.
 */
final class NdTiffFile implements Closeable {
    /** Of Micro-Manager: an image's metadata. */
    static final int METADATA_TAG = 51123;

    /** Beyond it the 32-bit numbers of the format point nowhere. */
    static final long LIMIT = 0xffff_ffffL;

    private static final int MARK = 483729;
    private static final int MAJOR_VERSION = 3;
    /** Nothing newer is used: from 3.2 on, readers expect the names of channels as axes. */
    private static final int MINOR_VERSION = 1;

    private static final int SUMMARY_MARK = 2355492;
    private static final int SUMMARY_AT = 28;
    private static final int BLOCK = 512;
    private static final int ENTRIES = 15;
    private static final int RESOLUTION_AT = 192;
    /** From an image's directory to its metadata. */
    static final int METADATA_AT = 208;

    private final FileChannel channel;
    private final FrameSpec plane;
    private final NdTiffMetadata metadata;
    private final int planeBytes;
    private final int headBytes;
    private final long limit;
    private final ByteBuffer head;
    private final ByteBuffer pointer = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
    private final ByteBuffer[] parts = new ByteBuffer[2];
    private long end;
    /** Where the number goes that names the next directory. */
    private long linkAt = 4;

    private NdTiffFile(FileChannel channel, Stack stack, NdTiffMetadata metadata, long limit) {
        this.channel = channel;
        this.metadata = metadata;
        this.limit = limit;
        this.plane = new FrameSpec(
                stack.pixels().width(), stack.pixels().height(), stack.pixels().pixelType());
        this.planeBytes = plane.bytes();
        this.headBytes = (int) aligned(METADATA_AT + (long) metadata.bytes());
        this.head = ByteBuffer.allocateDirect(headBytes).order(ByteOrder.nativeOrder());
        long x = TiffDirectory.perMicrometre(stack.pixelWidthUm());
        long y = TiffDirectory.perMicrometre(stack.pixelHeightUm());
        head.putLong(RESOLUTION_AT, x).putLong(RESOLUTION_AT + 8, y);
    }

    /** Makes a file without an image. */
    static NdTiffFile create(Path path, Stack stack, NdTiffMetadata metadata, String summary, long limit)
            throws IOException {
        byte[] json = summary.getBytes(StandardCharsets.UTF_8);
        ByteBuffer start = ByteBuffer.allocate((int) aligned(SUMMARY_AT + (long) json.length))
                .order(ByteOrder.nativeOrder());
        start.putShort((short) (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4d4d));
        start.putShort((short) 42).putInt(0);
        start.putInt(MARK).putInt(MAJOR_VERSION).putInt(MINOR_VERSION);
        start.putInt(SUMMARY_MARK).putInt(json.length).put(json);
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            ShardCopy.put(channel, start.clear(), 0);
        } catch (IOException e) {
            channel.close();
            AtomicFile.deleteQuietly(path, e);
            throw e;
        }
        NdTiffFile file = new NdTiffFile(channel, stack, metadata, limit);
        file.end = start.capacity();
        return file;
    }

    /** Opens a file to go on with, behind the last image that its chain of directories reaches. */
    static NdTiffFile append(Path path, Stack stack, NdTiffMetadata metadata, long limit) throws IOException {
        long linkAt = 4;
        boolean brokenOff;
        try (TiffFile pages = TiffFile.openGrowing(path)) {
            if (pages.pages() > 0) {
                linkAt = linkAt(pages.directoryAt(pages.pages() - 1));
            }
            brokenOff = pages.isBrokenOff();
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        NdTiffFile file = new NdTiffFile(channel, stack, metadata, limit);
        file.linkAt = linkAt;
        file.end = aligned(channel.size());
        if (brokenOff) {
            file.link(0);
        }
        return file;
    }

    /** What a file says of its dataset; empty if it isn't of one. */
    static Optional<String> summaryOf(Path path) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(SUMMARY_AT).order(ByteOrder.nativeOrder());
        try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
            if (in.read(start, 0) < SUMMARY_AT || start.getInt(8) != MARK || start.getInt(20) != SUMMARY_MARK) {
                return Optional.empty();
            }
            int length = start.getInt(24);
            if (length < 0 || length > in.size() - SUMMARY_AT || length > 1 << 24) {
                return Optional.empty();
            }
            ByteBuffer json = ByteBuffer.allocate(length);
            while (json.hasRemaining() && in.read(json, SUMMARY_AT + (long) json.position()) >= 0) {
                // until all is there
            }
            return Optional.of(new String(json.array(), StandardCharsets.UTF_8));
        }
    }

    /** True if one more image has its place below the limit. */
    boolean hasRoom() {
        return end + headBytes + aligned(planeBytes) <= limit;
    }

    /**
     * Adds an image.
     *
     * @param pixels of one plane, remaining; consumed
     * @param crc their CRC-32C
     * @param force true to put them on the disk itself before the image is part of the file
     * @return where its pixels begin
     */
    long write(long t, int c, int z, int position, ByteBuffer pixels, long crc, boolean force) throws IOException {
        long at = end;
        long pixelsAt = at + headBytes;
        new TiffDirectory(head.clear(), false)
                .begin(ENTRIES)
                .geometry(plane)
                .strip(plane, pixelsAt, planeBytes)
                .resolution(at + RESOLUTION_AT, at + RESOLUTION_AT + 8)
                .sampleFormat(plane)
                .entry(METADATA_TAG, TiffDirectory.ASCII, metadata.bytes(), at + METADATA_AT)
                .end(0);
        metadata.put(head.position(METADATA_AT), crc, t, c, z, position);
        parts[0] = head.position(0).limit(headBytes);
        parts[1] = pixels;
        channel.position(at);
        while (pixels.hasRemaining()) {
            channel.write(parts);
        }
        if (force) {
            channel.force(false);
        }
        link(at);
        linkAt = linkAt(at);
        end = pixelsAt + aligned(planeBytes);
        return pixelsAt;
    }

    /** Where an image's metadata lie, by where its pixels do. */
    long metadataAt(long pixelsAt) {
        return pixelsAt - headBytes + METADATA_AT;
    }

    private static long linkAt(long directory) {
        return directory + TiffDirectory.bytes(false, ENTRIES) - 4;
    }

    private void link(long directory) throws IOException {
        ShardCopy.put(channel, pointer.clear().putInt((int) directory).flip(), linkAt);
    }

    private static long aligned(long bytes) {
        return (bytes + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** Makes sure that what was written so far is on the disk itself. */
    void sync() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
