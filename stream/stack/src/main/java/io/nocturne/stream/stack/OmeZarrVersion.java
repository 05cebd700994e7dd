package io.nocturne.stream.stack;

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
 * The version of OME-Zarr that a stack is stored in, and the one place that knows how the two differ: the files of
 * metadata, what stands in them, and what arrays can have. Source: OME-NGFF 0.5 on the Zarr v3 core specification, OME-NGFF
 * 0.4 on the Zarr v2 specification.
 */
public enum OmeZarrVersion {
    /** Zarr v3: shards, and a checksum in every chunk. */
    V0_5("0.5") {
        @Override
        String arrayFile() {
            return "zarr.json";
        }

        @Override
        boolean hasShards() {
            return true;
        }

        @Override
        boolean hasStatesInside() {
            return true;
        }

        @Override
        String chunkPrefix() {
            return "c";
        }

        @Override
        ChunkCodec codec(int zstdLevel) {
            return ChunkCodec.native3(zstdLevel);
        }

        @Override
        ObjectNode arrayJson(ZarrArray array) {
            ObjectNode json = node("array");
            array.shape().forEach(json.putArray("shape")::add);
            json.put("data_type", array.type().pixelType().typeName());
            ArrayNode sides = json.putObject("chunk_grid")
                    .put("name", "regular")
                    .putObject("configuration")
                    .putArray("chunk_shape");
            array.sharding().map(Sharding::shape).orElse(array.chunk()).forEach(sides::add);
            json.putObject("chunk_key_encoding")
                    .put("name", "default")
                    .putObject("configuration")
                    .put("separator", String.valueOf(array.separator()));
            json.put("fill_value", 0);
            if (array.sharding().isPresent()) {
                json.putArray("codecs").add(array.sharding().get().toJson(array.chunk(), array.codec()));
            } else {
                json.set("codecs", array.codec().toJson());
            }
            json.putObject("attributes");
            array.axes().forEach(json.putArray("dimension_names")::add);
            return json;
        }

        @Override
        ZarrArray parseArray(JsonNode json, String where) throws StackException {
            if (!isArray(json)) {
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
                    this,
                    longs(json.path("shape")),
                    chunk,
                    sharded ? Optional.of(Sharding.parse(packed, outer, chunk, where)) : Optional.empty(),
                    sampleType(json.path("data_type").asText(), where),
                    ChunkCodec.parseV3(sharded ? packed.path("codecs") : codecs, where),
                    v2Keys ? "" : chunkPrefix(),
                    separator.charAt(0),
                    List.copyOf(axes));
        }

        @Override
        void writeGroup(Path folder, ObjectNode ome, Optional<ObjectNode> ours, FileMover mover) throws IOException {
            ObjectNode json = node("group");
            ObjectNode attributes = json.putObject("attributes");
            attributes.set("ome", ome);
            ours.ifPresent(own -> attributes.set(OURS, own));
            AtomicFile.writeJson(folder.resolve(arrayFile()), json, mover);
        }

        @Override
        boolean isArray(Path folder) throws IOException {
            return isArray(ZarrArray.readJson(folder.resolve(arrayFile())));
        }

        private static boolean isArray(JsonNode json) {
            return json.path("node_type").asText().equals("array");
        }

        @Override
        JsonNode attributes(Path folder) throws IOException {
            return ZarrArray.readJson(folder.resolve(arrayFile())).path("attributes");
        }

        @Override
        void stampTop(ObjectNode ome) {
            ome.put("version", number());
        }

        private static ObjectNode node(String type) {
            return object().put("zarr_format", 3).put("node_type", type);
        }
    },

