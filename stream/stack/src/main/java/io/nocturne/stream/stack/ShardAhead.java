package io.nocturne.stream.stack;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empty shards, made before they are needed: a file and up to five folders take milliseconds, several frames' time, while a
 * rename takes microseconds. A shard that waits has a temporary name, full length and an empty index; any shard can be made
 * of it. Calls come from one thread; the files are made by the executor's.
 */
final class ShardAhead implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardAhead.class);
    private static final Set<StandardOpenOption> NEW = Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.SPARSE);

    private final Path folder;
    private final Path waiting;
    private final ShardIndex empty;
    private final long indexAt;
    private final FileMover mover;
    private final Executor maker;
    private CompletableFuture<FileChannel> next;
    private Path folders;

    /**
     * @param folder of the array
     * @param empty index without entries
     * @param indexAt where it belongs
     * @param maker runs what is made ahead; one that refuses leaves it to the caller
     */
    ShardAhead(Path folder, ShardIndex empty, long indexAt, FileMover mover, Executor maker) {
        this.folder = folder;
        this.waiting = folder.resolve(".next" + AtomicFile.TEMPORARY);
        this.empty = empty;
        this.indexAt = indexAt;
        this.mover = mover;
        this.maker = maker;
    }

    /** Begins to make the shard after this one, if none waits. */
    void prepare(Path expected) {
        if (next != null) {
            return;
        }
        folders = expected.getParent();
        CompletableFuture<FileChannel> made = new CompletableFuture<>();
        try {
            maker.execute(() -> {
                try {
                    Files.createDirectories(expected.getParent());
                    made.complete(make());
                } catch (IOException | RuntimeException e) {
                    // Tried again when the shard is needed, and reported then.
                    LOG.debug("No shard could be made ahead in {}", folder, e);
                    made.complete(null);
                }
            });
            next = made;
        } catch (RejectedExecutionException closing) {
            LOG.debug("No shard is made ahead in {} any more", folder);
        }
    }

    /** A new, empty shard of that name, open for reading and writing. */
    FileChannel take(Path path) throws IOException {
        FileChannel made = await();
        Files.createDirectories(path.getParent());
        if (made == null) {
            made = make();
        }
        try {
            mover.move(waiting, path);
            return made;
        } catch (IOException e) {
            discard(made, e);
            throw e;
        }
    }

    private FileChannel await() {
        FileChannel made = next == null ? null : next.join();
        next = null;
        return made;
    }

    private FileChannel make() throws IOException {
        FileChannel made = FileChannel.open(waiting, NEW);
        try {
            ShardCopy.index(empty, made, indexAt);
            return made;
        } catch (IOException e) {
            discard(made, e);
            throw e;
        }
    }

    private void discard(FileChannel made, IOException reason) {
        try {
            made.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
        AtomicFile.deleteQuietly(waiting, reason);
    }

    /** Takes away what was made in vain. */
    @Override
    public void close() throws IOException {
        FileChannel made = await();
        if (made == null) {
            return;
        }
        made.close();
        Files.deleteIfExists(waiting);
        for (Path level = folders; !level.equals(folder); level = level.getParent()) {
            try {
                Files.delete(level);
            } catch (DirectoryNotEmptyException | NoSuchFileException inUse) {
                return;
            }
        }
    }
}
