package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OmeZarrTest {
    private static final OmeZarrWriter.Options PLAIN = OmeZarrWriter.Options.DEFAULT;

    @TempDir
    Path folder;

    static void deleteAll(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(tries = 30)
    void whatIsWrittenIsReadBackForAnySizeAndChunks(
            @ForAll @IntRange(min = 1, max = 37) int width,
            @ForAll @IntRange(min = 1, max = 23) int height,
            @ForAll @IntRange(min = 5, max = 25) int chunkHeight,
            @ForAll @IntRange(min = 5, max = 39) int chunkWidth,
            @ForAll @IntRange(min = 0, max = 2) int zstd,
            @ForAll PixelType type,
            @ForAll @IntRange(min = 1, max = 3) int channels,
            @ForAll @IntRange(min = 1, max = 2) int slices,
            @ForAll @IntRange(min = 1, max = 2) int positions,
            @ForAll boolean dots,
            @ForAll @IntRange(min = 0, max = 9) int shardPlanes,
            @ForAll OmeZarrVersion version)
            throws IOException {
        Path root = Files.createTempDirectory("zarr");
        try {
            FrameSpec frame = new FrameSpec(width, height, type);
            StreamSpec stream = Patterns.stream(frame, channels, slices, positions);
            OmeZarrWriter.Options options =
                    PLAIN.withZstd(zstd).withChunks(chunkHeight, chunkWidth).withSeparator(dots ? '.' : '/');
            options = shardPlanes == 0
                    ? options.withLayout(OmeZarrWriter.Layout.FILES)
                    : options.withShardPlanes(shardPlanes);
            options = options.withVersion(version);
            int frames = 2 * stream.framesPerTimePoint();
            Path zarr = root.resolve("raw.ome.zarr");
            CRC32C crc = new CRC32C();
            try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(stream), options)) {
                for (int i = 0; i < frames; i++) {
                    writer.write(i, Patterns.frame(frame, i));
                    crc.reset();
                    crc.update(Patterns.frame(frame, i));
                    assertThat(writer.lastCrc32c()).isEqualTo(crc.getValue());
                }
            }
            try (StackReader reader = StackReader.open(zarr)) {
                assertThat(reader.frames()).isEqualTo(frames);
                assertThat(reader.stream().channels()).isEqualTo(stream.channels());
                assertThat(reader.stream().pixelSizeUm()).isEqualTo(0.065);
                assertThat(reader.stream().framePeriodNanos()).isEqualTo(50_000_000L);
                ByteBuffer read = Patterns.direct(frame);
                for (int i = 0; i < frames; i++) {
                    assertThat(reader.has(i)).isTrue();
                    assertThat(reader.read(i, read)).isTrue();
                    assertThat(read).isEqualTo(Patterns.frame(frame, i));
                }
            }
        } finally {
            deleteAll(root);
        }
    }

    private static RestorerSpec restorer(FrameSpec input, FrameSpec product, WindowSpec window) {
        return new RestorerSpec("test", "test", input, product, window, List.of("lo", "hi"));
    }

    @Test
    void productsMayBeLargerDeeperAndOfAnotherType() throws IOException {
        FrameSpec camera = new FrameSpec(17, 9, PixelType.UINT16);
        FrameSpec product = new FrameSpec(34, 18, 3, PixelType.FLOAT32);
        StreamSpec stream = Patterns.stream(camera, 2, 4, 1);
        Stack stack = Stack.restored(stream, restorer(camera, product, WindowSpec.WHOLE_STACK));
        Path zarr = folder.resolve("restored.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, stack, PLAIN)) {
            for (int t = 0; t < 2; t++) {
                for (int c = 0; c < 2; c++) {
                    for (int z = 0; z < 3; z++) {
                        writer.mark(t, c, z, 0, FrameState.RAW_ONLY);
                    }
                    writer.write(t, c, 3, 0, Patterns.frame(product, 2 * t + c));
                }
            }
        }
        JsonNode scale = ZarrArray.readJson(zarr.resolve("zarr.json"))
                .at("/attributes/ome/multiscales/0/datasets/0/coordinateTransformations/0/scale");
        assertThat(scale.get(4).asDouble()).isEqualTo(0.065 / 2);
        assertThat(scale.get(3).asDouble()).isEqualTo(0.065 / 2);
        assertThat(scale.get(2).asDouble()).isEqualTo(0.3 * 4 / 3);
        assertThat(scale.get(0).asDouble()).isEqualTo(0.05 * 8);
        try (OmeZarrReader reader = OmeZarrReader.open(zarr)) {
            assertThat(reader.stack().pixels()).isEqualTo(product);
            assertThat(reader.frames()).isEqualTo(4);
            ByteBuffer read = Patterns.direct(product);
            for (int i = 0; i < 4; i++) {
                assertThat(reader.read(i, read)).isTrue();
                assertThat(read).isEqualTo(Patterns.frame(product, i));
            }
            assertThat(reader.state(1, 1, 2, 0)).isEqualTo(FrameState.RAW_ONLY.code());
            assertThat(reader.state(1, 1, 3, 0)).isEqualTo(FrameState.RESTORED.code());
        }
    }

    @Test
    void framesWithoutAProductAreHolesWithAStateThatBackfillFills() throws IOException {
        FrameSpec frame = new FrameSpec(8, 6, PixelType.UINT16);
        StreamSpec stream = Patterns.stream(frame, 1, 1, 1);
        Stack stack = Stack.restored(stream, restorer(frame, frame, WindowSpec.SINGLE));
        Path zarr = folder.resolve("restored.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, stack, PLAIN)) {
            writer.write(0, Patterns.frame(frame, 0));
            writer.mark(1, 0, 0, 0, FrameState.RAW_ONLY);
            writer.mark(2, 0, 0, 0, FrameState.FAILED);
            writer.mark(3, 0, 0, 0, FrameState.GAP);
            writer.write(5000, Patterns.frame(frame, 5000));
        }
        ByteBuffer read = Patterns.direct(frame);
        try (OmeZarrReader reader = OmeZarrReader.open(zarr)) {
            assertThat(reader.frames()).isEqualTo(5001);
            assertThat(reader.has(1)).isFalse();
            assertThat(reader.read(1, read)).isFalse();
            assertThat(read).isEqualTo(ByteBuffer.allocate(frame.bytes()));
            assertThat(states(reader, 5)).containsExactly(1, 2, 3, 4, 0);
            assertThat(reader.state(5000, 0, 0, 0)).isEqualTo(1);
        }
        try (OmeZarrWriter writer = OmeZarrWriter.append(zarr, stack, OmeZarrWriter.Options.DEFAULT)) {
            writer.write(1, Patterns.frame(frame, 1));
            writer.mark(0, 0, 0, 0, FrameState.RAW_ONLY);
        }
        try (OmeZarrReader reader = OmeZarrReader.open(zarr)) {
            assertThat(reader.frames()).isEqualTo(5001);
            assertThat(reader.read(1, read)).isTrue();
            assertThat(read).isEqualTo(Patterns.frame(frame, 1));
            assertThat(states(reader, 5))
                    .as("a frame that has its product keeps that state")
                    .containsExactly(1, 1, 3, 4, 0);
        }
    }

    private static int[] states(OmeZarrReader reader, int count) throws IOException {
        int[] states = new int[count];
        for (int t = 0; t < count; t++) {
            states[t] = reader.state(t, 0, 0, 0);
        }
        return states;
    }

    @Test
    void appendRefusesFramesOfAnotherSize() throws IOException {
        StreamSpec small = Patterns.stream(new FrameSpec(8, 6, PixelType.UINT16), 1, 1, 1);
        StreamSpec large = Patterns.stream(new FrameSpec(9, 6, PixelType.UINT16), 1, 1, 1);
        Path zarr = folder.resolve("raw.ome.zarr");
        OmeZarrWriter.create(zarr, Stack.raw(small), PLAIN).close();
        assertThatThrownBy(() -> OmeZarrWriter.append(zarr, Stack.raw(large), OmeZarrWriter.Options.DEFAULT))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("6, 8")
                .hasMessageContaining("6, 9");
        assertThatThrownBy(() -> OmeZarrWriter.create(zarr, Stack.raw(small), PLAIN))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("exists already");
    }

    @Test
    void aFlippedByteIsReportedNotRead() throws IOException {
        FrameSpec frame = new FrameSpec(32, 16, PixelType.UINT16);
        for (int zstd : new int[] {0, 3}) {
            Path zarr = folder.resolve("raw" + zstd + ".ome.zarr");
            StreamSpec stream = Patterns.stream(frame, 1, 1, 1);
            try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(stream), PLAIN.withZstd(zstd))) {
                writer.write(0, Patterns.frame(frame, 0));
            }
            Path shard = zarr.resolve("0/c/0/0/0/0/0");
            byte[] bytes = Files.readAllBytes(shard);
            int stored = zstd == 0 ? frame.bytes() : 64;
            bytes[ShardLog.HEAD_BYTES + new Random(zstd).nextInt(stored)] ^= 1;
            Files.write(shard, bytes);
            try (StackReader reader = StackReader.open(zarr)) {
                assertThatThrownBy(() -> reader.read(0, Patterns.direct(frame)))
                        .isInstanceOf(StackException.class)
                        .hasMessageContaining("checksum");
            }
        }
    }

    @Test
    void metadataIsCompleteBeforeTheFirstFrame() throws IOException {
        StreamSpec stream = Patterns.stream(new FrameSpec(8, 6, PixelType.UINT8), 2, 3, 2);
        Path zarr = folder.resolve("raw.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(stream), PLAIN)) {
            JsonNode top = ZarrArray.readJson(zarr.resolve("zarr.json")).at("/attributes/ome");
            assertThat(top.path("bioformats2raw.layout").asInt()).isEqualTo(3);
            JsonNode series = ZarrArray.readJson(zarr.resolve("OME/zarr.json")).at("/attributes/ome/series");
            assertThat(series).hasSize(2);
            JsonNode image = ZarrArray.readJson(zarr.resolve("1/zarr.json")).at("/attributes/ome");
            assertThat(image.path("version").asText()).isEqualTo("0.5");
            assertThat(image.at("/multiscales/0/axes/0/unit").asText()).isEqualTo("second");
            assertThat(image.at("/multiscales/0/axes/4/unit").asText()).isEqualTo("micrometer");
            assertThat(image.at("/omero/channels/0/label").asText()).isEqualTo("DAPI");
            assertThat(image.at("/omero/channels/0/color").asText()).isEqualTo("0000FF");
            assertThat(image.at("/omero/channels/0/window").toString())
                    .isEqualTo("{\"min\":0,\"max\":255,\"start\":0,\"end\":255}");
            JsonNode array = ZarrArray.readJson(zarr.resolve("1/0/zarr.json"));
            assertThat(array.path("shape").toString()).isEqualTo("[0,2,3,6,8]");
            assertThat(writer.length(1)).isZero();
        }
    }
}
