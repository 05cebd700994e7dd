package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** The chunk files that an array of ours really has. */
final class ZarrChunks {
    private final Path folder;
    private final ZarrArray array;

    /** Is told each chunk's place in the grid and its file. */
    @FunctionalInterface
    interface Visitor {
        void chunk(long[] grid, Path file) throws IOException;
    }

    ZarrChunks(Path folder) throws IOException {
        this.folder = folder;
        this.array = ZarrArray.read(folder);
    }

    /** Visits the chunks in no particular order; other files are passed over. */
    void forEach(Visitor visitor) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                long[] grid = grid(folder.relativize(file).toString().replace('\\', '/'));
                if (grid != null) {
                    visitor.chunk(grid, file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private long[] grid(String key) {
        String[] parts = key.split(array.separator() == '/' ? "/" : "\\.", -1);
        int skip = array.prefix().isEmpty() ? 0 : 1;
        if (parts.length != array.shape().size() + skip || (skip == 1 && !parts[0].equals(array.prefix()))) {
            return null;
        }
        long[] grid = new long[array.shape().size()];
        for (int axis = 0; axis < grid.length; axis++) {
            if (!parts[axis + skip].matches("\\d{1,18}")) {
                return null;
            }
            grid[axis] = Long.parseLong(parts[axis + skip]);
        }
        return grid;
    }
}
