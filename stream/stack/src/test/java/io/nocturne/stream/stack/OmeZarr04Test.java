package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ledger.LedgerPage;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import io.nocturne.stream.stack.Finding.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is special about the older version; what both have in common is tested with both in {@link OmeZarrTest}. */
class OmeZarr04Test {
    private static final FrameSpec FRAME = new FrameSpec(16, 12, PixelType.UINT16);
    private static final StreamSpec STREAM = Patterns.stream(FRAME, 2, 1, 1);
    private static final Stack RESTORED =
            Stack.restored(STREAM, new RestorerSpec("r", "r", FRAME, FRAME, WindowSpec.SINGLE, List.of()));
    private static final OmeZarrWriter.Options OLD = OmeZarrWriter.Options.DEFAULT.withVersion(OmeZarrVersion.V0_4);

    @TempDir
    Path folder;

    @Test
    void metadataIsThatOfTheVersionAndCompleteBeforeTheFirstFrame() throws IOException {
        Path zarr = folder.resolve("raw.ome.zarr");
        OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(STREAM), OLD);
        try (writer) {
            assertThat(ZarrArray.readJson(zarr.resolve(".zgroup"))
                            .path("zarr_format")
                            .asInt())
                    .isEqualTo(2);
            JsonNode top = ZarrArray.readJson(zarr.resolve(".zattrs"));
            JsonNode image = top.at("/multiscales/0");
            assertThat(image.path("version").asText()).isEqualTo("0.4");
            assertThat(image.path("axes"))
                    .extracting(axis -> axis.path("name").asText())
                    .containsExactly("t", "c", "z", "y", "x");
            assertThat(image.at("/datasets/0/path").asText()).isEqualTo("0");
            assertThat(image.at("/datasets/0/coordinateTransformations/0/scale/4")
                            .asDouble())
                    .isEqualTo(0.065);
            assertThat(top.path("omero").path("channels"))
                    .extracting(c -> c.path("label").asText())
                    .containsExactly("DAPI", "GFP");
            assertThat(top.has("ome")).isFalse();
        }
        JsonNode array = ZarrArray.readJson(zarr.resolve("0/.zarray"));
        assertThat(array.path("zarr_format").asInt()).isEqualTo(2);
        assertThat(array.path("dimension_separator").asText()).isEqualTo("/");
        assertThat(array.path("dtype").asText()).isIn("<u2", ">u2");
        assertThat(array.path("compressor").isNull()).isTrue();
        assertThat(zarr.resolve("zarr.json")).doesNotExist();
    }

    @Test
    void aFrameIsAFileOfItsPixelsAndNothingElse() throws IOException {
        Path zarr = folder.resolve("raw.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(STREAM), OLD)) {
            for (int i = 0; i < 4; i++) {
                writer.write(i, Patterns.frame(FRAME, i));
            }
        }
        ByteBuffer stored = ByteBuffer.wrap(Files.readAllBytes(zarr.resolve("0/1/1/0/0/0")));
        assertThat(stored).isEqualTo(Patterns.frame(FRAME, 3));
        try (Stream<Path> files = Files.walk(zarr)) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(4 + 3);
        }
    }

    @Test
    void positionsAreImagesOfACollection() throws IOException {
        Path zarr = folder.resolve("raw.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(Patterns.stream(FRAME, 1, 1, 2)), OLD)) {
            writer.write(0, Patterns.frame(FRAME, 0));
            writer.write(1, Patterns.frame(FRAME, 1));
        }
        assertThat(ZarrArray.readJson(zarr.resolve(".zattrs"))
                        .path("bioformats2raw.layout")
                        .asInt())
                .isEqualTo(3);
        assertThat(ZarrArray.readJson(zarr.resolve("OME/.zattrs")).path("series"))
                .extracting(JsonNode::asText)
                .containsExactly("0", "1");
        assertThat(zarr.resolve("1/0/.zarray")).exists();
    }

    @Test
    void compressedFramesAreBloscBuffersAlsoWhereNothingIsGained() throws IOException {
        for (boolean flat : List.of(true, false)) {
            Path zarr = folder.resolve("flat-" + flat + ".zarr");
            ByteBuffer frame = flat ? Patterns.direct(FRAME) : Patterns.frame(FRAME, 1);
            try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(STREAM), OLD.withZstd(3))) {
                writer.write(0, frame.clear());
            }
            JsonNode compressor = ZarrArray.readJson(zarr.resolve("0/.zarray")).path("compressor");
            assertThat(compressor.path("id").asText()).isEqualTo("blosc");
            assertThat(compressor.path("cname").asText()).isEqualTo("zstd");
            Path chunk = zarr.resolve("0/0/0/0/0/0");
            byte[] stored = Files.readAllBytes(chunk);
            assertThat(stored.length).isLessThanOrEqualTo(FRAME.bytes() + 16);
            try (StackReader reader = StackReader.open(zarr)) {
                ByteBuffer read = Patterns.direct(FRAME);
                assertThat(reader.read(0, read)).isTrue();
                assertThat(read).isEqualTo(frame.clear());
                for (int cut = 0; cut < stored.length; cut += 5) {
                    Files.write(chunk, java.util.Arrays.copyOf(stored, cut));
                    assertThatThrownBy(() -> reader.read(0, read)).isInstanceOf(StackException.class);
                }
            }
        }
    }

    @Test
    void holesAreFilledLaterAndTheCompressionStaysWhatItWas() throws IOException {
        Path zarr = folder.resolve("restored.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, RESTORED, OLD.withZstd(7))) {
            writer.write(0, Patterns.frame(FRAME, 0));
            writer.mark(0, 1, 0, 0, FrameState.RAW_ONLY);
        }
        try (OmeZarrWriter writer = OmeZarrWriter.append(zarr, RESTORED, OmeZarrWriter.Options.DEFAULT)) {
            writer.write(1, Patterns.frame(FRAME, 1));
            writer.write(2, Patterns.frame(FRAME, 2));
        }
        assertThat(ZarrArray.read(zarr.resolve("0")).codec().level()).isEqualTo(7);
        try (Stream<Path> files = Files.walk(zarr)) {
            assertThat(files.filter(file -> file.endsWith(".zarray")))
                    .as("Bio-Formats takes every array for an image")
                    .containsExactly(zarr.resolve("0/.zarray"));
        }
        try (OmeZarrReader reader = OmeZarrReader.open(zarr)) {
            ByteBuffer read = Patterns.direct(FRAME);
            for (int i = 0; i < 3; i++) {
                assertThat(reader.read(i, read)).isTrue();
                assertThat(read).isEqualTo(Patterns.frame(FRAME, i));
                assertThat(reader.state(i / 2, i % 2, 0, 0)).isEqualTo(FrameState.RESTORED.code());
            }
        }
    }

    private Path run() throws IOException {
        Path run = folder.resolve("run");
        try (RunFolder made = RunFolder.create(run);
                Ledger book = Ledger.open(made.ledger());
                OmeZarrWriter raw = OmeZarrWriter.create(made.rawZarr("cam0", 0), Stack.raw(STREAM), OLD);
                OmeZarrWriter restored = OmeZarrWriter.create(made.restoredZarr("cam0", 0), RESTORED, OLD)) {
            LedgerPage page = book.page();
            page.note("epoch", "cam0", 0, Map.of());
            for (int i = 0; i < 6; i++) {
                raw.write(i, Patterns.frame(FRAME, i));
                restored.write(i, Patterns.frame(FRAME, 100 + i));
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("i", (long) i);
                line.put("t", (long) i / 2);
                line.put("c", (long) i % 2);
                line.put("d", "delivered");
                line.put("px", String.format("%08x", raw.lastCrc32c()));
                page.note("raw", "cam0", 0, line);
                page.note("outcome", "cam0", 0, Map.of("i", (long) i, "n", 1L, "state", "RESTORED"));
            }
            page.note("end", "cam0", 0, Map.of());
        }
        return run;
    }

    private static List<Kind> kinds(Verify.Result result) {
        return result.findings().stream().map(Finding::kind).toList();
    }

    @Test
    void verifyFindsAChangedPixelByTheLedgerAndMendsAShapeThatIsBehind() throws IOException {
        Path run = run();
        assertThat(Verify.run(run, false).findings()).isEmpty();
        Path raw = run.resolve("cam0-0/raw.ome.zarr/0");
        Path states = run.resolve("cam0-0/restored.state/0");
        ZarrArray.read(raw).withLength(1).store(raw, FileMover.ATOMIC);
        ZarrArray.read(states).withLength(1).store(states, FileMover.ATOMIC);
        assertThat(kinds(Verify.run(run, true))).containsExactly(Kind.SHAPE_BEHIND);
        assertThat(ZarrArray.read(raw).shape().get(0)).isEqualTo(3);
        assertThat(ZarrArray.read(states).shape().get(0)).isEqualTo(3);
        assertThat(Verify.run(run, false).findings()).isEmpty();
        Path chunk = raw.resolve("1/0/0/0/0");
        byte[] bytes = Files.readAllBytes(chunk);
        bytes[20] ^= 1;
        Files.write(chunk, bytes);
        assertThat(kinds(Verify.run(run, true))).containsExactly(Kind.FRAME_NOT_AS_LEDGERED);
        Files.write(chunk, new byte[1], StandardOpenOption.APPEND);
        assertThat(kinds(Verify.run(run, true))).containsExactly(Kind.FRAME_DAMAGED);
    }

    @Test
    void compactSaysWhyItCanDoNothing() throws IOException {
        Path run = run();
        assertThatThrownBy(() -> Compact.run(run))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("0.4")
                .hasMessageContaining("export");
        assertThat(Verify.run(run, false).findings()).isEmpty();
    }

    @Test
    void shardsAreRefused() {
        assertThatThrownBy(() -> OLD.withLayout(OmeZarrWriter.Layout.SHARDS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.4");
    }
}
