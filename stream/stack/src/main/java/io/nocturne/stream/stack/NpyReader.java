package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.StreamSpec;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Reads NumPy arrays: {@code .npy}, or the only image-like array of an {@code .npz}. Axes by count: (y, x), (t, y, x),
 * (t, c, y, x), (t, c, z, y, x). C order, either byte order; signed integers and doubles become float32. Source: NumPy
 * enhancement proposal 1. One thread at a time.
 *
 * <p>An {@code .npz} is unpacked to a temporary file, which is deleted on close.
 */
public final class NpyReader implements StackReader {
    private static final int MOST_HEADER = 1 << 16;
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']{2,4})'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\sL]*)\\)");

    private final Path path;
    private final FileChannel channel;
    private final SampleType type;
    private final ByteOrder order;
    private final long start;
    private final StreamSpec stream;
    private final int channels;
    private final int slices;

    private NpyReader(Path path, FileChannel channel, String name) throws IOException {
        this.path = path;
        this.channel = channel;
        ByteBuffer head = bytes(0, 10);
        if (head.getInt(0) != 0x934e554d || head.getShort(4) != 0x5059) {
            throw new StackException(path + " is not a NumPy array: it doesn't start with \\x93NUMPY");
        }
        head.order(ByteOrder.LITTLE_ENDIAN);
        boolean shortLength = head.get(6) == 1;
        long length = shortLength
                ? Short.toUnsignedInt(head.getShort(8))
                : Integer.toUnsignedLong(
                        bytes(8, 4).order(ByteOrder.LITTLE_ENDIAN).getInt(0));
        if (length > MOST_HEADER) {
            throw new StackException(path + " has a NumPy header of " + length + " bytes: it is damaged");
        }
        int prefix = shortLength ? 10 : 12;
        String header = new String(bytes(prefix, (int) length).array(), StandardCharsets.ISO_8859_1);
        String descr = find(DESCR, header);
        this.type = NumpyType.parse(descr, path.toString());
        this.order = descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        if (find(FORTRAN, header).equals("True")) {
            throw new StackException(path + " is in Fortran order: save it with numpy.ascontiguousarray");
        }
        long[] sides = shape(find(SHAPE, header));
        this.start = prefix + length;
        int axes = sides.length;
        this.channels = axes > 3 ? Math.toIntExact(sides[1]) : 1;
        this.slices = axes > 4 ? Math.toIntExact(sides[2]) : 1;
        FrameSpec frame =
                new FrameSpec(Math.toIntExact(sides[axes - 1]), Math.toIntExact(sides[axes - 2]), type.pixelType());
        long frames = Math.multiplyExact(axes > 2 ? sides[0] : 1, Math.multiplyExact(channels, slices));
        long end = Math.addExact(start, Math.multiplyExact(frames, (long) frame.pixels() * type.bytes()));
        if (end > channel.size()) {
            throw new StackException(path + " has " + channel.size() + " bytes where its header announces " + end
                    + ": was it copied whole?");
        }
        List<String> names = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            names.add(String.valueOf(c));
        }
        this.stream = new StreamSpec(
                name,
                frame,
                names,
                slices,
                1,
                Double.NaN,
                Double.NaN,
                8 * frame.pixelType().bytes(),
                0,
                0,
                frames);
    }

    /**
     * Opens a file.
     *
     * @throws StackException if it is neither, is damaged, or holds what isn't read here
     */
    public static NpyReader open(Path path) throws IOException {
        boolean zipped;
        try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(4);
            zipped = in.read(head) == 4 && head.getInt(0) == 0x504b0304;
        }
        FileChannel channel = zipped
                ? FileChannel.open(unpack(path), StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE)
                : FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new NpyReader(path, channel, StackFormats.streamName(path));
        } catch (ArithmeticException | IllegalArgumentException e) {
            channel.close();
            throw new StackException(path + " is a damaged NumPy array: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static Path unpack(Path path) throws IOException {
        Path temporary = Files.createTempFile("nocturne", ".npy");
        List<String> names = new ArrayList<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(path))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                names.add(entry.getName());
                if (names.size() == 1) {
                    copy(in, temporary, path);
                }
            }
        } catch (ZipException e) {
            Files.delete(temporary);
            throw new StackException(path + " is a damaged .npz: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            Files.delete(temporary);
            throw e;
        }
        if (names.size() != 1) {
            Files.delete(temporary);
            throw new StackException(
                    path + " holds " + names.size() + " arrays " + names + ": save the one that is the stack as .npy");
        }
        return temporary;
    }

    private static void copy(ZipInputStream in, Path to, Path from) throws IOException {
        long most = Math.max(1L << 30, Files.size(from) * 200);
        try (FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
            var source = Channels.newChannel(in);
            ByteBuffer piece = ByteBuffer.allocate(1 << 16);
            while (source.read(piece.clear()) >= 0) {
                piece.flip();
                while (piece.hasRemaining()) {
                    out.write(piece);
                }
                if (out.position() > most) {
                    throw new StackException(from + " unpacks to more than " + most + " bytes: unpack it by hand");
                }
            }
        }
    }

    private long[] shape(String text) throws StackException {
        List<Long> sides = new ArrayList<>();
        for (String side : text.replace("L", "").split(",", -1)) {
            if (!side.isBlank()) {
                sides.add(Long.parseLong(side.strip()));
            }
        }
        if (sides.size() < 2 || sides.size() > 5 || sides.contains(0L)) {
            throw new StackException(path + " has the shape (" + text
                    + "); read here are (y, x), (t, y, x), (t, c, y, x) and (t, c, z, y, x)");
        }
        return sides.stream().mapToLong(Long::longValue).toArray();
    }

    private String find(Pattern pattern, String header) throws StackException {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new StackException(path + " has a NumPy header that isn't understood: " + header.strip());
        }
        return matcher.group(1);
    }

    private ByteBuffer bytes(long at, int count) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(count);
        readAt(at, target);
        return target.flip();
    }

    private void readAt(long at, ByteBuffer target) throws IOException {
        long from = at;
        while (target.hasRemaining()) {
            int count = channel.read(target, from);
            if (count < 0) {
                throw new EOFException(path + " ends " + target.remaining() + " bytes early: it is truncated");
            }
            from += count;
        }
    }

    @Override
    public StreamSpec stream() {
        return stream;
    }

    @Override
    public long frames() {
        return stream.totalFrames();
    }

    @Override
    public boolean has(long index) {
        return index >= 0 && index < frames();
    }

    @Override
    public boolean read(long index, ByteBuffer into) throws IOException {
        if (!has(index)) {
            throw new IndexOutOfBoundsException("Frame " + index + " of " + frames() + " in " + path);
        }
        FrameSpec frame = stream.frame();
        int c = stream.channelOf(index);
        int z = stream.zSliceOf(index);
        long plane = (stream.timePointOf(index) * channels + c) * slices + z;
        long planeBytes = (long) frame.pixels() * type.bytes();
        long at = start + plane * planeBytes;
        into.clear().limit(frame.bytes());
        if (type.isNative(order)) {
            readAt(at, into);
        } else {
            int rowBytes = frame.width() * type.bytes();
            ByteBuffer row = ByteBuffer.allocate(rowBytes);
            for (int y = 0; y < frame.height(); y++) {
                readAt(at + (long) y * rowBytes, row.clear());
                type.convert(row.flip(), order, 1, frame.width(), into);
            }
        }
        into.position(0).limit(frame.bytes());
        return true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
