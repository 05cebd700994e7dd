package io.nocturne.stream.stack;

import io.nocturne.stream.spi.FrameState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The states of a stack of products whose format has no place for them: one Zarr array (t, c, z) per position in a folder
 * beside it, as OME-Zarr 0.5 has within. {@link #mark} belongs to one thread and {@link #publish} to another.
 */
final class StateArrays {
    private static final FileMover MOVER = FileMover.ATOMIC.retrying();

    private final List<Path> folders = new ArrayList<>();
    private final List<ZarrArray> arrays = new ArrayList<>();
    private final List<ZarrStates> states = new ArrayList<>();

    private StateArrays() {}

    /** The folder beside a stack: {@code restored.state} for {@code restored.ome.tif}. */
    static Path folderOf(Path stack) {
        String name = String.valueOf(stack.getFileName());
        return stack.resolveSibling(name.split("\\.", 2)[0] + ".state");
    }

    /** Where the states of a position of an OME-Zarr lie. */
    static Path folderOf(Path zarr, Path image, int position, OmeZarrVersion version) {
        return version.hasStatesInside()
                ? image.resolve("state")
                : folderOf(zarr).resolve(String.valueOf(position));
    }

    /** Opens those of a stack, made where they are missing. */
    static StateArrays open(Path stack, Stack of) throws IOException {
        StateArrays all = new StateArrays();
        int channels = of.stream().channels().size();
        int slices = of.stream().zSlices();
        for (int position = 0; position < of.stream().positions(); position++) {
            Path folder = Files.createDirectories(folderOf(stack).resolve(String.valueOf(position)));
            boolean there = OmeZarrVersion.of(folder).isPresent();
            ZarrArray array =
                    there ? ZarrArray.read(folder) : ZarrStates.array(OmeZarrVersion.V0_5, channels, slices, '/');
            if (!there) {
                array.store(folder, MOVER);
            }
            all.folders.add(folder);
            all.arrays.add(array);
            all.states.add(new ZarrStates(folder, array, MOVER));
        }
        return all;
    }

    void mark(long t, int c, int z, int position, FrameState state) throws IOException {
        states.get(position).mark(t, c, z, state);
    }

    /** Writes what changed, then the lengths. */
    void publish(long length) throws IOException {
        for (int position = 0; position < states.size(); position++) {
            states.get(position).publish();
            ZarrArray array = arrays.get(position);
            if (array.shape().get(0) < length) {
                ZarrArray longer = array.withLength(length);
                longer.store(folders.get(position), MOVER);
                arrays.set(position, longer);
            }
        }
    }

    /** Time points of a position, 0 if nothing is known. */
    static long length(Path array) throws IOException {
        return OmeZarrVersion.of(array).isPresent()
                ? ZarrArray.read(array).shape().get(0)
                : 0;
    }

    /** The state of one frame as it lies on disk, 0 if nothing is known. */
    static int read(Path array, long t, int c, int z) throws IOException {
        Optional<OmeZarrVersion> version = OmeZarrVersion.of(array);
        if (version.isEmpty()) {
            return 0;
        }
        ZarrArray metadata = ZarrArray.read(array);
        if (t < 0 || t >= metadata.shape().get(0)) {
            return 0;
        }
        byte[] codes = new byte[metadata.chunkBytes()];
        int length = metadata.chunk().get(0);
        new ChunkDecoder(metadata.codec(), codes.length)
                .read(array.resolve(metadata.chunkKey(t / length, 0, 0)), ByteBuffer.wrap(codes));
        int at = (int) (t % length) * metadata.chunk().get(1) + c;
        return codes[at * metadata.chunk().get(2) + z];
    }
}