    /** Zarr v2, which older readers know: a file per chunk, and no checksum in it. */
    V0_4("0.4") {
        @Override
        String arrayFile() {
            return ".zarray";
        }

        @Override
        boolean hasShards() {
            return false;
        }

        @Override
        boolean hasStatesInside() {
            return false;
        }

        @Override
        String chunkPrefix() {
            return "";
        }

        @Override
        ChunkCodec codec(int zstdLevel) {
            return ChunkCodec.native2(zstdLevel);
        }

        @Override
        ObjectNode arrayJson(ZarrArray array) {
            ObjectNode json = object().put("zarr_format", 2);
            array.shape().forEach(json.putArray("shape")::add);
            array.chunk().forEach(json.putArray("chunks")::add);
            json.put("dtype", NumpyType.name(array.type(), array.codec().order()));
            json.set("compressor", array.codec().compressorV2());
            json.put("fill_value", 0);
            json.put("order", "C");
            json.putNull("filters");
            json.put("dimension_separator", String.valueOf(array.separator()));
            return json;
        }

        @Override
        ZarrArray parseArray(JsonNode json, String where) throws StackException {
            require(where, "order", json.path("order").asText("C"), "C");
            String dtype = json.path("dtype").asText();
            ByteOrder order = dtype.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            return new ZarrArray(
                    this,
                    longs(json.path("shape")),
                    ints(json.path("chunks")),
                    Optional.empty(),
                    NumpyType.parse(dtype, where),
                    ChunkCodec.parseV2(json, order, where),
                    chunkPrefix(),
                    json.path("dimension_separator").asText(".").charAt(0),
                    List.of());
        }

        /** Attributes first: what is a group is one that has them. */
        @Override
        void writeGroup(Path folder, ObjectNode ome, Optional<ObjectNode> ours, FileMover mover) throws IOException {
            ObjectNode attributes = ome.deepCopy();
            ours.ifPresent(own -> attributes.set(OURS, own));
            AtomicFile.writeJson(folder.resolve(ATTRIBUTES), attributes, mover);
            AtomicFile.writeJson(folder.resolve(GROUP), object().put("zarr_format", 2), mover);
        }

        @Override
        boolean isArray(Path folder) {
            return Files.exists(folder.resolve(arrayFile()));
        }

        @Override
        JsonNode attributes(Path folder) throws IOException {
            Path file = folder.resolve(ATTRIBUTES);
            return Files.exists(file) ? ZarrArray.readJson(file) : object();
        }

        @Override
        void stampPart(ObjectNode part) {
            part.put("version", number());
        }
    };

    /** The member of a group's attributes that is ours. */
    static final String OURS = "nocturne";

    private static final String GROUP = ".zgroup";
    private static final String ATTRIBUTES = ".zattrs";

    private final String number;

    OmeZarrVersion(String number) {
        this.number = number;
    }

    /** As the specification is called, such as {@code 0.5}. */
    public String number() {
        return number;
    }

    /** The version of the group or array in that folder; empty if there is neither. */
    static Optional<OmeZarrVersion> of(Path folder) {
        if (Files.exists(folder.resolve(V0_5.arrayFile()))) {
            return Optional.of(V0_5);
        }
        return Files.exists(folder.resolve(GROUP)) || Files.exists(folder.resolve(V0_4.arrayFile()))
                ? Optional.of(V0_4)
                : Optional.empty();
    }

    /** Name of the file with an array's metadata. */
    abstract String arrayFile();

    /** True if many chunks may lie in one file. */
    abstract boolean hasShards();

    /**
     * True if the states of products may lie in the image's folder. Bio-Formats takes every array of a Zarr v2 hierarchy
     * for an image.
     */
    abstract boolean hasStatesInside();

    /** First part of a chunk's name. */
    abstract String chunkPrefix();

    /** How we encode chunks. */
    abstract ChunkCodec codec(int zstdLevel);

    abstract ObjectNode arrayJson(ZarrArray array);

    /**
     * Reads an array's metadata.
     *
     * @param where it stands, for messages
     */
    abstract ZarrArray parseArray(JsonNode json, String where) throws StackException;

    /**
     * Makes a folder a group, or changes its attributes; whoever reads sees the old ones or the new ones.
     *
     * @param ome what OME-NGFF says about it
     * @param ours what else we know
     */
    abstract void writeGroup(Path folder, ObjectNode ome, Optional<ObjectNode> ours, FileMover mover)
            throws IOException;

    /** True if that folder, which has this version, is an array, false if it is a group. */
    abstract boolean isArray(Path folder) throws IOException;

    /** Attributes of the group in that folder. */
    abstract JsonNode attributes(Path folder) throws IOException;

    /** Puts the version at the top of the OME metadata, where this version has it there. */
    void stampTop(ObjectNode ome) {}

    /** Puts the version into a part of the OME metadata, where this version has it there. */
    void stampPart(ObjectNode part) {}

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static SampleType sampleType(String name, String where) throws StackException {
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
