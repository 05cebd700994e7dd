package io.nocturne.stream.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What formats under {@link StackCare} have in common that store plane after plane.
 *
 * @param <R> reads them
 */
abstract class PlaneCare<R extends PlaneReader> implements StackCare {
    /** Opens the stack for reading. */
    @FunctionalInterface
    interface Opener<R> {
        R open(Path path) throws IOException;
    }

    /** Changes the stack, while it isn't open for reading. */
    @FunctionalInterface
    interface Change {
        void make() throws IOException;
    }

    private final RunFolder run;
    private final Path path;
    private final Opener<R> opener;
    private R reader;

    PlaneCare(RunFolder run, Path path, Opener<R> opener) throws IOException {
        this.run = run;
        this.path = path;
        this.opener = opener;
        this.reader = opener.open(path);
    }

    /** Takes a frame out of what readers of the format see. */
    abstract void forget(long t, int c, int z, int position) throws IOException;

    final Path path() {
        return path;
    }

    /** The stack as it is now; until the next change. */
    final R reader() {
        return reader;
    }

    /** The stack's place in its run. */
    final String where() {
        return run.root().relativize(path).toString();
    }

    final void change(Change change) throws IOException {
        reader.close();
        change.make();
        reader = opener.open(path);
    }

    @Override
    public final Stack stack() {
        return reader.stack();
    }

    @Override
    public final boolean read(long t, int c, int z, int position, ByteBuffer into) throws IOException {
        return reader.read(t, c, z, position, into);
    }

    @Override
    public final void forEach(int position, Visitor visitor) throws IOException {
        reader.forEach((t, c, plane, p) -> {
            if (p == position) {
                visitor.stored(t, c, plane, true);
            }
        });
    }

    @Override
    public final void putAside(long t, int c, int z, int position) throws IOException {
        Path copy = path.resolveSibling(path.getFileName() + ".t" + t + ".c" + c + ".z" + z + ".p" + position);
        try {
            reader.copyStored(t, c, z, position, copy);
            Verify.putAside(run, copy);
        } finally {
            Files.deleteIfExists(copy);
        }
        forget(t, c, z, position);
    }

    @Override
    public final Path states(int position) {
        return reader.states(position);
    }

    @Override
    public final void close() throws IOException {
        reader.close();
    }
}
