package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One page of a TIFF file: its geometry, and how to read one of its samples as a plane. Uncompressed strips and tiles are
 * read here; compressed pages by {@link TiffCompressed}. One thread at a time.
 */
final class TiffPage {
    private static final int UNCOMPRESSED = 1;
    /** LZW, Deflate (two numbers) and PackBits. */
    private static final List<Integer> COMPRESSED = List.of(5, 8, 32946, 32773);
    /** More than Deflate (1032) or LZW can ever expand. */
    private static final long MOST_EXPANSION = 2048;

    private static final int PIECE_BYTES = 1 << 20;

    private final TiffFile file;
    private final int number;
    private final TiffFile.Directory directory;
    private final int width;
    private final int height;
    private final int samples;
    private final boolean planar;
    private final boolean compressed;
    private final SampleType type;

    TiffPage(TiffFile file, int number) throws IOException {
        this.file = file;
        this.number = number;
        this.directory = file.page(number);
        this.width = side(TiffTag.WIDTH);
        this.height = side(TiffTag.HEIGHT);
        this.samples = (int) Math.min(Integer.MAX_VALUE, directory.number(TiffTag.SAMPLES, 1));
        if (samples < 1 || samples > 4096) {
            throw file.damaged("page " + number + " has " + samples + " samples per pixel");
        }
        this.planar = samples > 1 && directory.number(TiffTag.PLANAR, 1) == 2;
        int compression = (int) directory.number(TiffTag.COMPRESSION, UNCOMPRESSED);
        this.compressed = compression != UNCOMPRESSED;
        if (compressed && !COMPRESSED.contains(compression)) {
            throw new StackException(file.path() + " is compressed in a way that isn't read here (TIFF compression "
                    + compression + "): save it uncompressed or with LZW, Deflate or PackBits");
        }
        this.type = sampleType();
        long bytes = (long) width * height * samples * type.bytes();
        long limit = compressed ? file.size() * MOST_EXPANSION : file.size();
        if (bytes / samples > Integer.MAX_VALUE - 64 || bytes < 0 || bytes > limit) {
            throw file.damaged("page " + number + " of " + width + " x " + height + " pixels would take " + bytes
                    + " bytes, but the file has only " + file.size());
        }
    }

