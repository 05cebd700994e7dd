package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LightRangeTest {
    private static final FrameSpec FRAME = new FrameSpec(300, 280, PixelType.UINT16);

    @TempDir
    Path folder;

    /** Twelve bits in sixteen. */
    private static StreamSpec stream(int channels) {
        List<String> names = List.of("DAPI", "GFP").subList(0, channels);
        return new StreamSpec("cam0", FRAME, names, 1, 1, 0.1, 0.3, 12, 0, 0, -1);
    }

    /** Pixels from {@code dark} on, a hundred values, with one that is as bright as can be. */
    private static ByteBuffer frame(int dark) {
        ByteBuffer frame = Patterns.direct(FRAME);
        for (int i = 0; i < FRAME.pixels(); i++) {
            frame.putShort(2 * i, (short) (dark + i % 101));
        }
        return frame.putShort(0, (short) 65535);
    }

    private static JsonNode window(Path zarr, int channel) throws IOException {
        return OmeMetadata.read(zarr)
                .path("omero")
                .path("channels")
                .path(channel)
                .path("window");
    }

    @ParameterizedTest
    @EnumSource(OmeZarrVersion.class)
    void theWindowIsTheCamerasRangeUntilFramesShowWhereTheirLightLies(OmeZarrVersion version) throws IOException {
        Path zarr = folder.resolve("raw.ome.zarr");
        OmeZarrWriter.Options options = OmeZarrWriter.Options.DEFAULT.withVersion(version);
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(stream(2)), options)) {
            assertThat(window(zarr, 0).toString()).isEqualTo("{\"min\":0,\"max\":65535,\"start\":0,\"end\":4095}");
            writer.write(0, frame(200));
            writer.flush();
            assertThat(window(zarr, 0).path("min").asInt()).isZero();
            assertThat(window(zarr, 0).path("max").asInt()).isEqualTo(65535);
            assertThat(window(zarr, 0).path("start").asInt()).isBetween(200, 202);
            assertThat(window(zarr, 0).path("end").asInt()).isBetween(298, 300);
            assertThat(window(zarr, 1).path("end").asInt()).isEqualTo(4095);
        }
    }

    @Test
    void itWidensAsFramesComeAndIsKeptByWhoeverGoesOnOrAddsSmallerCopies() throws IOException {
        Path run = folder.resolve("run");
        Path zarr;
        Stack stack = Stack.raw(stream(1));
        try (RunFolder made = RunFolder.create(run)) {
            zarr = made.rawZarr("cam0", 0);
            try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, stack, OmeZarrWriter.Options.DEFAULT)) {
                writer.write(0, frame(200));
                writer.flush();
                writer.write(1, frame(600));
            }
            assertThat(window(zarr, 0).path("start").asInt()).isBetween(200, 202);
            assertThat(window(zarr, 0).path("end").asInt()).isBetween(698, 700);
            assertThat(Pyramid.of(made, (path, share) -> true).images()).isEqualTo(1);
            assertThat(Pyramid.has(zarr)).isTrue();
            assertThat(window(zarr, 0).path("end").asInt()).isBetween(698, 700);
        }
        try (OmeZarrWriter writer = OmeZarrWriter.append(zarr, stack, OmeZarrWriter.Options.DEFAULT)) {
            writer.write(2, frame(50));
        }
        assertThat(Pyramid.has(zarr)).isFalse();
        assertThat(window(zarr, 0).path("start").asInt()).isBetween(50, 52);
        assertThat(window(zarr, 0).path("end").asInt()).isBetween(698, 700);
    }

    @Test
    void fewFramesAreLookedAtAndOneColourHasAWindowToo() {
        LightRange light = LightRange.unknown(Stack.raw(stream(1)));
        int looks = 0;
        for (int i = 0; i < 1000; i++) {
            light.look(0, frame(1000 - i));
            looks += light.update() ? 1 : 0;
        }
        assertThat(looks).isEqualTo(10);
        LightRange flat = LightRange.unknown(Stack.raw(stream(1)));
        flat.look(0, Patterns.direct(FRAME));
        assertThat(flat.update()).isTrue();
        assertThat(flat.window(0).toString()).isEqualTo("{\"min\":0,\"max\":65535,\"start\":0,\"end\":1}");
    }

    @Test
    void floatsHaveTheRangeThatWasSeen() {
        FrameSpec floats = new FrameSpec(50, 50, PixelType.FLOAT32);
        LightRange light = LightRange.unknown(Stack.raw(StreamSpec.movie("cam0", floats, 0, -1)));
        assertThat(light.window(0).toString()).isEqualTo("{\"min\":0.0,\"max\":1.0,\"start\":0.0,\"end\":1.0}");
        ByteBuffer frame = Patterns.direct(floats);
        for (int i = 0; i < floats.pixels(); i++) {
            frame.putFloat(4 * i, i % 2 == 0 ? -2.5f : 7.5f);
        }
        light.look(0, frame.putFloat(0, Float.NaN));
        assertThat(light.update()).isTrue();
        assertThat(light.window(0).toString()).isEqualTo("{\"min\":-2.5,\"max\":7.5,\"start\":-2.5,\"end\":7.5}");
    }
}
