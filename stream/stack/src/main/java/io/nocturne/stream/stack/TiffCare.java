package io.nocturne.stream.stack;

import io.nocturne.stream.stack.Finding.Kind;
import io.nocturne.stream.stack.Finding.Severity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** An OME-TIFF under {@link StackCare}. */
final class TiffCare implements StackCare {
    private final RunFolder run;
    private final Path path;
    private OmeTiffReader reader;

    TiffCare(RunFolder run, Path path) throws IOException {
        this.run = run;
        this.path = path;
        open();
    }

    private void open() throws IOException {
        reader = OmeTiffReader.open(path)
                .orElseThrow(() -> new StackException(path + " is a TIFF file, but not of a run of Nocturne's"));
    }

    /** Changes the file, while it isn't open for reading. */
    private interface Change {
        void make(OmeTiffWriter writer) throws IOException;
    }

    private void change(Change change) throws IOException {
        Stack stack = stack();
        reader.close();
        try (OmeTiffWriter writer = OmeTiffWriter.append(path, stack, Fsync.NONE)) {
            change.make(writer);
        }
        open();
    }

    @Override
    public Stack stack() {
        return reader.stack();
    }

    /** What the description tells of: other programs go by it. */
    @Override
    public long length(int position) {
        return reader.describedLength();
    }

    @Override
    public void checkStructure(boolean repair, Trouble trouble) throws IOException {
        if (!reader.isBrokenOff()) {
            return;
        }
        int pages = reader.pages();
        if (repair) {
            change(writer -> {});
        }
        trouble.found(
                Severity.ERROR,
                Kind.PAGE_CHAIN_BROKEN,
                run.root().relativize(path).toString(),
                "The chain of pages breaks off behind " + pages + " pages, as after a loss of power;"
                        + " what was written behind them can't be reached.",
                repair);
    }

    @Override
    public boolean read(long t, int c, int z, int position, ByteBuffer into) throws IOException {
        return reader.read(t, c, z, position, into);
    }

    @Override
    public void forEach(int position, Visitor visitor) throws IOException {
        reader.forEach((t, c, plane, p) -> {
            if (p == position) {
                visitor.stored(t, c, plane, true);
            }
        });
    }

    @Override
    public void lengthen(int position, long length) throws IOException {
        change(writer -> writer.grow(length));
    }

    @Override
    public void putAside(long t, int c, int z, int position) throws IOException {
        Path copy = path.resolveSibling(path.getFileName() + ".t" + t + ".c" + c + ".z" + z + ".p" + position);
        try {
            reader.copyStored(t, c, z, position, copy);
            Verify.putAside(run, copy);
        } finally {
            Files.deleteIfExists(copy);
        }
        change(writer -> writer.makeHole(t, c, z, position));
    }

    @Override
    public Path states(int position) {
        return StateArrays.folderOf(path).resolve(String.valueOf(position));
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
