package io.nocturne.stream.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Metadata of one Zarr array: shape, chunks, type, codecs and where its chunks lie. Immutable.
 *
 * @param version how the metadata is written
 * @param shape samples per axis
 * @param chunk samples per chunk and axis; in a file a chunk is always whole, also at an edge
 * @param sharding how chunks are packed into shards; empty if each has a file of its own
 * @param type of a sample
 * @param codec from samples to bytes
 * @param prefix {@code "c"} in version 3, empty in version 2
 * @param separator between the numbers of a chunk's name, {@code '/'} or {@code '.'}
 * @param axes names of the axes, such as t, c, z, y, x; empty if the array has none
 */
record ZarrArray(
        OmeZarrVersion version,
        List<Long> shape,
        List<Integer> chunk,
        Optional<Sharding> sharding,
        SampleType type,
        ChunkCodec codec,
        String prefix,
        char separator,
        List<String> axes) {
    private static final int MOST_AXES = 16;
    private static final int MOST_ENTRIES = 1 << 24;

    ZarrArray withLength(long length) {
        List<Long> grown = new ArrayList<>(shape);
        grown.set(0, length);
        return new ZarrArray(version, List.copyOf(grown), chunk, sharding, type, codec, prefix, separator, axes);
    }

    int chunkBytes() {
        int bytes = type.bytes();
        for (int side : chunk) {
            bytes = Math.multiplyExact(bytes, side);
        }
        return bytes;
    }

    ZarrArray withSharding(Sharding shards) {
        return new ZarrArray(version, shape, chunk, Optional.of(shards), type, codec, prefix, separator, axes);
    }

    /** Path of a chunk's or a shard's file below the array's folder, from its place in the grid. */
    String chunkKey(long... grid) {
        StringBuilder key = new StringBuilder(32).append(prefix);
        for (long at : grid) {
            if (key.length() > 0) {
                key.append(separator);
            }
            key.append(at);
        }
        return key.toString();
    }

    /** Writes the metadata into that folder, whole or not at all. */
    void store(Path folder, FileMover mover) throws IOException {
        AtomicFile.writeJson(folder.resolve(version.arrayFile()), version.arrayJson(this), mover);
    }

    /** Reads {@code zarr.json} or {@code .zarray} in that folder. */
    static ZarrArray read(Path folder) throws IOException {
        OmeZarrVersion version = OmeZarrVersion.of(folder).orElse(OmeZarrVersion.V0_4);
        Path file = folder.resolve(version.arrayFile());
        JsonNode json = readJson(file);
        try {
            ZarrArray array = version.parseArray(json, file.toString());
            array.validate(file.toString());
            return array;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new StackException(file + " is not the metadata of an array: " + e.getMessage(), e);
        }
    }

    static JsonNode readJson(Path file) throws IOException {
        if (Files.size(file) > 16L << 20) {
            throw new StackException(file + " has " + Files.size(file) + " bytes, too many for metadata");
        }
        try {
            return AtomicFile.JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new StackException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private void validate(String where) throws StackException {
        boolean sane = !shape.isEmpty() && shape.size() <= MOST_AXES && shape.size() == chunk.size();
        for (int axis = 0; sane && axis < shape.size(); axis++) {
            sane = shape.get(axis) >= 0 && chunk.get(axis) > 0;
        }
        if (!sane || (separator != '/' && separator != '.')) {
            throw new StackException(
                    where + " has the shape " + shape + " in chunks of " + chunk + ": the array's metadata is damaged");
        }
        if (sharding.isPresent() && sharding.get().entries(chunk) > MOST_ENTRIES) {
            throw new StackException(where + " has shards of " + sharding.get().entries(chunk) + " chunks; at most "
                    + MOST_ENTRIES + " are read here");
        }
        if (chunkBytes() < 0) {
            throw new StackException(where + " has chunks of more than 2 GiB, which aren't read here");
        }
    }
}
