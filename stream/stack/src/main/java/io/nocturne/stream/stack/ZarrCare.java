package io.nocturne.stream.stack;

import io.nocturne.stream.stack.Finding.Kind;
import io.nocturne.stream.stack.Finding.Severity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** An OME-Zarr under {@link StackCare}. */
final class ZarrCare implements StackCare {
    private final RunFolder run;
    private final Path zarr;
    private final OmeZarrReader reader;

    ZarrCare(RunFolder run, Path zarr) throws IOException {
        this.run = run;
        this.zarr = zarr;
        this.reader = OmeZarrReader.open(zarr);
    }

    private Path image(int position) {
        return OmeZarrWriter.imageFolder(zarr, reader.stack(), position);
    }

    private Path array(int position) {
        return image(position).resolve("0");
    }

    @Override
    public Stack stack() {
        return reader.stack();
    }

    @Override
    public long length(int position) {
        return reader.length(position);
    }

    @Override
    public void checkStructure(boolean repair, Trouble trouble) throws IOException {
        for (int position = 0; position < stack().stream().positions(); position++) {
            ZarrRepair.indexes(
                    array(position),
                    repair,
                    (shard, found) -> trouble.found(
                            Severity.ERROR,
                            Kind.SHARD_INDEX_DAMAGED,
                            run.root().relativize(shard).toString(),
                            "The index that says where frames lie in the file is damaged; " + found
                                    + " frames can be found without it.",
                            repair && found > 0));
        }
    }

    @Override
    public boolean read(long t, int c, int z, int position, ByteBuffer into) throws IOException {
        return reader.readStored(t, c, z, position, into);
    }

    @Override
    public void forEach(int position, Visitor visitor) throws IOException {
        Path array = array(position);
        new ZarrChunks(array, ZarrArray.read(array))
                .forEach((grid, file) ->
                        visitor.stored(grid[0], (int) grid[1], (int) grid[2], grid[3] == 0 && grid[4] == 0));
    }

    @Override
    public void lengthen(int position, long length) throws IOException {
        Path array = array(position);
        ZarrArray.read(array).withLength(length).store(array, FileMover.ATOMIC.retrying());
    }

    @Override
    public void putAside(long t, int c, int z, int position) throws IOException {
        ZarrRepair.putAside(
                run, array(position), t, c, stack().firstZ(z), stack().pixels().depth());
    }

    @Override
    public Path states(int position) {
        Path image = image(position);
        OmeZarrVersion version = OmeZarrVersion.of(image).orElseThrow();
        return StateArrays.folderOf(zarr, image, position, version);
    }

    @Override
    public void close() {
        reader.close();
    }
}
