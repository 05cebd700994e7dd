package io.nocturne.stream.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file that says where an NDTiff dataset's images lie, an entry each. Source: the NDTiff specification, version 3, which
 * lets entries be of any length. Ours have 128 bytes, filled up with the blanks that JSON allows, so that none crosses a page
 * of memory and neither a kill nor a reader finds half of one. Where two name one image the later holds.
 */
final class NdTiffIndex {
    static final String NAME = "NDTiff.index";
    static final int ENTRY_BYTES = 128;

    private static final int FIXED_BYTES = 4 + 4 + 8 * 4;

    private NdTiffIndex() {}

    /**
     * One image.
     *
     * @param plane along z
     * @param file name of the TIFF file that holds it
     * @param pixelsAt where its pixels begin in that file
     */
    record Entry(long t, int c, int plane, int position, String file, long pixelsAt, long metadataAt) {}

    /** What all images of a dataset have in common. */
    record Common(Stack stack, int metadataBytes) {
        private int pixelType() {
            return stack.pixels().pixelType().bytes() - 1;
        }
    }

    /** An index without an entry, to be filled. */
    static ByteBuffer buffer(int entries) {
        return ByteBuffer.allocateDirect(entries * ENTRY_BYTES).order(ByteOrder.nativeOrder());
    }

    /** The axes of an image as JSON, without those along which this dataset has one image only; time is always there. */
    static StringBuilder axes(StringBuilder text, Stack stack, long t, int c, int plane, int position) {
        text.append('{');
        if (stack.stream().channels().size() > 1) {
            text.append("\"channel\":").append(c).append(',');
        }
        if (stack.stream().positions() > 1) {
            text.append("\"position\":").append(position).append(',');
        }
        text.append("\"time\":").append(t);
        if (stack.sizeZ() > 1) {
            text.append(",\"z\":").append(plane);
        }
        return text.append('}');
    }

    /** Whether every image's axes fit an entry, in a file of that name with four digits more. */
    static boolean fits(Stack stack, String firstFile) {
        int channels = stack.stream().channels().size();
        int positions = stack.stream().positions();
        int axes = axes(new StringBuilder(), stack, Integer.MAX_VALUE, channels, stack.sizeZ(), positions)
                .length();
        return FIXED_BYTES + axes + firstFile.length() + "_9999".length() <= ENTRY_BYTES;
    }

    /** Adds an entry to a buffer. {@code text} is room to work in. */
    static void put(ByteBuffer out, Entry entry, Common common, StringBuilder text) {
        text.setLength(0);
        axes(text, common.stack(), entry.t(), entry.c(), entry.plane(), entry.position());
        int axesBytes = ENTRY_BYTES - FIXED_BYTES - entry.file().length();
        out.putInt(axesBytes);
        for (int i = 0; i < axesBytes; i++) {
            out.put((byte) (i < text.length() ? text.charAt(i) : ' '));
        }
        out.putInt(entry.file().length());
        for (int i = 0; i < entry.file().length(); i++) {
            out.put((byte) entry.file().charAt(i));
        }
        out.putInt((int) entry.pixelsAt())
                .putInt(common.stack().pixels().width())
                .putInt(common.stack().pixels().height())
                .putInt(common.pixelType())
                .putInt(0)
                .putInt((int) entry.metadataAt())
                .putInt(common.metadataBytes())
                .putInt(0);
    }

    /** Reads the entry at a buffer's position; empty if it isn't one of a dataset of ours. */
    static Optional<Entry> read(ByteBuffer in, Common common) {
        int axesBytes = in.getInt();
        if (axesBytes < 2 || axesBytes > ENTRY_BYTES - FIXED_BYTES) {
            return Optional.empty();
        }
        String axes = text(in, axesBytes);
        int nameBytes = in.getInt();
        if (nameBytes != ENTRY_BYTES - FIXED_BYTES - axesBytes) {
            return Optional.empty();
        }
        String file = text(in, nameBytes);
        long pixelsAt = Integer.toUnsignedLong(in.getInt());
        boolean same = in.getInt() == common.stack().pixels().width()
                && in.getInt() == common.stack().pixels().height()
                && in.getInt() == common.pixelType()
                && in.getInt() == 0;
        long metadataAt = Integer.toUnsignedLong(in.getInt());
        return same ? place(axes, common.stack(), file, pixelsAt, metadataAt) : Optional.empty();
    }

    /** What axes mean; empty if they lie outside the dataset. */
    static Optional<Entry> place(String axes, Stack stack, String file, long pixelsAt, long metadataAt) {
        JsonNode at;
        try {
            at = AtomicFile.JSON.readTree(axes);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
        long t = at.path("time").asLong(-1);
        int c = at.path("channel").asInt();
        int plane = at.path("z").asInt();
        int position = at.path("position").asInt();
        boolean inside = t >= 0
                && t < Integer.MAX_VALUE
                && c >= 0
                && c < stack.stream().channels().size()
                && plane >= 0
                && plane < stack.sizeZ()
                && position >= 0
                && position < stack.stream().positions();
        return inside ? Optional.of(new Entry(t, c, plane, position, file, pixelsAt, metadataAt)) : Optional.empty();
    }

    private static String text(ByteBuffer in, int bytes) {
        byte[] text = new byte[bytes];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Puts another index in the place of a dataset's, whole or not at all. */
    static void replace(Path folder, ByteBuffer entries) throws IOException {
        Files.createDirectories(folder);
        AtomicFile.write(folder.resolve(NAME), entries, FileMover.ATOMIC.retrying());
    }
}
