package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Finds out by content which reader a path needs. */
final class StackFormats {
    private StackFormats() {}

    static StackReader open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "there is no such file or folder");
        }
        if (Files.isDirectory(path)) {
            return openFolder(path);
        }
        ByteBuffer head = ByteBuffer.allocate(8);
        try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
            while (head.hasRemaining() && in.read(head) >= 0) {
                // a short file leaves zeros
            }
        }
        int mark = head.getInt(0);
        if (mark >>> 16 == 0x4949 || mark >>> 16 == 0x4d4d) {
            Optional<OmeTiffReader> ours = OmeTiffReader.open(path);
            return ours.isPresent() ? ours.get() : TiffReader.open(path);
        }
        if (mark == 0x89504e47) {
            return PngReader.open(path);
        }
        if (mark == 0x934e554d || mark == 0x504b0304) {
            return NpyReader.open(path);
        }
        throw new StackException(
                path + " is none of the formats read here: OME-Zarr folder, TIFF, .npy, .npz, PNG, or a "
                        + "folder of TIFF or PNG frames");
    }

    private static StackReader openFolder(Path path) throws IOException {
        if (OmeZarrReader.accepts(path)) {
            return OmeZarrReader.open(path);
        }
        Optional<NdTiffReader> ours = NdTiffReader.accepts(path) ? NdTiffReader.open(path) : Optional.empty();
        return ours.isPresent() ? ours.get() : FrameFolder.open(path);
    }

    /** True for a run's stack that is no OME-Zarr. */
    static boolean isTiff(Path stack) {
        return Files.isRegularFile(stack) || NdTiffReader.accepts(stack);
    }

    /** A stream's name from a file's: without endings, and with dots for what a name may not hold. */
    static String streamName(Path path) {
        String name = String.valueOf(path.toAbsolutePath().normalize().getFileName());
        name = name.replaceFirst("(?i)(\\.ome)?\\.(tiff?|zarr|png|npy|npz)$", "");
        name = name.replaceAll("[^A-Za-z0-9._]", "_").replaceFirst("^[._]+", "");
        if (name.length() > 64) {
            name = name.substring(0, 64);
        }
        return name.isEmpty() ? "stack" : name;
    }
}
