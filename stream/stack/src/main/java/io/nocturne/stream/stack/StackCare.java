package io.nocturne.stream.stack;

import io.nocturne.stream.stack.Finding.Kind;
import io.nocturne.stream.stack.Finding.Severity;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What {@link Verify} asks of a stack and does to it, whichever its format. For a run that nobody writes. One thread at a
 * time.
 */
interface StackCare extends Closeable {
    /** Is told of planes that are there. */
    @FunctionalInterface
    interface Visitor {
        /**
         * A piece is there.
         *
         * @param plane along z, of which a product has several
         * @param first true for the first piece of a plane, if it is stored in several
         */
        void stored(long t, int c, int plane, boolean first) throws IOException;
    }

    /** Is told what is wrong with a stack's structure. */
    @FunctionalInterface
    interface Trouble {
        void found(Severity severity, Kind kind, String where, String sentence, boolean repaired);
    }

    /** Opens a stack of a run. */
    static StackCare open(RunFolder run, Path stack) throws IOException {
        if (NdTiffReader.accepts(stack)) {
            return new NdTiffCare(run, stack);
        }
        return Files.isDirectory(stack) ? new ZarrCare(run, stack) : new TiffCare(run, stack);
    }

    /** What the stack holds. */
    Stack stack();

    /** True if the format tells its readers how many time points there are, which may then be wrong. */
    default boolean tellsLength() {
        return true;
    }

    /** Time points that readers of the format are told of. */
    long length(int position);

    /** Looks whether frames can be found at all, before any is looked for; mends it if told to. */
    void checkStructure(boolean repair, Trouble trouble) throws IOException;

    /**
     * Reads a frame or product, whatever the stack's length says.
     *
     * @return false if it isn't there
     * @throws StackException if it is damaged
     */
    boolean read(long t, int c, int z, int position, ByteBuffer into) throws IOException;

    /** Visits everything that is stored at a position, in no particular order. */
    void forEach(int position, Visitor visitor) throws IOException;

    /** Makes readers see so many time points. */
    void lengthen(int position, long length) throws IOException;

    /** Moves a damaged product to lost+found; what it leaves is a hole. */
    void putAside(long t, int c, int z, int position) throws IOException;

    /** The folder of the Zarr array with a position's states. */
    Path states(int position);
}
