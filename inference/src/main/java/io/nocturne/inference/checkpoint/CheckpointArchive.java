package io.nocturne.inference.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The zip file of a checkpoint. Its list of entries is read once and checked; nothing stays open, each reading opens the
 * file anew and makes sure that it is still the same one. Immutable. Names of entries are only ever compared, never used
 * as paths.
 */
final class CheckpointArchive {
    /** Largest list of entries, in bytes: Java holds it in memory as it is. */
    static final long MAX_DIRECTORY_BYTES = 4L << 20;

    static final int MAX_ENTRIES = 20_000;

    /** What deflated content may grow to: this many times the file's size, and {@link #FREE_BYTES} more. */
    static final int MAX_EXPANSION = 32;

    static final long FREE_BYTES = 64L << 20;

    private static final int END_BYTES = 22;
    private static final int CHUNK = 1 << 16;

    private final Path file;
    private final long length;
    private final FileTime modified;
    private final Map<String, Long> sizes;

    private CheckpointArchive(Path file, long length, FileTime modified, Map<String, Long> sizes) {
        this.file = file;
        this.length = length;
        this.modified = modified;
        this.sizes = sizes;
    }

    /**
     * Lists a zip file.
     *
     * @throws CheckpointException if it isn't a zip file as PyTorch writes them, or would unpack to far more than it is
     */
    static CheckpointArchive open(Path file) throws CheckpointException, IOException {
        long length = Files.size(file);
        FileTime modified = Files.getLastModifiedTime(file);
        checkEnd(file, length);
        Map<String, Long> sizes = new HashMap<>();
        long total = 0;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.size() > MAX_ENTRIES) {
                throw new CheckpointException(
                        file + " has " + zip.size() + " entries; a checkpoint has at most " + MAX_ENTRIES);
            }
            for (Iterator<? extends ZipEntry> all = zip.stream().iterator(); all.hasNext(); ) {
                ZipEntry entry = all.next();
                long bytes = entry.getSize();
                String name = CheckpointException.quote(entry.getName());
                if (sizes.put(entry.getName(), bytes) != null) {
                    throw new CheckpointException(file + " has two entries named " + name);
                }
                boolean stored = entry.getMethod() == ZipEntry.STORED;
                if (bytes < 0 || bytes > Long.MAX_VALUE / 2 - total) {
                    throw new CheckpointException(file + ": entry " + name + " has an impossible size");
                }
                if (stored && (bytes != entry.getCompressedSize() || bytes > length)) {
                    throw new CheckpointException(file + ": entry " + name + " of " + bytes
                            + " bytes isn't compressed, but takes " + entry.getCompressedSize()
                            + " bytes of a file of " + length);
                }
                total += bytes;
            }
        } catch (ZipException | IllegalArgumentException e) {
            throw damaged(file, e);
        }
        if (total > FREE_BYTES + MAX_EXPANSION * length) {
            throw new CheckpointException(file + " has " + length + " bytes and would unpack to " + total
                    + ", more than " + MAX_EXPANSION + " times as much: no network's weights do that");
        }
        return new CheckpointArchive(file, length, modified, Map.copyOf(sizes));
    }

    /** The end record must be the very end: then there is no doubt which list of entries counts, or how long it is. */
    private static void checkEnd(Path file, long length) throws CheckpointException, IOException {
        ByteBuffer end = ByteBuffer.allocate(END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (length >= END_BYTES) {
            try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
                in.seek(length - END_BYTES);
                in.readFully(end.array());
            }
        }
        if (end.getInt(0) != 0x06054b50 || end.getShort(20) != 0) {
            throw new CheckpointException(file + " is a zip file without its end: expected the end record in the last "
                    + END_BYTES + " of " + length + " bytes. The file was cut off; download or copy it again");
        }
        long directory = end.getInt(12) & 0xffffffffL;
        if (directory > MAX_DIRECTORY_BYTES) {
            throw new CheckpointException(file + " has a list of entries of " + directory
                    + " bytes; a checkpoint's has at most " + MAX_DIRECTORY_BYTES);
        }
    }

    private static CheckpointException damaged(Path file, Exception cause) {
        return new CheckpointException(
                file + " is a damaged zip file (" + cause.getMessage() + "). Download or copy it again", cause);
    }

    Path file() {
        return file;
    }

    Iterable<String> names() {
        return sizes.keySet();
    }

    /** Size of an entry's content, unpacked; empty if there is none of that name. */
    Optional<Long> size(String name) {
        return Optional.ofNullable(sizes.get(name));
    }

    /** Takes content piece by piece. */
    interface Consumer {
        /** May be given the same array again. */
        void accept(byte[] bytes, int count) throws IOException;
    }

    /** Reads a whole entry of at most so many bytes. */
    byte[] read(String name, int most) throws CheckpointException, IOException {
        long bytes = sizes.get(name);
        if (bytes > most) {
            throw new CheckpointException(file + ": entry " + CheckpointException.quote(name) + " has " + bytes
                    + " bytes; a checkpoint's has at most " + most);
        }
        ByteBuffer content = ByteBuffer.allocate((int) bytes);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            verify(zip, name, (chunk, count) -> content.put(chunk, 0, count));
        } catch (ZipException e) {
            throw damaged(file, e);
        }
        return content.array();
    }

    /** Reads these entries to their ends and compares their checksums. */
    void verify(Iterable<String> names) throws CheckpointException, IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (String name : names) {
                verify(zip, name, (chunk, count) -> {});
            }
        } catch (ZipException e) {
            throw damaged(file, e);
        }
    }

    private void verify(ZipFile zip, String name, Consumer sink) throws CheckpointException, IOException {
        ZipEntry entry = zip.getEntry(name);
        long size = sizes.get(name);
        CRC32 crc = new CRC32();
        long seen = 0;
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] chunk = new byte[CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                seen += n;
                if (seen > size) {
                    break;
                }
                crc.update(chunk, 0, n);
                sink.accept(chunk, n);
            }
        } catch (ZipException e) {
            throw damaged(file, e);
        } catch (IOException e) {
            throw new CheckpointException(
                    file + ": entry " + CheckpointException.quote(name) + " can't be read: " + e.getMessage(), e);
        }
        if (seen != size || crc.getValue() != entry.getCrc()) {
            throw new CheckpointException(file + ": entry " + CheckpointException.quote(name)
                    + (seen == size
                            ? " has the checksum " + Long.toHexString(crc.getValue()) + ", expected "
                                    + Long.toHexString(entry.getCrc())
                            : " doesn't have the " + size + " bytes that are announced")
                    + ". The file is damaged; download or copy it again");
        }
    }

    /**
     * Reads part of an entry that was verified before.
     *
     * @throws UncheckedIOException if the file can't be read any more, or has changed
     */
    void read(String name, long from, long bytes, Consumer sink) {
        try {
            if (Files.size(file) != length || !Files.getLastModifiedTime(file).equals(modified)) {
                throw new IOException(file + " has changed since it was opened");
            }
            try (ZipFile zip = new ZipFile(file.toFile());
                    InputStream in = zip.getInputStream(zip.getEntry(name))) {
                in.skipNBytes(from);
                byte[] chunk = new byte[(int) Math.min(CHUNK, bytes)];
                for (long left = bytes; left > 0; ) {
                    int count = (int) Math.min(chunk.length, left);
                    if (in.readNBytes(chunk, 0, count) != count) {
                        throw new IOException(file + ": entry " + name + " ends early");
                    }
                    sink.accept(chunk, count);
                    left -= count;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
