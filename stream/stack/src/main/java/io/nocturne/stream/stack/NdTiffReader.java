package io.nocturne.stream.stack;

import io.nocturne.stream.stack.NdTiffIndex.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads what {@link NdTiffWriter} wrote, also while it grows and after a kill: the index tells what is there. Checks every
 * image's CRC-32C. One thread at a time.
 */
public final class NdTiffReader extends PlaneReader {
    private static final int ENTRIES_AT_ONCE = 512;

    private final NdTiffIndex.Common common;
    private final ByteBuffer digits = ByteBuffer.allocate(NdTiffMetadata.CRC_DIGITS);
    private final List<String> names = new ArrayList<>();
    private final List<FileChannel> files = new ArrayList<>();
    private final long[] lengths;
    private final FileChannel index;
    /** By page as in {@link TiffPages}: number of the file from 1 in the upper half, place of the pixels in the lower. */
    private long[] images = new long[64];
    /** From an image's metadata to its pixels; the same in all of a dataset. */
    private long metadataBefore = -1;

    private long indexBytes;
    private boolean indexBroken;

    private NdTiffReader(Path folder, Stack stack) throws IOException {
        super(folder, stack);
        this.common = new NdTiffIndex.Common(stack, new NdTiffMetadata(stack).bytes());
        this.lengths = new long[stack.stream().positions()];
        Path entries = folder.resolve(NdTiffIndex.NAME);
        this.index = Files.exists(entries) ? FileChannel.open(entries, StandardOpenOption.READ) : null;
        this.indexBroken = index == null;
        try {
            refresh();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        opened();
    }

    /** True if the folder holds an NDTiff dataset, whoever wrote it. */
    static boolean accepts(Path folder) {
        return Files.isDirectory(folder)
                && (Files.exists(folder.resolve(NdTiffIndex.NAME))
                        || Files.exists(folder.resolve(NdTiffWriter.fileName(folder, 0))));
    }

    /**
     * Opens a stack; empty if the dataset is another program's.
     *
     * @throws StackException if it is damaged
     */
    public static Optional<NdTiffReader> open(Path folder) throws IOException {
        Optional<Stack> stack = stackOf(folder);
        return stack.isPresent() ? Optional.of(new NdTiffReader(folder, stack.get())) : Optional.empty();
    }

    /**
     * Opens a stack of a run.
     *
     * @throws StackException if it isn't one or is damaged
     */
    static NdTiffReader openOurs(Path folder) throws IOException {
        return open(folder)
                .orElseThrow(
                        () -> new StackException(folder + " is an NDTiff dataset, but not of a run of Nocturne's"));
    }

    /** What a dataset of ours holds, as its first file says; empty if it is another program's. */
    private static Optional<Stack> stackOf(Path folder) throws IOException {
        Path first = folder.resolve(NdTiffWriter.fileName(folder, 0));
        if (!Files.exists(first)) {
            return Optional.empty();
        }
        Optional<String> summary = NdTiffFile.summaryOf(first);
        if (summary.isEmpty()) {
            return Optional.empty();
        }
        try {
            var ours = AtomicFile.JSON.readTree(summary.get()).path(NdTiffMetadata.OURS);
            return ours.isObject() ? Optional.of(StreamJson.read(ours)) : Optional.empty();
        } catch (IllegalArgumentException | IOException e) {
            throw new StackException(first + " has damaged metadata of ours: " + e.getMessage(), e);
        }
    }

    @Override
    public long frames() {
        return Arrays.stream(lengths).max().orElse(0) * stack().asStream().framesPerTimePoint();
    }

    /** {@inheritDoc} Of products also those whose state only is known. */
    @Override
    public long length(int position) {
        return lengths[position];
    }

    @Override
    public long refresh() throws IOException {
        if (index != null) {
            readIndex();
        }
        if (stack().restored()) {
            for (int position = 0; position < lengths.length; position++) {
                lengths[position] = Math.max(lengths[position], StateArrays.length(states(position)));
            }
        }
        return frames();
    }

    private void readIndex() throws IOException {
        ByteBuffer entries = NdTiffIndex.buffer(ENTRIES_AT_ONCE);
        while (!indexBroken) {
            entries.clear();
            while (entries.hasRemaining() && index.read(entries, indexBytes + entries.position()) >= 0) {
                // until it is full or nothing more is there
            }
            entries.flip();
            int count = entries.limit() / NdTiffIndex.ENTRY_BYTES;
            for (int i = 0; i < count && !indexBroken; i++) {
                int at = i * NdTiffIndex.ENTRY_BYTES;
                Optional<Entry> entry = NdTiffIndex.read(
                        entries.limit(at + NdTiffIndex.ENTRY_BYTES).position(at), common);
                indexBroken = entry.isEmpty() || !add(entry.get());
            }
            indexBytes += (long) count * NdTiffIndex.ENTRY_BYTES;
            if (count < ENTRIES_AT_ONCE) {
                return;
            }
        }
    }

    /** Takes an image in; false if it can't be one of ours. */
    private boolean add(Entry entry) {
        if (metadataBefore < 0) {
            metadataBefore = entry.pixelsAt() - entry.metadataAt();
        }
        if (metadataBefore <= 0 || entry.pixelsAt() - entry.metadataAt() != metadataBefore) {
            return false;
        }
        int file = names.lastIndexOf(entry.file());
        if (file < 0) {
            if (!Files.isRegularFile(path().resolve(entry.file()))) {
                return false;
            }
            file = names.size();
            names.add(entry.file());
            files.add(null);
        }
        int page = Math.toIntExact(order().page(entry.t(), entry.c(), entry.plane(), entry.position()));
        if (page >= images.length) {
            images = Arrays.copyOf(images, Math.max(page + 1, images.length + images.length / 2));
        }
        images[page] = (file + 1L) << 32 | entry.pixelsAt();
        lengths[entry.position()] = Math.max(lengths[entry.position()], entry.t() + 1);
        return true;
    }

    /** True if the index is missing or has an entry that makes no sense; what is named before it can be read. */
    boolean isIndexBroken() throws IOException {
        return indexBroken || index.size() % NdTiffIndex.ENTRY_BYTES != 0;
    }

    /** Entries of the index that make sense. */
    long entries() {
        return Arrays.stream(images).filter(at -> at != 0).count();
    }

    @Override
    long pages() {
        return images.length;
    }

    @Override
    boolean isStored(long page) {
        return image(page) != 0;
    }

    private long image(long page) {
        return page >= 0 && page < images.length ? images[(int) page] : 0;
    }

    @Override
    boolean readPage(long page, ByteBuffer plane) throws IOException {
        long image = image(page);
        if (image == 0) {
            return false;
        }
        long at = image & NdTiffFile.LIMIT;
        int start = plane.position();
        fill(image, digits.clear(), at - metadataBefore + NdTiffMetadata.CRC_AT);
        String expected = new String(digits.array(), StandardCharsets.ISO_8859_1);
        fill(image, plane, at);
        String found = String.format("%08x", sum(plane, start));
        if (!expected.equals(found)) {
            throw new StackException("The image at byte " + at + " of " + names.get(number(image)) + " in "
                    + path() + " does not match its own checksum (CRC-32C " + expected + " stored, " + found
                    + " found): it is damaged");
        }
        return true;
    }

    @Override
    boolean readAnyway(long page, ByteBuffer plane) throws IOException {
        long image = image(page);
        if (image == 0) {
            return false;
        }
        read(image, plane, image & NdTiffFile.LIMIT);
        return true;
    }

    private void fill(long image, ByteBuffer target, long at) throws IOException {
        read(image, target, at);
        if (target.hasRemaining()) {
            throw new StackException(path().resolve(names.get(number(image))) + " ends before an image that the index "
                    + "places at byte " + (image & NdTiffFile.LIMIT) + ": it is damaged");
        }
    }

    private static int number(long image) {
        return (int) (image >>> 32) - 1;
    }

    /** Reads from an image's file what is there. */
    private void read(long image, ByteBuffer target, long at) throws IOException {
        int number = number(image);
        FileChannel file = files.get(number);
        if (file == null) {
            file = FileChannel.open(path().resolve(names.get(number)), StandardOpenOption.READ);
            files.set(number, file);
        }
        int start = target.position();
        while (target.hasRemaining() && file.read(target, at + target.position() - start) >= 0) {
            // until all is there, or nothing more
        }
    }

    @Override
    public void close() throws IOException {
        for (FileChannel file : files) {
            if (file != null) {
                file.close();
            }
        }
        if (index != null) {
            index.close();
        }
    }
}
