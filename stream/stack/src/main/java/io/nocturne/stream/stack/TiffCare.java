package io.nocturne.stream.stack;

import io.nocturne.stream.stack.Finding.Kind;
import io.nocturne.stream.stack.Finding.Severity;
import java.io.IOException;
import java.nio.file.Path;

/** An OME-TIFF under {@link StackCare}. */
final class TiffCare extends PlaneCare<OmeTiffReader> {
    TiffCare(RunFolder run, Path path) throws IOException {
        super(run, path, OmeTiffReader::openOurs);
    }

    /** Changes the file. */
    @FunctionalInterface
    private interface FileChange {
        void make(OmeTiffWriter writer) throws IOException;
    }

    private void changeFile(FileChange change) throws IOException {
        Stack stack = stack();
        change(() -> {
            try (OmeTiffWriter writer = OmeTiffWriter.append(path(), stack, Fsync.NONE)) {
                change.make(writer);
            }
        });
    }

    /** What the description tells of: other programs go by it. */
    @Override
    public long length(int position) {
        return reader().describedLength();
    }

    @Override
    public void checkStructure(boolean repair, Trouble trouble) throws IOException {
        if (!reader().isBrokenOff()) {
            return;
        }
        long pages = reader().pages();
        if (repair) {
            changeFile(writer -> {});
        }
        trouble.found(
                Severity.ERROR,
                Kind.PAGE_CHAIN_BROKEN,
                where(),
                "The chain of pages breaks off behind " + pages + " pages, as after a loss of power;"
                        + " what was written behind them can't be reached.",
                repair);
    }

    @Override
    public void lengthen(int position, long length) throws IOException {
        changeFile(writer -> writer.grow(length));
    }

    @Override
    void forget(long t, int c, int z, int position) throws IOException {
        changeFile(writer -> writer.makeHole(t, c, z, position));
    }
}
