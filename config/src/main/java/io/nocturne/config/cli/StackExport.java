package io.nocturne.config.cli;

import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.OmeZarrVersion;
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
     * @param version of an OME-Zarr
     */
    static StackWriter create(Path out, Stack stack, long frames, OmeZarrVersion version) throws IOException {
        return isZarr(out)
                ? OmeZarrWriter.create(out, stack, OmeZarrWriter.Options.DEFAULT.withVersion(version))
                : TiffWriter.create(out, stack, frames);
    }

    /** Opens a stack to write, an OME-Zarr in the newest version. */
    static StackWriter create(Path out, Stack stack, long frames) throws IOException {
        return create(out, stack, frames, OmeZarrVersion.V0_5);
    }

    /** Copies every frame that is there. */
    static void copy(StackReader from, Path out, OmeZarrVersion version) throws IOException {
        StreamSpec stream = from.stream();
        ByteBuffer pixels = ByteBuffer.allocateDirect(stream.frame().bytes()).order(ByteOrder.nativeOrder());
        try (StackWriter writer = create(out, Stack.raw(stream), from.frames(), version)) {
            for (long i = 0; i < from.frames(); i++) {
                if (from.read(i, pixels)) {
                    writer.write(i, pixels);
                }
            }
        }
    }
}
