package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ledger.LedgerPage;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactTest {
    private static final FrameSpec FRAME = new FrameSpec(40, 30, PixelType.UINT16);
    private static final StreamSpec STREAM = Patterns.stream(FRAME, 2, 3, 2);
    private static final int FRAMES = 60;

    @TempDir
    Path folder;

    private Path run(OmeZarrWriter.Options options) throws IOException {
        Path run = folder.resolve("run-" + options.layout() + options.zstdLevel());
        try (RunFolder made = RunFolder.create(run);
                Ledger book = Ledger.open(made.ledger());
                OmeZarrWriter raw = OmeZarrWriter.create(made.rawZarr("cam0", 0), Stack.raw(STREAM), options)) {
            LedgerPage page = book.page();
            page.note("epoch", "cam0", 0, Map.of());
            for (int i = 0; i < FRAMES; i++) {
                if (i == 7) {
                    page.note("gap", "cam0", 0, Map.of("i", 7, "n", 1, "cause", "CAMERA_SKIPPED"));
                    continue;
                }
                raw.write(i, Patterns.frame(FRAME, i));
                Map<String, Object> line = Map.of(
                        "i", i,
                        "t", STREAM.timePointOf(i),
                        "c", STREAM.channelOf(i),
                        "z", STREAM.zSliceOf(i),
                        "p", STREAM.positionOf(i),
                        "d", "delivered",
                        "px", String.format("%08x", raw.lastCrc32c()));
                page.note("raw", "cam0", 0, line);
            }
            page.note("end", "cam0", 0, Map.of());
        }
        return run;
    }

    private static void requireFrames(Path run) throws IOException {
        try (StackReader reader = StackReader.open(run.resolve("cam0-0/raw.ome.zarr"))) {
            ByteBuffer read = Patterns.direct(FRAME);
            for (int i = 0; i < FRAMES; i++) {
                assertThat(reader.read(i, read)).isEqualTo(i != 7);
                if (i != 7) {
                    assertThat(read).isEqualTo(Patterns.frame(FRAME, i));
                }
            }
        }
        assertThat(Verify.run(run, false).findings()).isEmpty();
    }

    @Test
    void aPackedRunHoldsTheSameFramesInFewerFilesAndNoHoles() throws IOException {
        for (OmeZarrWriter.Layout layout : OmeZarrWriter.Layout.values()) {
            for (int zstd : new int[] {0, 3}) {
                Path run = run(OmeZarrWriter.Options.DEFAULT.withLayout(layout).withZstd(zstd));
                Compact.Result result = Compact.run(run);
                assertThat(result.frames()).isEqualTo(FRAMES - 1);
                assertThat(result.filesAfter()).isLessThanOrEqualTo(result.filesBefore());
                if (layout == OmeZarrWriter.Layout.FILES) {
                    assertThat(result.filesAfter())
                            .as("a shard and its metadata per position")
                            .isEqualTo(4);
                } else {
                    assertThat(result.bytesAfter()).isLessThan(result.bytesBefore());
                }
                requireFrames(run);
                Compact.Result again = Compact.run(run);
                assertThat(again.bytesAfter()).isEqualTo(result.bytesAfter());
                requireFrames(run);
            }
        }
    }

    @Test
    void framesCanBeAddedToAPackedRun() throws IOException {
        Path run = run(OmeZarrWriter.Options.DEFAULT);
        Compact.run(run);
        Path zarr = run.resolve("cam0-0/raw.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.append(zarr, Stack.raw(STREAM), OmeZarrWriter.Options.DEFAULT)) {
            writer.write(7, Patterns.frame(FRAME, 7));
        }
        try (StackReader reader = StackReader.open(zarr)) {
            ByteBuffer read = Patterns.direct(FRAME);
            for (int i = 0; i < FRAMES; i++) {
                assertThat(reader.read(i, read)).isTrue();
                assertThat(read).isEqualTo(Patterns.frame(FRAME, i));
            }
        }
    }

    @Test
    void anInterruptedCompactionLosesNothing() throws IOException {
        Path run = run(OmeZarrWriter.Options.DEFAULT.withLayout(OmeZarrWriter.Layout.FILES));
        Path image = run.resolve("cam0-0/raw.ome.zarr/0");
        Files.createDirectories(image.resolve("0.packed.tmp/c"));
        Files.writeString(image.resolve("0.packed.tmp/c/half"), "half a shard");
        Files.move(image.resolve("0"), image.resolve("0.before.tmp"));
        assertThat(Verify.run(run, true).ok()).isTrue();
        assertThat(image.resolve("0.packed.tmp")).doesNotExist();
        requireFrames(run);
    }

    @Test
    void aDamagedFrameStopsItAndTheRunStaysAsItIs() throws IOException {
        Path run = run(OmeZarrWriter.Options.DEFAULT.withLayout(OmeZarrWriter.Layout.FILES));
        Path chunk = run.resolve("cam0-0/raw.ome.zarr/0/0/c/1/0/0/0/0");
        byte[] bytes = Files.readAllBytes(chunk);
        bytes[11] ^= 1;
        Files.write(chunk, bytes);
        assertThatThrownBy(() -> Compact.run(run))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("checksum");
        assertThat(chunk).hasBinaryContent(bytes);
        assertThat(run.resolve("cam0-0/raw.ome.zarr/0/0.packed.tmp")).doesNotExist();
    }
}
