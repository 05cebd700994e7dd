package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PyramidTest {
    private static final FrameSpec FRAME = new FrameSpec(601, 300, PixelType.UINT16);
    private static final OmeZarrWriter.Options SHARDS = OmeZarrWriter.Options.DEFAULT.withShardPlanes(4);
    private static final OmeZarrWriter.Options OLD = SHARDS.withVersion(OmeZarrVersion.V0_4);

    @TempDir
    Path folder;

    private static double pixel(ByteBuffer pixels, PixelType type, int at) {
        return switch (type) {
            case UINT8 -> pixels.get(at) & 0xff;
            case UINT16 -> pixels.getShort(2 * at) & 0xffff;
            case FLOAT32 -> pixels.getFloat(4 * at);
        };
    }

    private static double mean(ByteBuffer full, FrameSpec spec, int level, int x, int y) {
        double sum = 0;
        int count = 0;
        for (int row = y << level; row < Math.min(spec.height(), (y + 1) << level); row++) {
            for (int column = x << level; column < Math.min(spec.width(), (x + 1) << level); column++) {
                sum += pixel(full, spec.pixelType(), row * spec.width() + column);
                count++;
            }
        }
        return sum / count;
    }

    private static void check(ByteBuffer full, FrameSpec spec, int level, ByteBuffer small) {
        int width = PlaneHalving.halved(spec.width(), level);
        int height = PlaneHalving.halved(spec.height(), level);
        assertThat(small.remaining())
                .isEqualTo(width * height * spec.pixelType().bytes());
        for (int i = 0; i < width * height; i++) {
            double mean = mean(full, spec, level, i % width, i / width);
            double expected = spec.pixelType() == PixelType.FLOAT32 ? (float) mean : Math.floor(mean + 0.5);
            assertThat(pixel(small, spec.pixelType(), i))
                    .as("level %d pixel %d", level, i)
                    .isEqualTo(expected);
        }
    }

    @Property(tries = 40)
    void everyPixelIsTheMeanOfThoseItStandsForAtAnySize(
            @ForAll @IntRange(min = 1, max = 41) int width,
            @ForAll @IntRange(min = 1, max = 37) int height,
            @ForAll PixelType type,
            @ForAll @IntRange(min = 1, max = 4) int levels) {
        FrameSpec spec = new FrameSpec(width, height, type);
        PlaneHalving halving = new PlaneHalving(width, height, type, levels);
        for (int frame = 0; frame < 2; frame++) {
            ByteBuffer full = Patterns.frame(spec, frame);
            halving.halve(full);
            for (int level = 1; level <= levels; level++) {
                check(full, spec, level, halving.level(level));
            }
        }
    }

    @Test
    void levelsEndWhereAnImageIsSmall() {
        assertThat(Pyramid.levels(256, 256)).isZero();
        assertThat(Pyramid.levels(257, 10)).isEqualTo(1);
        assertThat(Pyramid.levels(512, 512)).isEqualTo(1);
        assertThat(Pyramid.levels(2048, 2048)).isEqualTo(3);
        assertThat(Pyramid.levels(100, 5000)).isEqualTo(5);
    }

    private Path run(StreamSpec stream, OmeZarrWriter.Options options, int frames) throws IOException {
        Path run = folder.resolve("run");
        try (RunFolder made = RunFolder.create(run);
                Ledger ledger = Ledger.open(made.ledger());
                OmeZarrWriter raw = OmeZarrWriter.create(made.rawZarr("cam0", 0), Stack.raw(stream), options)) {
            ledger.page().note("epoch", "cam0", 0, Map.of());
            for (int i = 0; i < frames; i++) {
                if (i != 2) {
                    raw.write(i, Patterns.frame(stream.frame(), i));
                }
            }
        }
        return run;
    }

    private static boolean go(Path stack, double share) {
        return share >= 0 && share <= 1;
    }

    @Test
    void everyFrameOfEveryPositionGetsItsLevelsInBothVersionsAndTheMetadataNamesThem() throws IOException {
        for (OmeZarrWriter.Options options : List.of(SHARDS, SHARDS.withZstd(1), OLD, OLD.withZstd(1))) {
            for (int positions = 1; positions <= 2; positions++) {
                StreamSpec stream = Patterns.stream(FRAME, 2, 1, positions);
                Path run = run(stream, options, 8);
                Pyramid.Result result = Pyramid.run(run, PyramidTest::go);
                assertThat(result).isEqualTo(new Pyramid.Result(positions, 7, true));
                Path zarr = run.resolve("cam0-0/raw.ome.zarr");
                for (int position = 0; position < positions; position++) {
                    checkImage(positions == 1 ? zarr : zarr.resolve("" + position), stream, position);
                }
                try (StackReader reader = StackReader.open(zarr)) {
                    assertThat(reader.frames()).isEqualTo(8);
                    ByteBuffer read = Patterns.direct(FRAME);
                    assertThat(reader.read(7, read)).isTrue();
                    assertThat(read).isEqualTo(Patterns.frame(FRAME, 7));
                }
                assertThat(Pyramid.run(run, PyramidTest::go))
                        .as("there already")
                        .isEqualTo(new Pyramid.Result(0, 0, true));
                OmeZarrTest.deleteAll(run);
            }
        }
    }

    private static void checkImage(Path image, StreamSpec stream, int position) throws IOException {
        OmeZarrVersion version = OmeZarrVersion.of(image).orElseThrow();
        JsonNode attributes = version.attributes(image);
        JsonNode datasets = attributes.at((version == OmeZarrVersion.V0_5 ? "/ome" : "") + "/multiscales/0/datasets");
        assertThat(datasets).hasSize(3);
        JsonNode two = datasets.get(2);
        assertThat(two.path("path").asText()).isEqualTo("2");
        assertThat(two.at("/coordinateTransformations/0/scale/4").asDouble()).isEqualTo(0.065 * 4);
        assertThat(two.at("/coordinateTransformations/0/scale/2").asDouble()).isEqualTo(0.3);
        assertThat(two.at("/coordinateTransformations/1/translation/4").asDouble())
                .isEqualTo(0.065 * 1.5);
        for (int level = 1; level <= 2; level++) {
            Path folder = image.resolve("" + level);
            ZarrArray array = ZarrArray.read(folder);
            int width = PlaneHalving.halved(FRAME.width(), level);
            int height = PlaneHalving.halved(FRAME.height(), level);
            assertThat(array.shape().subList(3, 5)).containsExactly((long) height, (long) width);
            ZarrPlaneReader reader = new ZarrPlaneReader(folder, array);
            ByteBuffer small = ByteBuffer.allocateDirect(2 * width * height).order(ByteOrder.nativeOrder());
            for (long index = 0; index < array.shape().get(0) * stream.framesPerTimePoint(); index++) {
                if (stream.positionOf(index) == position) {
                    boolean there = reader.read(small.clear(), stream.timePointOf(index), stream.channelOf(index), 0);
                    assertThat(there).isEqualTo(index != 2);
                    if (there) {
                        check(Patterns.frame(FRAME, index), FRAME, level, small.flip());
                    }
                }
            }
        }
        assertThat(image.resolve("pyramid.tmp")).doesNotExist();
    }

    @Test
    void copiesGoWhenAFrameIsAddedAndComeAgain() throws IOException {
        StreamSpec stream = Patterns.stream(FRAME, 1, 1, 1);
        Path run = run(stream, SHARDS, 5);
        Path zarr = run.resolve("cam0-0/raw.ome.zarr");
        Pyramid.run(run, PyramidTest::go);
        OmeZarrWriter.append(zarr, Stack.raw(stream), SHARDS).close();
        assertThat(Pyramid.datasets(zarr)).containsExactly("0", "1", "2");
        try (OmeZarrWriter writer = OmeZarrWriter.append(zarr, Stack.raw(stream), SHARDS)) {
            writer.write(2, Patterns.frame(FRAME, 2));
            assertThat(Pyramid.datasets(zarr)).containsExactly("0");
            assertThat(zarr.resolve("1")).doesNotExist();
        }
        assertThat(Pyramid.run(run, PyramidTest::go).planes()).isEqualTo(5);
        assertThat(Pyramid.datasets(zarr)).hasSize(3);
    }

    @Test
    void givingUpOrBeingKilledLeavesTheRunAsItWas() throws IOException {
        Path run = run(Patterns.stream(FRAME, 1, 1, 1), SHARDS, 5);
        Path zarr = run.resolve("cam0-0/raw.ome.zarr");
        List<Double> told = new ArrayList<>();
        Pyramid.Result result = Pyramid.run(run, (stack, share) -> {
            told.add(share);
            return told.size() < 3;
        });
        assertThat(result.finished()).isFalse();
        assertThat(told).isSorted();
        assertThat(zarr.resolve("pyramid.tmp")).doesNotExist();
        assertThat(Pyramid.datasets(zarr)).containsExactly("0");
        Files.createDirectories(zarr.resolve("pyramid.tmp/1/c"));
        Files.createDirectories(zarr.resolve("1/c/0"));
        Verify.run(run, true);
        assertThat(zarr.resolve("pyramid.tmp")).doesNotExist();
        assertThat(zarr.resolve("1")).doesNotExist();
        assertThat(Pyramid.run(run, PyramidTest::go).planes()).isEqualTo(4);
    }

    @Test
    void aDamagedFrameEndsItWithTheRunAsItWas() throws IOException {
        Path run = run(Patterns.stream(FRAME, 1, 1, 1), SHARDS.withLayout(OmeZarrWriter.Layout.FILES), 5);
        Path zarr = run.resolve("cam0-0/raw.ome.zarr");
        Path chunk = zarr.resolve("0/c/3/0/0/0/0");
        byte[] bytes = Files.readAllBytes(chunk);
        bytes[9] ^= 1;
        Files.write(chunk, bytes);
        assertThatThrownBy(() -> Pyramid.run(run, PyramidTest::go)).isInstanceOf(StackException.class);
        assertThat(Pyramid.datasets(zarr)).containsExactly("0");
        assertThat(zarr.resolve("pyramid.tmp")).doesNotExist();
    }

    @Test
    void compactPacksEveryLevel() throws IOException {
        Path run = run(Patterns.stream(FRAME, 1, 1, 1), SHARDS.withLayout(OmeZarrWriter.Layout.FILES), 5);
        Pyramid.run(run, PyramidTest::go);
        assertThat(Compact.run(run).frames()).isEqualTo(3 * 4);
        Path zarr = run.resolve("cam0-0/raw.ome.zarr");
        assertThat(ZarrArray.read(zarr.resolve("2")).sharding()).isPresent();
        checkImage(zarr, Patterns.stream(FRAME, 1, 1, 1), 0);
    }
}
