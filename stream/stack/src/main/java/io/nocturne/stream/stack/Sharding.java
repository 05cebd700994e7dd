package io.nocturne.stream.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * How the chunks of an array are packed into shard files. Source: Zarr codec {@code sharding_indexed} (ZEP 2). A shard has
 * an index of (offset, length) pairs, uint64, one for each chunk in row-major order; both are 2^64 - 1 where there is none.
 *
 * @param shape samples per shard and axis, multiples of the chunk's
 * @param indexOrder byte order of the index
 * @param indexCrc32c true if the index ends with its CRC-32C
 * @param indexAtEnd true if the index is the end of the file, false if it is its start
 */
record Sharding(List<Integer> shape, ByteOrder indexOrder, boolean indexCrc32c, boolean indexAtEnd) {
    /** The index of our own shards lies within one page of memory, so that a kill can't tear it. */
    static final int PAGE_BYTES = 4096;

    /** Most chunks of a shard of ours: their index and its checksum fit a page. */
    static final int MOST_CHUNKS = (PAGE_BYTES - 4) / ShardIndex.ENTRY_BYTES;

    /** A shard of ours stays about this small, but has 8 planes at least. */
    private static final long TARGET_BYTES = 256L << 20;

    private static final int LEAST_PLANES = 8;

    Sharding {
        shape = List.copyOf(shape);
    }

    /**
     * Shards for frames that come channel fastest, then z and time: one is full before the next is begun.
     *
     * @param array (t, c, z, y, x)
     * @param planes most planes of a shard
     */
    static Sharding of(ZarrArray array, int planes) {
        List<Long> size = array.shape();
        List<Integer> chunk = array.chunk();
        int perPlane = chunks(size.get(3), chunk.get(3)) * chunks(size.get(4), chunk.get(4));
        long planeBytes = (long) perPlane * array.chunkBytes();
        long most = Math.min(planes, MOST_CHUNKS / perPlane);
        most = Math.max(1, Math.min(most, Math.max(LEAST_PLANES, TARGET_BYTES / planeBytes)));
        int channels = (int) Math.min(size.get(1), most);
        int slices = (int) Math.min(size.get(2), most / channels);
        int times = (int) (most / channels / slices);
        return new Sharding(
                List.of(
                        times,
                        channels,
                        slices,
                        chunks(size.get(3), chunk.get(3)) * chunk.get(3),
                        chunks(size.get(4), chunk.get(4)) * chunk.get(4)),
                ByteOrder.LITTLE_ENDIAN,
                true,
                true);
    }

    /** True if the index of such shards can't outgrow a page. */
    static boolean fits(ZarrArray array) {
        return (long) chunks(array.shape().get(3), array.chunk().get(3))
                        * chunks(array.shape().get(4), array.chunk().get(4))
                <= MOST_CHUNKS;
    }

    private static int chunks(long size, int chunk) {
        return Math.toIntExact((size + chunk - 1) / chunk);
    }

    /** Chunks of a shard along an axis. */
    int across(List<Integer> chunk, int axis) {
        return shape.get(axis) / chunk.get(axis);
    }

    /** Chunks of a shard. */
    int entries(List<Integer> chunk) {
        int entries = 1;
        for (int axis = 0; axis < chunk.size(); axis++) {
            entries = Math.multiplyExact(entries, across(chunk, axis));
        }
        return entries;
    }

    /**
     * Where the index of our own shards begins: behind the room for every chunk with its head, at a page's start. There is
     * room for one more, so that a chunk of a full shard can be written again before the old one is given up.
     */
    static long indexAt(ZarrArray array) {
        int entries = array.sharding().orElseThrow().entries(array.chunk());
        long record = ShardLog.HEAD_BYTES + array.codec().mostBytes(array.chunkBytes());
        return (Math.multiplyExact(entries + 1, record) + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    }

    /** Which shard a chunk of the grid lies in. */
    long[] shardOf(List<Integer> chunk, long... grid) {
        long[] shard = new long[grid.length];
        for (int axis = 0; axis < grid.length; axis++) {
            shard[axis] = grid[axis] / across(chunk, axis);
        }
        return shard;
    }

    /** The shard that comes next when frames come channel fastest, then z and time. */
    long[] after(ZarrArray array, long... shard) {
        long[] next = shard.clone();
        for (int axis = 1; axis <= 2; axis++) {
            next[axis]++;
            if (next[axis] * shape.get(axis) < array.shape().get(axis)) {
                return next;
            }
            next[axis] = 0;
        }
        next[0]++;
        return next;
    }

    /** A chunk's entry in the index of its shard. */
    int entryOf(List<Integer> chunk, long... grid) {
        int entry = 0;
        for (int axis = 0; axis < grid.length; axis++) {
            int across = across(chunk, axis);
            entry = entry * across + (int) (grid[axis] % across);
        }
        return entry;
    }

    /** The chunk of the grid that an entry stands for. */
    long[] gridOf(List<Integer> chunk, long[] shard, int entry) {
        long[] grid = new long[shard.length];
        int rest = entry;
        for (int axis = shard.length - 1; axis >= 0; axis--) {
            int across = across(chunk, axis);
            grid[axis] = shard[axis] * across + rest % across;
            rest /= across;
        }
        return grid;
    }

    /** The codec, as the only one of the array's. */
    ObjectNode toJson(List<Integer> chunk, ChunkCodec codec) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", "sharding_indexed");
        ObjectNode configuration = json.putObject("configuration");
        chunk.forEach(configuration.putArray("chunk_shape")::add);
        configuration.set("codecs", codec.toJson());
        configuration.set(
                "index_codecs", new ChunkCodec(indexOrder, ChunkCodec.Compression.NONE, 0, indexCrc32c).toJson());
        configuration.put("index_location", indexAtEnd ? "end" : "start");
        return json;
    }

    /**
     * Reads the codec's configuration.
     *
     * @param shape of the array's chunk grid: the shards
     */
    static Sharding parse(JsonNode configuration, List<Integer> shape, List<Integer> chunk, String where)
            throws StackException {
        ChunkCodec index = ChunkCodec.parseV3(configuration.path("index_codecs"), where + " (index_codecs)");
        boolean whole = shape.size() == chunk.size();
        for (int axis = 0; whole && axis < chunk.size(); axis++) {
            whole = chunk.get(axis) > 0 && shape.get(axis) % chunk.get(axis) == 0;
        }
        if (!whole || index.compression() != ChunkCodec.Compression.NONE) {
            throw new StackException(where + " has shards of " + shape + " in chunks of " + chunk
                    + (whole ? " with a compressed index" : "") + ", which isn't read here");
        }
        String location = configuration.path("index_location").asText("end");
        if (!location.equals("end") && !location.equals("start")) {
            throw new StackException(
                    where + " has the index_location '" + location + "', which is neither end nor start");
        }
        return new Sharding(new ArrayList<>(shape), index.order(), index.crc32c(), location.equals("end"));
    }
}
