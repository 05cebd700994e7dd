package io.nocturne.stream.stack;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Gives a finished file its name. A seam, so that tests can make it fail as Windows does while a reader holds a file. */
@FunctionalInterface
public interface FileMover {
    /** Renames atomically, replacing what is there. */
    FileMover ATOMIC =
            (from, to) -> Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

    /** Moves {@code from} to {@code to}, so that a reader sees the old file, none, or the new one whole. */
    void move(Path from, Path to) throws IOException;

    /**
     * A mover that tries again for about a second, with pauses of 1 to 256 ms, when the file system refuses: on Windows a
     * virus scanner or a reader may hold a file for a moment. What can't get better fails at once.
     */
    default FileMover retrying() {
        return (from, to) -> {
            for (int pauseMillis = 1; ; pauseMillis *= 2) {
                try {
                    move(from, to);
                    return;
                } catch (NoSuchFileException | AtomicMoveNotSupportedException | DirectoryNotEmptyException hopeless) {
                    throw hopeless;
                } catch (FileSystemException refused) {
                    if (pauseMillis > 512) {
                        throw refused;
                    }
                    pause(pauseMillis, refused);
                }
            }
        };
    }

    private static void pause(int millis, IOException reason) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("Interrupted while renaming: " + reason.getMessage());
            interrupted.initCause(reason);
            throw interrupted;
        }
    }
}
