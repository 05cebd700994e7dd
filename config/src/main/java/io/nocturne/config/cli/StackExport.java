package io.nocturne.config.cli;

import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.Stack;
import io.nocturne.stream.stack.StackReader;
import io.nocturne.stream.stack.StackWriter;
import io.nocturne.stream.stack.TiffWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;

/** Stacks as files for other programs, the format by the name: TIFF or OME-Zarr. */
final class StackExport {
    private StackExport() {}

    /** True if a name asks for a stack of its own, not for a run. */
    static boolean isStack(Path out) {
        return isZarr(out) || name(out).matches(".*\\.tiff?");
    }

    private static boolean isZarr(Path out) {
        return name(out).endsWith(".zarr");
    }

    private static String name(Path out) {
        return out.getFileName().toString().toLowerCase(Locale.ROOT);
    }

    /**
     * Opens a stack to write.
     *
     * @param frames most that will be written
     */
    static StackWriter create(Path out, Stack stack, long frames) throws IOException {
        return isZarr(out)
                ? OmeZarrWriter.create(out, stack, OmeZarrWriter.Options.DEFAULT)
                : TiffWriter.create(out, stack, frames);
    }

    /** Copies every frame that is there. */
    static void copy(StackReader from, Path out) throws IOException {
        StreamSpec stream = from.stream();
        ByteBuffer pixels = ByteBuffer.allocateDirect(stream.frame().bytes()).order(ByteOrder.nativeOrder());
        try (StackWriter writer = create(out, Stack.raw(stream), from.frames())) {
            for (long i = 0; i < from.frames(); i++) {
                if (from.read(i, pixels)) {
                    writer.write(i, pixels);
                }
            }
        }
    }
}
