package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;

/** Says what to do about a write that failed. */
final class WriteFailure {
    private WriteFailure() {}

    static StackException of(String what, Path path, IOException e) {
        return new StackException(
                what + " could not be written to " + path + " (" + reason(e) + "). " + advice(e)
                        + " What was stored before is whole and readable.",
                e);
    }

    private static String reason(IOException e) {
        String text = e.getMessage();
        return e.getClass().getSimpleName() + (text == null ? "" : ": " + text);
    }

    private static String advice(IOException e) {
        String text = String.valueOf(e.getMessage());
        if (text.contains("No space left") || text.contains("not enough space") || text.contains("out of disk space")) {
            return "The disk is full: free space or record to another disk.";
        }
        if (text.contains("uota")) {
            return "The disk quota is used up: free space or record to another disk.";
        }
        if (text.contains("Read-only") || e.getCause() instanceof ReadOnlyFileSystemException) {
            return "The disk is read-only: choose a folder that can be written to.";
        }
        if (text.contains("Too many open files")) {
            return "The process has too many files open: raise the limit (ulimit -n).";
        }
        if (e instanceof AtomicMoveNotSupportedException) {
            return "This file system can't rename atomically: choose a local disk.";
        }
        if (e instanceof AccessDeniedException) {
            return "Check the folder's permissions, and that no other program holds the file.";
        }
        if (e instanceof NoSuchFileException) {
            return "The run's folder is gone: was the drive removed, or the folder deleted or renamed?";
        }
        return "Check the disk and its connection.";
    }
}
