package io.nocturne.stream.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.stream.stack.Finding.Kind;
import io.nocturne.stream.stack.Finding.Severity;
import io.nocturne.stream.stack.NdTiffIndex.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/** An NDTiff dataset under {@link StackCare}. */
final class NdTiffCare extends PlaneCare<NdTiffReader> {
    NdTiffCare(RunFolder run, Path folder) throws IOException {
        super(run, folder, NdTiffReader::openOurs);
    }

    /** {@inheritDoc} Readers of the format take it from the images that are there. */
    @Override
    public boolean tellsLength() {
        return false;
    }

    @Override
    public long length(int position) {
        return reader().length(position);
    }

    @Override
    public void checkStructure(boolean repair, Trouble trouble) throws IOException {
        if (reader().isIndexBroken()) {
            long before = reader().entries();
            if (repair) {
                makeIndex();
            }
            trouble.found(
                    Severity.ERROR,
                    Kind.PAGE_INDEX_BROKEN,
                    where(),
                    NdTiffIndex.NAME + " is missing or makes sense for its first " + before + " images only, as after a"
                            + " loss of power. It can be made again of what the TIFF files say of themselves"
                            + (repair ? ": " + reader().entries() + " images are named now." : "."),
                    repair);
        }
        for (int number = 0; Files.exists(file(number)); number++) {
            try (TiffFile pages = TiffFile.openGrowing(file(number))) {
                if (pages.isBrokenOff()) {
                    trouble.found(
                            Severity.WARNING,
                            Kind.PAGE_CHAIN_BROKEN,
                            where() + "/" + file(number).getFileName(),
                            "The chain of pages breaks off behind " + pages.pages()
                                    + " pages, as after a loss of power."
                                    + " Programs that know TIFF only see no page behind them; the index still leads"
                                    + " NDTiff's own to them.",
                            false);
                }
            }
        }
    }

    private Path file(int number) {
        return path().resolve(NdTiffWriter.fileName(path(), number));
    }

    /** Makes the index of the pages that are sound; where two are one image, the later holds. */
    private void makeIndex() throws IOException {
        Stack stack = stack();
        NdTiffIndex.Common common = new NdTiffIndex.Common(stack, new NdTiffMetadata(stack).bytes());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        WritableByteChannel out = Channels.newChannel(all);
        ByteBuffer entry = NdTiffIndex.buffer(1);
        for (int number = 0; Files.exists(file(number)); number++) {
            try (TiffFile pages = TiffFile.openGrowing(file(number))) {
                for (int page = 0; page < pages.pages(); page++) {
                    Optional<Entry> found = entry(pages, page, stack);
                    if (found.isPresent()) {
                        NdTiffIndex.put(entry.clear(), found.get(), common, new StringBuilder());
                        out.write(entry.flip());
                    }
                }
            }
        }
        replaceIndex(ByteBuffer.wrap(all.toByteArray()));
    }

    private void replaceIndex(ByteBuffer entries) throws IOException {
        change(() -> NdTiffIndex.replace(path(), entries));
    }

    /** What a page says it is; empty if it isn't whole, or its pixels aren't what it says. */
    private static Optional<Entry> entry(TiffFile pages, int page, Stack stack) throws IOException {
        int bytes = stack.pixels().bytes() / stack.pixels().depth();
        ByteBuffer pixels = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
        JsonNode metadata;
        long pixelsAt;
        try {
            TiffFile.Directory directory = pages.page(page);
            metadata = AtomicFile.JSON.readTree(directory.text(NdTiffFile.METADATA_TAG));
            pixelsAt = directory.number(TiffTag.STRIP_OFFSETS, 0);
            pages.read(pixelsAt, pixels);
        } catch (StackException | JsonProcessingException torn) {
            return Optional.empty();
        }
        CRC32C crc = new CRC32C();
        crc.update(pixels.flip());
        boolean sound = String.format("%08x", crc.getValue())
                .equals(metadata.path(NdTiffMetadata.CRC).asText());
        return sound
                ? NdTiffIndex.place(
                        metadata.path("Axes").toString(),
                        stack,
                        pages.path().getFileName().toString(),
                        pixelsAt,
                        pages.directoryAt(page) + NdTiffFile.METADATA_AT)
                : Optional.empty();
    }

    /** Nothing: no length is told. */
    @Override
    public void lengthen(int position, long length) {}

    @Override
    void forget(long t, int c, int z, int position) throws IOException {
        Stack stack = stack();
        NdTiffIndex.Common common = new NdTiffIndex.Common(stack, new NdTiffMetadata(stack).bytes());
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(path().resolve(NdTiffIndex.NAME)))
                .order(ByteOrder.nativeOrder());
        ByteBuffer kept = ByteBuffer.allocate(all.capacity());
        int first = stack.firstZ(z);
        for (int at = 0; at + NdTiffIndex.ENTRY_BYTES <= all.capacity(); at += NdTiffIndex.ENTRY_BYTES) {
            ByteBuffer one = all.limit(at + NdTiffIndex.ENTRY_BYTES).position(at);
            Optional<Entry> entry = NdTiffIndex.read(one, common);
            boolean meant = entry.filter(e -> e.t() == t
                            && e.c() == c
                            && e.position() == position
                            && e.plane() >= first
                            && e.plane() < first + stack.pixels().depth())
                    .isPresent();
            if (!meant) {
                kept.put(one.position(at));
            }
        }
        replaceIndex(kept.flip());
    }
}
