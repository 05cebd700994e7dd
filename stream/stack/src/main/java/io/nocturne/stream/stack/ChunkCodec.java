package io.nocturne.stream.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.luben.zstd.Zstd;
import java.nio.ByteOrder;

/**
 * How a chunk's samples become the bytes of its file: byte order, perhaps compression, perhaps a CRC-32C at the end.
 * Source: Zarr v3 core specification, codecs {@code bytes}, {@code gzip}, {@code zstd} and {@code crc32c}; Zarr v2.
 *
 * @param order of the samples
 * @param compression of the ordered samples
 * @param level of zstd when writing
 * @param crc32c true if the last 4 bytes are the CRC-32C (little endian) of those before
 */
record ChunkCodec(ByteOrder order, Compression compression, int level, boolean crc32c) {
    enum Compression {
        NONE,
        ZSTD,
        GZIP,
        ZLIB,
        /** Zstd as Zarr v2's readers know it: inside of Blosc. */
        BLOSC_ZSTD
    }

    /** What we write in Zarr v3: native order, so that pixels go out as they lie in memory. */
    static ChunkCodec native3(int zstdLevel) {
        return ofNativeOrder(zstdLevel, Compression.ZSTD, true);
    }

    /** What we write in Zarr v2, which knows no checksums; its readers in Java know zstd only inside of Blosc. */
    static ChunkCodec native2(int zstdLevel) {
        return ofNativeOrder(zstdLevel, Compression.BLOSC_ZSTD, false);
    }

    private static ChunkCodec ofNativeOrder(int level, Compression compression, boolean crc32c) {
        return new ChunkCodec(ByteOrder.nativeOrder(), level == 0 ? Compression.NONE : compression, level, crc32c);
    }

    /** True if we compress with zstd, bare or wrapped. */
    boolean isZstd() {
        return compression == Compression.ZSTD || compression == Compression.BLOSC_ZSTD;
    }

    /** Bytes of a chunk's file, -1 if they depend on its content. */
    long fileBytes(int chunkBytes) {
        return compression == Compression.NONE ? chunkBytes + (crc32c ? 4L : 0L) : -1;
    }

    /** Most bytes that a chunk's file can have. */
    long mostBytes(int chunkBytes) {
        long content = compression == Compression.NONE ? chunkBytes : Zstd.compressBound(chunkBytes);
        int head = compression == Compression.BLOSC_ZSTD ? BloscFrame.HEAD_BYTES : 0;
        return head + content + (crc32c ? 4L : 0L);
    }

    ArrayNode toJson() {
        ArrayNode codecs = JsonNodeFactory.instance.arrayNode();
        codecs.addObject()
                .put("name", "bytes")
                .putObject("configuration")
                .put("endian", order == ByteOrder.LITTLE_ENDIAN ? "little" : "big");
        if (compression == Compression.ZSTD) {
            codecs.addObject()
                    .put("name", "zstd")
                    .putObject("configuration")
                    .put("level", level)
                    .put("checksum", false);
        }
        if (crc32c) {
            codecs.addObject().put("name", "crc32c");
        }
        return codecs;
    }

    /** The compressor of a Zarr v2 array, a JSON null for none. */
    JsonNode compressorV2() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        return switch (compression) {
            case BLOSC_ZSTD ->
                json.put("id", "blosc")
                        .put("cname", "zstd")
                        .put("clevel", Math.min(level, 9))
                        .put("shuffle", 0)
                        .put("blocksize", 0);
            case ZSTD -> json.put("id", "zstd").put("level", level);
            default -> JsonNodeFactory.instance.nullNode();
        };
    }

    /** Reads the codec list of a Zarr v3 array. */
    static ChunkCodec parseV3(JsonNode codecs, String where) throws StackException {
        ByteOrder order = null;
        Compression compression = Compression.NONE;
        int level = 0;
        boolean crc = false;
        for (JsonNode codec : codecs) {
            String name =
                    codec.isTextual() ? codec.asText() : codec.path("name").asText();
            boolean misplaced = crc || (order == null && !name.equals("bytes"));
            switch (name) {
                case "bytes" ->
                    order = "big"
                                    .equals(codec.path("configuration")
                                            .path("endian")
                                            .asText())
                            ? ByteOrder.BIG_ENDIAN
                            : ByteOrder.LITTLE_ENDIAN;
                case "zstd" -> {
                    compression = once(compression, Compression.ZSTD, where);
                    level = codec.path("configuration").path("level").asInt(0);
                }
                case "gzip" -> compression = once(compression, Compression.GZIP, where);
                case "crc32c" -> crc = true;
                default -> throw unsupported(name, where);
            }
            if (misplaced) {
                throw unsupported(name + " (at this place in the list)", where);
            }
        }
        if (order == null) {
            throw new StackException(where + " lists no 'bytes' codec: the array's metadata is damaged");
        }
        return new ChunkCodec(order, compression, level, crc);
    }

    /** Reads compressor, filters and byte order of a Zarr v2 array. */
    static ChunkCodec parseV2(JsonNode array, ByteOrder order, String where) throws StackException {
        JsonNode filters = array.path("filters");
        if (filters.isArray() && !filters.isEmpty()) {
            throw unsupported(filters.get(0).path("id").asText(), where);
        }
        JsonNode compressor = array.path("compressor");
        if (compressor.isNull() || compressor.isMissingNode()) {
            return new ChunkCodec(order, Compression.NONE, 0, false);
        }
        Compression compression =
                switch (compressor.path("id").asText()) {
                    case "zstd" -> Compression.ZSTD;
                    case "zlib" -> Compression.ZLIB;
                    case "gzip" -> Compression.GZIP;
                    case "blosc" -> bloscOf(compressor, where);
                    default -> throw unsupported(compressor.path("id").asText(), where);
                };
        return new ChunkCodec(
                order,
                compression,
                compressor.path("level").asInt(compressor.path("clevel").asInt(0)),
                false);
    }

    private static Compression bloscOf(JsonNode compressor, String where) throws StackException {
        String inside = compressor.path("cname").asText("lz4");
        if (!inside.equals("zstd") || compressor.path("shuffle").asInt(-1) != 0) {
            throw unsupported("blosc (with " + inside + ", shuffle " + compressor.path("shuffle") + ")", where);
        }
        return Compression.BLOSC_ZSTD;
    }

    private static Compression once(Compression before, Compression now, String where) throws StackException {
        if (before != Compression.NONE) {
            throw unsupported("compression in two steps", where);
        }
        return now;
    }

    private static StackException unsupported(String codec, String where) {
        return new StackException(
                where + " uses the codec '" + codec + "', which isn't read here. Supported are bytes, "
                        + "zstd, gzip (in Zarr v2 zlib and blosc with zstd, not shuffled) and crc32c: write the array again with one of these");
    }
}
