package io.nocturne.stream.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Metadata of one Zarr array: shape, chunks, type, codecs and where its chunks lie. Immutable. Source: Zarr v3 core
 * specification; reads version 2 as well.
 *
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
        List<Long> shape,
        List<Integer> chunk,
        Optional<Sharding> sharding,
        SampleType type,
        ChunkCodec codec,
        String prefix,
        char separator,
        List<String> axes) {
    static final String METADATA = "zarr.json";
    private static final int MOST_AXES = 16;
    private static final int MOST_ENTRIES = 1 << 24;

    ZarrArray withLength(long length) {
        List<Long> grown = new ArrayList<>(shape);
        grown.set(0, length);
        return new ZarrArray(List.copyOf(grown), chunk, sharding, type, codec, prefix, separator, axes);
    }

    int chunkBytes() {
        int bytes = type.bytes();
        for (int side : chunk) {
            bytes = Math.multiplyExact(bytes, side);
        }
        return bytes;
    }

    ZarrArray withSharding(Sharding shards) {
        return new ZarrArray(shape, chunk, Optional.of(shards), type, codec, prefix, separator, axes);
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

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("zarr_format", 3);
        json.put("node_type", "array");
        shape.forEach(json.putArray("shape")::add);
        json.put("data_type", type.pixelType().typeName());
        ArrayNode sides = json.putObject("chunk_grid")
                .put("name", "regular")
                .putObject("configuration")
                .putArray("chunk_shape");
        sharding.map(Sharding::shape).orElse(chunk).forEach(sides::add);
        json.putObject("chunk_key_encoding")
                .put("name", "default")
                .putObject("configuration")
                .put("separator", String.valueOf(separator));
        json.put("fill_value", 0);
        if (sharding.isPresent()) {
            json.putArray("codecs").add(sharding.get().toJson(chunk, codec));
        } else {
            json.set("codecs", codec.toJson());
        }
        json.putObject("attributes");
        axes.forEach(json.putArray("dimension_names")::add);
        return json;
    }

    /** Reads {@code zarr.json} or {@code .zarray} in that folder. */
    static ZarrArray read(Path folder) throws IOException {
        Path file = folder.resolve(METADATA);
        boolean v3 = Files.exists(file);
        if (!v3) {
            file = folder.resolve(".zarray");
        }
        JsonNode json = readJson(file);
        try {
            ZarrArray array = v3 ? parseV3(json, file.toString()) : parseV2(json, file.toString());
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

    private static ZarrArray parseV3(JsonNode json, String where) throws StackException {
        if (!json.path("node_type").asText().equals("array")) {
            throw new StackException(
                    where + " describes a " + json.path("node_type").asText("thing") + ", not an array");
        }
        JsonNode grid = json.path("chunk_grid");
        require(where, "chunk_grid", grid.path("name").asText(), "regular");
        JsonNode encoding = json.path("chunk_key_encoding");
        boolean v2Keys = encoding.path("name").asText().equals("v2");
        if (!v2Keys) {
            require(where, "chunk_key_encoding", encoding.path("name").asText(), "default");
        }
        String separator = encoding.path("configuration").path("separator").asText(v2Keys ? "." : "/");
        JsonNode transformers = json.path("storage_transformers");
        if (transformers.isArray() && !transformers.isEmpty()) {
            throw new StackException(where + " uses storage transformers, which aren't read here");
        }
        List<String> axes = new ArrayList<>();
        json.path("dimension_names").forEach(name -> axes.add(name.asText("")));
        List<Integer> outer = ints(grid.path("configuration").path("chunk_shape"));
        JsonNode codecs = json.path("codecs");
        JsonNode packed = codecs.path(0).path("configuration");
        boolean sharded =
                codecs.size() == 1 && codecs.path(0).path("name").asText().equals("sharding_indexed");
        List<Integer> chunk = sharded ? ints(packed.path("chunk_shape")) : outer;
        return new ZarrArray(
                longs(json.path("shape")),
                chunk,
                sharded ? Optional.of(Sharding.parse(packed, outer, chunk, where)) : Optional.empty(),
                type(json.path("data_type").asText(), where),
                ChunkCodec.parseV3(sharded ? packed.path("codecs") : codecs, where),
                v2Keys ? "" : "c",
                separator.charAt(0),
                List.copyOf(axes));
    }

    private static ZarrArray parseV2(JsonNode json, String where) throws StackException {
        require(where, "order", json.path("order").asText("C"), "C");
        String dtype = json.path("dtype").asText();
        ByteOrder order = dtype.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return new ZarrArray(
                longs(json.path("shape")),
                ints(json.path("chunks")),
                Optional.empty(),
                NumpyType.parse(dtype, where),
                ChunkCodec.parseV2(json, order, where),
                "",
                json.path("dimension_separator").asText(".").charAt(0),
                List.of());
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

    private static SampleType type(String name, String where) throws StackException {
        return switch (name) {
            case "uint8" -> SampleType.UINT8;
            case "uint16" -> SampleType.UINT16;
            case "float32" -> SampleType.FLOAT32;
            case "int8" -> SampleType.INT8;
            case "int16" -> SampleType.INT16;
            case "int32" -> SampleType.INT32;
            case "uint32" -> SampleType.UINT32;
            case "float64" -> SampleType.FLOAT64;
            default ->
                throw new StackException(where + " has samples of type '" + name
                        + "', which isn't read here: convert the array to uint8, uint16 or float32");
        };
    }

    private static void require(String where, String what, String found, String expected) throws StackException {
        if (!found.equals(expected)) {
            throw new StackException(
                    where + " has the " + what + " '" + found + "'; only '" + expected + "' is read here");
        }
    }

    private static List<Long> longs(JsonNode numbers) {
        List<Long> list = new ArrayList<>();
        numbers.forEach(number -> list.add(number.asLong(-1)));
        return List.copyOf(list);
    }

    private static List<Integer> ints(JsonNode numbers) {
        List<Integer> list = new ArrayList<>();
        numbers.forEach(number -> list.add(Math.toIntExact(number.asLong(-1))));
        return List.copyOf(list);
    }
}
