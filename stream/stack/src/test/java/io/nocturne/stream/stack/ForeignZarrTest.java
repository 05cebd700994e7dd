package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zarr that others wrote: big-endian version 2 with chunks over several planes, and what isn't read. */
class ForeignZarrTest {
    private static final int FRAMES = 5;
    private static final int HEIGHT = 7;
    private static final int WIDTH = 9;

    @TempDir
    Path root;

    @BeforeEach
    void makeOmeZarr04() throws IOException {
        Files.writeString(root.resolve(".zgroup"), "{\"zarr_format\":2}");
        Files.writeString(
                root.resolve(".zattrs"),
                """
                {"multiscales":[{"version":"0.4","axes":[
                  {"name":"t","type":"time","unit":"millisecond"},
                  {"name":"y","type":"space","unit":"nanometer"},{"name":"x","type":"space","unit":"nanometer"}],
                 "datasets":[{"path":"s0","coordinateTransformations":[{"type":"scale","scale":[20,65,65]}]}]}]}
                """);
        array("{\"id\":\"zlib\",\"level\":1}");
    }

    private void array(String compressor) throws IOException {
        Path array = Files.createDirectories(root.resolve("s0"));
        Files.writeString(
                array.resolve(".zarray"),
                """
                {"zarr_format":2,"shape":[5,7,9],"chunks":[2,4,4],"dtype":">u2","fill_value":0,"order":"C",
                 "filters":null,"dimension_separator":".","compressor":%s}
                """
                        .formatted(compressor));
        for (int t = 0; t < 3; t++) {
            for (int y = 0; y < 2; y++) {
                for (int x = 0; x < 3; x++) {
                    ByteBuffer chunk = ByteBuffer.allocate(2 * 2 * 4 * 4);
                    for (int i = 0; i < 32; i++) {
                        chunk.putShort((short) value(2 * t + i / 16, 4 * y + i / 4 % 4, 4 * x + i % 4));
                    }
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    try (OutputStream out = new DeflaterOutputStream(bytes)) {
                        out.write(chunk.array());
                    }
                    Files.write(array.resolve(t + "." + y + "." + x), bytes.toByteArray());
                }
            }
        }
    }

    private static int value(int t, int y, int x) {
        return 60_000 - 1000 * t - 50 * y - x;
    }

    @Test
    void omeZarr04OfOthersIsRead() throws IOException {
        try (StackReader reader = StackReader.open(root)) {
            assertThat(reader.frames()).isEqualTo(FRAMES);
            assertThat(reader.stream().pixelSizeUm()).isEqualTo(0.065);
            assertThat(reader.stream().framePeriodNanos()).isEqualTo(20_000_000L);
            ByteBuffer frame = Patterns.direct(reader.stream().frame());
            for (int t = FRAMES - 1; t >= 0; t--) {
                assertThat(reader.read(t, frame)).isTrue();
                for (int i = 0; i < WIDTH * HEIGHT; i++) {
                    assertThat(frame.getShort(2 * i) & 0xffff).isEqualTo(value(t, i / WIDTH, i % WIDTH));
                }
            }
        }
    }

    @Test
    void damagedAndUnknownCompressionIsNamed() throws IOException {
        Files.write(root.resolve("s0/1.0.0"), new byte[] {1, 2, 3});
        try (StackReader reader = StackReader.open(root)) {
            ByteBuffer frame = Patterns.direct(reader.stream().frame());
            assertThatThrownBy(() -> reader.read(2, frame))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("1.0.0");
        }
        array("{\"id\":\"blosc\"}");
        assertThatThrownBy(() -> StackReader.open(root))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("blosc")
                .hasMessageContaining("zstd");
    }