    private int side(int tag) throws IOException {
        long value = directory.number(tag, 0);
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw file.damaged(
                    "page " + number + " is " + value + " pixels " + (tag == TiffTag.WIDTH ? "wide" : "high"));
        }
        return (int) value;
    }

    private SampleType sampleType() throws IOException {
        int known = (int) Math.min(samples, Math.max(1, directory.count(TiffTag.BITS)));
        long bits = directory.has(TiffTag.BITS) ? directory.numbers(TiffTag.BITS, known)[0] : 1;
        for (int i = 1; i < known; i++) {
            if (directory.numbers(TiffTag.BITS, known)[i] != bits) {
                throw new StackException(
                        file.path() + " has samples of different sizes in one pixel, which isn't read");
            }
        }
        long format = directory.number(TiffTag.SAMPLE_FORMAT, 1);
        String kind = (format == 3 ? "float" : format == 2 ? "int" : "uint") + bits;
        return switch (kind) {
            case "uint8" -> SampleType.UINT8;
            case "uint16" -> SampleType.UINT16;
            case "uint32" -> SampleType.UINT32;
            case "int8" -> SampleType.INT8;
            case "int16" -> SampleType.INT16;
            case "int32" -> SampleType.INT32;
            case "float32" -> SampleType.FLOAT32;
            case "float64" -> SampleType.FLOAT64;
            default ->
                throw new StackException(file.path() + " has pixels of type " + kind
                        + ", which isn't read here: save it as 8-bit, 16-bit or 32-bit float");
        };
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int samples() {
        return samples;
    }

    SampleType type() {
        return type;
    }

    /** True if this page's planes lie like the first one's. */
    boolean isLike(TiffPage other) {
        return width == other.width && height == other.height && samples == other.samples && type == other.type;
    }

    @Override
    public String toString() {
        return width + "x" + height + (samples > 1 ? "x" + samples + " samples " : " ") + type;
    }

    /** Where the pixels start if the page is one uncompressed run of them, -1 otherwise. */
    long contiguousStart() throws IOException {
        if (compressed || samples > 1 || directory.has(TiffTag.TILE_OFFSETS)) {
            return -1;
        }
        int rows = rowsPerStrip();
        int strips = (height + rows - 1) / rows;
        long[] offsets = directory.numbers(TiffTag.STRIP_OFFSETS, strips);
        for (int strip = 1; strip < strips; strip++) {
            if (offsets[strip] - offsets[strip - 1] != (long) rows * width * type.bytes()) {
                return -1;
            }
        }
        return offsets[0];
    }

    private int rowsPerStrip() throws IOException {
        long rows = directory.number(TiffTag.ROWS_PER_STRIP, height);
        if (rows < 1) {
            throw file.damaged("page " + number + " has strips of " + rows + " rows");
        }
        return (int) Math.min(rows, height);
    }

    /**
     * Reads one sample of every pixel into {@code plane}, converted to our pixels, in native order.
     *
     * @param plane from its position on, which moves past the plane
     */
    void read(int sample, ByteBuffer plane) throws IOException {
        if (compressed) {
            TiffCompressed.read(file, number, width, height, samples, sample, type, plane);
            return;
        }
        int stripHeight = height;
        int stripWidth = width;
        boolean tiled = directory.has(TiffTag.TILE_OFFSETS);
        if (tiled) {
            stripWidth = side(TiffTag.TILE_WIDTH);
            stripHeight = side(TiffTag.TILE_HEIGHT);
        } else {
            stripHeight = rowsPerStrip();
        }
        int down = (height - 1) / stripHeight + 1;
        int across = (width - 1) / stripWidth + 1;
        int perSample = Math.multiplyExact(down, across);
        long[] offsets = directory.numbers(
                tiled ? TiffTag.TILE_OFFSETS : TiffTag.STRIP_OFFSETS,
                Math.multiplyExact(perSample, planar ? samples : 1));
        int start = plane.position();
        int first = planar ? sample * perSample : 0;
        for (int row = 0; row < down; row++) {
            for (int column = 0; column < across; column++) {
                long at = offsets[first + row * across + column];
                int rows = Math.min(stripHeight, height - row * stripHeight);
                int columns = Math.min(stripWidth, width - column * stripWidth);
                int top = row * stripHeight;
                int left = column * stripWidth;
                readBlock(at, stripWidth, rows, columns, sample, plane, start, top, left);
            }
        }
        plane.position(start + width * height * type.pixelType().bytes());
    }

    /** Reads a plane like this page's that lies uncompressed in one run from there on; see {@link #contiguousStart}. */
    void readRun(long at, ByteBuffer plane) throws IOException {
        int start = plane.position();
        readBlock(at, width, height, width, 0, plane, start, 0, 0);
        plane.position(start + width * height * type.pixelType().bytes());
    }

    private void readBlock(
            long at, int blockWidth, int rows, int columns, int sample, ByteBuffer plane, int start, int top, int left)
            throws IOException {
        int step = planar ? 1 : samples;
        long rowBytes = (long) blockWidth * step * type.bytes();
        int pixelBytes = type.pixelType().bytes();
        if (step == 1 && blockWidth == width && type.isNative(file.order())) {
            int to = start + top * width * pixelBytes;
            file.read(at, plane.limit(to + rows * width * pixelBytes).position(to));
            plane.limit(plane.capacity());
            return;
        }
        int rowsAtOnce = (int) Math.max(1, Math.min(rows, PIECE_BYTES / rowBytes));
        ByteBuffer piece = piece(rowBytes * rowsAtOnce);
        for (int row = 0; row < rows; row += rowsAtOnce) {
            int some = Math.min(rowsAtOnce, rows - row);
            long from = at + row * rowBytes;
            // A tile's last row may be cut by the end of the file behind the columns that count.
            int wanted = (int) rowBytes * (some - 1) + columns * step * type.bytes();
            file.read(from, piece.clear().limit(wanted));
            for (int i = 0; i < some; i++) {
                piece.clear().position(i * (int) rowBytes + (planar ? 0 : sample * type.bytes()));
                plane.limit(plane.capacity()).position(start + ((top + row + i) * width + left) * pixelBytes);
                type.convert(piece, file.order(), step, columns, plane);
            }
        }
    }

    private ByteBuffer piece(long bytes) throws StackException {
        if (bytes > file.size() + PIECE_BYTES || bytes > Integer.MAX_VALUE) {
            throw file.damaged("page " + number + " has rows of " + bytes + " bytes");
        }
        return file.piece((int) bytes);
    }
}
