package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A file per chunk, written under a temporary name and renamed. */
final class ChunkFileWriter implements ChunkWriter {
    private final Path folder;
    private final ZarrArray array;
    private final FileMover mover;
    private final Fsync fsync;
    private final Path temporary;
    /** The folder last made at each level; those of the next chunk are mostly the same. */
    private final long[] lastFolder;

    private final ConcurrentLinkedQueue<Path> unsynced = new ConcurrentLinkedQueue<>();

    ChunkFileWriter(Path folder, ZarrArray array, FileMover mover, Fsync fsync) {
        this.folder = folder;
        this.array = array;
        this.mover = mover;
        this.fsync = fsync;
        this.temporary = folder.resolve(".chunk" + AtomicFile.TEMPORARY);
        this.lastFolder = new long[array.shape().size() - 1];
        Arrays.fill(lastFolder, -1);
    }

    @Override
    public void write(ChunkEncoder chunk, long... grid) throws IOException {
        Path target = folder.resolve(array.chunkKey(grid));
        try {
            prepareFolders(grid);
            try (FileChannel out = FileChannel.open(temporary, AtomicFile.WRITE_NEW)) {
                writeFully(out, chunk.head());
                writeFully(out, chunk.content());
                writeFully(out, chunk.trailer());
                if (fsync.each()) {
                    out.force(false);
                }
            }
            mover.move(temporary, target);
        } catch (IOException e) {
            Arrays.fill(lastFolder, -1);
            AtomicFile.deleteQuietly(temporary, e);
            throw WriteFailure.of("A frame", target, e);
        }
        if (!fsync.each() && !fsync.never()) {
            unsynced.add(target);
        }
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    @Override
    public void sync() throws IOException {
        for (Path file = unsynced.peek(); file != null; file = unsynced.peek()) {
            try (FileChannel written = FileChannel.open(file, StandardOpenOption.WRITE)) {
                written.force(false);
            }
            unsynced.remove();
        }
    }

    /** Makes the folders c/T/C/Z/Y that are not those of the chunk before. */
    private void prepareFolders(long[] grid) throws IOException {
        if (array.separator() != '/') {
            return;
        }
        boolean same = true;
        for (int level = 0; level < lastFolder.length; level++) {
            same &= lastFolder[level] == grid[level];
            lastFolder[level] = grid[level];
            if (!same) {
                createFolder(array.chunkKey(Arrays.copyOf(grid, level + 1)));
            }
        }
    }

    private void createFolder(String key) throws IOException {
        Path wanted = folder.resolve(key);
        try {
            Files.createDirectory(wanted);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(wanted)) {
                throw e;
            }
        } catch (NoSuchFileException e) {
            Files.createDirectories(wanted);
        }
    }

    @Override
    public void close() throws IOException {
        if (!fsync.never()) {
            sync();
        }
    }
}