    @Test
    void shardsWithTheIndexAtTheStartAreRead() throws IOException {
        Path array = Files.createDirectories(root.resolve("sharded"));
        Files.writeString(
                array.resolve("zarr.json"),
                """
                {"zarr_format":3,"node_type":"array","shape":[3,2,3],"data_type":"uint16","fill_value":0,
                 "chunk_grid":{"name":"regular","configuration":{"chunk_shape":[4,2,3]}},
                 "chunk_key_encoding":{"name":"default","configuration":{"separator":"/"}},
                 "codecs":[{"name":"sharding_indexed","configuration":{"chunk_shape":[2,2,3],
                   "codecs":[{"name":"bytes","configuration":{"endian":"big"}}],
                   "index_codecs":[{"name":"bytes","configuration":{"endian":"big"}},{"name":"crc32c"}],
                   "index_location":"start"}}]}
                """);
        ByteBuffer shard = ByteBuffer.allocate(36 + 24 + 24);
        shard.putLong(60).putLong(24).putLong(36).putLong(24);
        CRC32C crc = new CRC32C();
        crc.update(shard.array(), 0, 32);
        shard.putInt(Integer.reverseBytes((int) crc.getValue()));
        for (int chunk : new int[] {1, 0}) {
            for (int i = 0; i < 12; i++) {
                shard.putShort((short) (100 * chunk + i));
            }
        }
        Path file = array.resolve("c/0/0/0");
        Files.createDirectories(file.getParent());
        Files.write(file, shard.array());
        try (StackReader reader = StackReader.open(array)) {
            ByteBuffer frame = Patterns.direct(reader.stream().frame());
            for (int t = 0; t < 3; t++) {
                assertThat(reader.read(t, frame)).isTrue();
                assertThat(frame.getShort(2)).isEqualTo((short) (100 * (t / 2) + 6 * (t % 2) + 1));
            }
        }
    }

    @Test
    void shardsOfUnevenChunksAreRefused() throws IOException {
        Path array = Files.createDirectories(root.resolve("sharded"));
        Files.writeString(
                array.resolve("zarr.json"),
                """
                {"zarr_format":3,"node_type":"array","shape":[4,8,8],"data_type":"uint16","fill_value":0,
                 "chunk_grid":{"name":"regular","configuration":{"chunk_shape":[4,8,8]}},
                 "chunk_key_encoding":{"name":"default","configuration":{"separator":"/"}},
                 "codecs":[{"name":"sharding_indexed","configuration":{"chunk_shape":[3,8,8],
                   "codecs":[{"name":"bytes","configuration":{"endian":"little"}}],
                   "index_codecs":[{"name":"bytes","configuration":{"endian":"little"}}]}}]}
                """);
        assertThatThrownBy(() -> StackReader.open(array))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("[4, 8, 8] in chunks of [3, 8, 8]");
    }

    @Test
    void anArrayWithoutPixelsIsRefused() throws IOException {
        Files.writeString(
                root.resolve("s0/.zarray"),
                "{\"shape\":[5,0,9],\"chunks\":[1,7,9],\"dtype\":\"<u2\",\"compressor\":null}");
        assertThatThrownBy(() -> StackReader.open(root))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("at least 1 x 1");
    }

    @Test
    void brokenMetadataIsAnErrorThatNamesTheFile() throws IOException {
        for (String broken : new String[] {
            "{",
            "{\"zarr_format\":2,\"shape\":[5,7],\"chunks\":[1],\"dtype\":\"<u2\",\"compressor\":null}",
            "{\"shape\":[5,7,9],\"chunks\":[99999,99999,99999],\"dtype\":\"<u2\",\"compressor\":null}",
            "{\"shape\":[5,7,9],\"chunks\":[0,1,1],\"dtype\":\"<u2\",\"compressor\":null}",
            "{\"shape\":[5,7,9],\"chunks\":[1,7,9],\"dtype\":\"<c8\",\"compressor\":null}",
            "[]"
        }) {
            Files.writeString(root.resolve("s0/.zarray"), broken);
            assertThatThrownBy(() -> StackReader.open(root))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining(".zarray");
        }
    }
}
