package io.nocturne.stream.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.github.luben.zstd.Zstd;
import java.nio.ByteOrder;

/**
 * How a chunk's samples become the bytes of its file: byte order, perhaps compression, perhaps a CRC-32C at the end.
 * Source: Zarr v3 core specification, codecs {@code bytes}, {@code gzip}, {@code zstd} and {@code crc32c}.
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
        ZLIB
    }

    /** What we write: native order, so that pixels go out as they lie in memory. */
    static ChunkCodec ofZstdLevel(int level) {
        return new ChunkCodec(ByteOrder.nativeOrder(), level == 0 ? Compression.NONE : Compression.ZSTD, level, true);
    }

    /** Bytes of a chunk's file, -1 if they depend on its content. */
    long fileBytes(int chunkBytes) {
        return compression == Compression.NONE ? chunkBytes + (crc32c ? 4L : 0L) : -1;
    }

    /** Most bytes that a chunk's file can have. */
    long mostBytes(int chunkBytes) {
        long content = compression == Compression.NONE ? chunkBytes : Zstd.compressBound(chunkBytes);
        return content + (crc32c ? 4L : 0L);
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

    /** Reads the codec list of a Zarr v3 array. */
    static ChunkCodec parseV3(JsonNode codecs, String where) throws StackException {
        ByteOrder order = null;
        Compression compression = Compression.NONE;
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
                case "zstd" -> compression = once(compression, Compression.ZSTD, where);
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
        return new ChunkCodec(order, compression, 0, crc);
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
                    default -> throw unsupported(compressor.path("id").asText(), where);
                };
        return new ChunkCodec(order, compression, 0, false);
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
                        + "zstd, gzip (zlib in Zarr v2) and crc32c: write the array again with one of these");
    }
}
