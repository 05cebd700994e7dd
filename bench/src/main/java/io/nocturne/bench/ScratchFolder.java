package io.nocturne.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A new folder that is gone again when closed. */
public final class ScratchFolder implements AutoCloseable {
    private final Path path;

    /**
     * @param under where to make it; null for the system's temporary folder
     */
    public ScratchFolder(Path under) throws IOException {
        if (under == null) {
            path = Files.createTempDirectory("nocturne-bench");
        } else {
            Files.createDirectories(under);
            path = Files.createTempDirectory(under, "nocturne-bench");
        }
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        delete(path);
    }

    /** Deletes a folder with all it holds. */
    public static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
