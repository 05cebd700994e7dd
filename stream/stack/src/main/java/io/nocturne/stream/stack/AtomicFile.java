package io.nocturne.stream.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Small files that are always whole: written under a temporary name, then renamed. */
final class AtomicFile {
    /** Ends the name of every temporary file of ours; {@link Verify} looks for it. */
    static final String TEMPORARY = ".tmp";

    static final Set<StandardOpenOption> WRITE_NEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectWriter PRETTY = JSON.writerWithDefaultPrettyPrinter();

    private AtomicFile() {}

    static void writeJson(Path file, JsonNode json, FileMover mover) throws IOException {
        write(file, ByteBuffer.wrap(PRETTY.writeValueAsBytes(json)), mover);
    }

    static void write(Path file, ByteBuffer content, FileMover mover) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + TEMPORARY);
        try {
            try (FileChannel channel = FileChannel.open(temporary, WRITE_NEW)) {
                while (content.hasRemaining()) {
                    channel.write(content);
                }
            }
            mover.move(temporary, file);
        } catch (IOException e) {
            deleteQuietly(temporary, e);
            throw e;
        }
    }

    /** Deletes what a failure left behind; a second failure is attached to the first. */
    static void deleteQuietly(Path file, Exception reason) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
