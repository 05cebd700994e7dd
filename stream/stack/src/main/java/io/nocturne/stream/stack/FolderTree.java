package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder with all that lies below it. */
final class FolderTree {
    /**
     * How much lies in a folder.
     *
     * @param files files, also in folders below
     * @param bytes their length, holes included
     */
    record Size(long files, long bytes) {}

    private FolderTree() {}

    static Size size(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            long files = 0;
            long bytes = 0;
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files++;
                bytes += Files.size(file);
            }
            return new Size(files, bytes);
        }
    }

    /** Deletes a folder; does nothing if there is none. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
