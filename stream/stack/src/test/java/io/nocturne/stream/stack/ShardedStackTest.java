package io.nocturne.stream.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedStackTest {
    private static final FrameSpec FRAME = new FrameSpec(64, 48, PixelType.UINT16);
    private static final StreamSpec STREAM = Patterns.stream(FRAME, 1, 1, 1);
    private static final OmeZarrWriter.Options EIGHT = OmeZarrWriter.Options.DEFAULT.withShardPlanes(8);

    @TempDir
    Path folder;

    private Path write(OmeZarrWriter.Options options, int frames) throws IOException {
        Path zarr = folder.resolve("raw.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(STREAM), options)) {
            for (int i = 0; i < frames; i++) {
                writer.write(i, Patterns.frame(FRAME, i));
            }
        }
        return zarr;
    }

    private static void requireFrames(Path zarr, long from, long to) throws IOException {
        ByteBuffer read = Patterns.direct(FRAME);
        try (StackReader reader = StackReader.open(zarr)) {
            for (long i = from; i < to; i++) {
                assertThat(reader.has(i)).isTrue();
                assertThat(reader.read(i, read)).isTrue();
                assertThat(read).isEqualTo(Patterns.frame(FRAME, i));
            }
        }
    }

    private static List<Path> shards(Path zarr) throws IOException {
        try (var files = Files.walk(zarr.resolve("0/c"))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void manyFramesShareAFile() throws IOException {
        Path zarr = write(EIGHT, 20);
        assertThat(shards(zarr)).hasSize(3);
        requireFrames(zarr, 0, 20);
    }

    @Test
    void aShardMadeAheadThatNoFrameCameForIsTakenAway() throws IOException {
        Path zarr = write(EIGHT, 8);
        assertThat(zarr.resolve("0/c/0")).isDirectory();
        assertThat(zarr.resolve("0/c/1")).doesNotExist();
        try (var files = Files.walk(zarr)) {
            assertThat(files.map(Path::toString)).noneMatch(file -> file.endsWith(AtomicFile.TEMPORARY));
        }
    }

    @Test
    void shardsAreFilledInWhateverOrderFramesCome() throws IOException {
        Path zarr = folder.resolve("raw.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(STREAM), EIGHT)) {
            for (int i : new int[] {17, 1, 16, 9, 0, 18, 8, 2}) {
                writer.write(i, Patterns.frame(FRAME, i));
            }
        }
        assertThat(shards(zarr)).hasSize(3);
        for (int i : new int[] {17, 1, 16, 9, 0, 18, 8, 2}) {
            requireFrames(zarr, i, i + 1);
        }
    }

    @Test
    void aShardHoldsWholeTimePointsOfAllChannelsAndSlices() throws IOException {
        StreamSpec stream = Patterns.stream(FRAME, 2, 5, 1);
        Path zarr = folder.resolve("raw.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(stream), EIGHT.withShardPlanes(64))) {
            for (int i = 0; i < 70; i++) {
                writer.write(i, Patterns.frame(FRAME, i));
            }
        }
        assertThat(ZarrArray.read(zarr.resolve("0")).sharding().orElseThrow().shape())
                .isEqualTo(List.of(6, 2, 5, 48, 64));
        assertThat(shards(zarr)).hasSize(2);
        requireFrames(zarr, 0, 70);
    }

    @Test
    void anIndexNeverOutgrowsAPageOfMemory() throws IOException {
        StreamSpec deep = Patterns.stream(new FrameSpec(4, 4, PixelType.UINT8), 5, 300, 1);
        Path zarr = folder.resolve("raw.ome.zarr");
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(deep), EIGHT.withShardPlanes(100_000))) {
            for (int i = 0; i < 1600; i++) {
                writer.write(i, Patterns.frame(deep.frame(), i));
            }
        }
        ZarrArray array = ZarrArray.read(zarr.resolve("0"));
        assertThat(array.sharding().orElseThrow().entries(array.chunk()) * 16 + 4)
                .isLessThanOrEqualTo(4096);
        assertThat(Sharding.indexAt(array) % 4096).isZero();
        try (StackReader reader = StackReader.open(zarr)) {
            ByteBuffer read = Patterns.direct(deep.frame());
            for (int i = 0; i < 1600; i++) {
                assertThat(reader.read(i, read)).isTrue();
                assertThat(read).isEqualTo(Patterns.frame(deep.frame(), i));
            }
        }
    }

    @Test
    void aReaderOfAFillingShardSeesEachFrameWholeOrNotAtAll() throws Exception {
        Path zarr = folder.resolve("raw.ome.zarr");
        AtomicBoolean done = new AtomicBoolean();
        int frames = 400;
        Thread writing;
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(STREAM), EIGHT.withShardPlanes(64))) {
            writing = new Thread(() -> {
                try {
                    for (int i = 0; i < frames; i++) {
                        writer.write(i, Patterns.frame(FRAME, i));
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                } finally {
                    done.set(true);
                }
            });
            writing.start();
            ByteBuffer read = Patterns.direct(FRAME);
            long seen = 0;
            try (OmeZarrReader reader = OmeZarrReader.open(zarr)) {
                while (seen < frames) {
                    boolean last = done.get();
                    while (seen < frames && reader.readStored(seen, 0, 0, 0, read)) {
                        assertThat(read).isEqualTo(Patterns.frame(FRAME, seen));
                        seen++;
                    }
                    assertThat(last && seen < frames).isFalse();
                }
            }
            writing.join();
        }
    }

    @Test
    void aFrameWithoutItsIndexEntryIsNoFrameAndTheNextTakesItsPlace() throws IOException {
        Path zarr = write(EIGHT, 3);
        Path shard = shards(zarr).get(0);
        ZarrArray array = ZarrArray.read(zarr.resolve("0"));
        ShardIndex index = new ShardIndex(array.sharding().orElseThrow(), 8);
        try (var file = java.nio.channels.FileChannel.open(
                shard, java.nio.file.StandardOpenOption.READ, java.nio.file.StandardOpenOption.WRITE)) {
            assertThat(index.readFrom(file)).isTrue();
            file.write(ByteBuffer.wrap(new byte[2000]), index.end());
        }
        try (OmeZarrWriter writer = OmeZarrWriter.append(zarr, Stack.raw(STREAM), EIGHT)) {
            writer.write(3, Patterns.frame(FRAME, 3));
        }
        requireFrames(zarr, 0, 4);
    }

    @Test
    void framesWrittenAgainTakeTheirPlaceHoweverOften() throws IOException {
        for (int zstd : new int[] {0, 1}) {
            Path zarr = folder.resolve("again" + zstd + ".ome.zarr");
            try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(STREAM), EIGHT.withZstd(zstd))) {
                for (int i = 0; i < 8; i++) {
                    writer.write(i, Patterns.frame(FRAME, i));
                }
                for (int again = 0; again < 30; again++) {
                    writer.write(again % 5, Patterns.frame(FRAME, 1000 + again));
                }
            }
            ByteBuffer read = Patterns.direct(FRAME);
            try (StackReader reader = StackReader.open(zarr)) {
                for (int i = 0; i < 8; i++) {
                    assertThat(reader.read(i, read)).isTrue();
                    assertThat(read).isEqualTo(Patterns.frame(FRAME, i < 5 ? 1025 + i : i));
                }
            }
            assertThat(shards(zarr)).hasSize(1);
        }
    }

    @Test
    void holesAreFilledLater() throws IOException {
        Path zarr = folder.resolve("restored.ome.zarr");
        Stack stack = Stack.restored(
                STREAM, new RestorerSpec("r", "r", FRAME, FRAME, WindowSpec.SINGLE, List.of("lo", "hi")));
        try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, stack, EIGHT)) {
            for (int i = 0; i < 20; i++) {
                if (i % 3 == 0) {
                    writer.mark(i, 0, 0, 0, FrameState.RAW_ONLY);
                } else {
                    writer.write(i, Patterns.frame(FRAME, i));
                }
            }
        }
        try (OmeZarrReader reader = OmeZarrReader.open(zarr)) {
            assertThat(reader.has(0)).isFalse();
            assertThat(reader.state(0, 0, 0, 0)).isEqualTo(FrameState.RAW_ONLY.code());
        }
        try (OmeZarrWriter writer = OmeZarrWriter.append(zarr, stack, EIGHT)) {
            for (int i = 0; i < 20; i += 3) {
                writer.write(i, Patterns.frame(FRAME, i));
            }
        }
        requireFrames(zarr, 0, 20);
    }

    @Test
    void everyFsyncPolicyLeavesTheSameFrames() throws IOException {
        for (Fsync fsync : List.of(Fsync.NONE, Fsync.EACH, Fsync.every(Duration.ofMillis(20)))) {
            for (OmeZarrWriter.Layout layout : OmeZarrWriter.Layout.values()) {
                Path zarr = folder.resolve(layout + "-" + fsync.periodNanos() + ".ome.zarr");
                OmeZarrWriter.Options options = EIGHT.withFsync(fsync).withLayout(layout);
                try (OmeZarrWriter writer = OmeZarrWriter.create(zarr, Stack.raw(STREAM), options)) {
                    for (int i = 0; i < 20; i++) {
                        writer.write(i, Patterns.frame(FRAME, i));
                    }
                }
                requireFrames(zarr, 0, 20);
            }
        }
    }

    private Path run(OmeZarrWriter.Options options) throws IOException {
        Path run = folder.resolve("run");
        try (RunFolder made = RunFolder.create(run);
                Ledger book = Ledger.open(made.ledger());
                OmeZarrWriter raw = OmeZarrWriter.create(made.rawZarr("cam0", 0), Stack.raw(STREAM), options)) {
            LedgerPage page = book.page();
            page.note("epoch", "cam0", 0, Map.of());
            for (int i = 0; i < 20; i++) {
                raw.write(i, Patterns.frame(FRAME, i));
                String crc = String.format("%08x", raw.lastCrc32c());
                page.note(
                        "raw", "cam0", 0, Map.of("i", i, "t", i, "c", 0, "z", 0, "p", 0, "d", "delivered", "px", crc));
            }
            page.note("end", "cam0", 0, Map.of());
        }
        return run;
    }

    @Test
    void aDamagedIndexIsFoundAndMadeAgainFromTheFileItself() throws IOException {
        for (int zstd : new int[] {0, 2}) {
            Path run = run(EIGHT.withZstd(zstd));
            Path zarr = run.resolve("cam0-0/raw.ome.zarr");
            Path shard = shards(zarr).get(1);
            try (RandomAccessFile file = new RandomAccessFile(shard.toFile(), "rw")) {
                file.seek(file.length() - 60);
                file.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
            }
            assertThatThrownBy(() -> requireFrames(zarr, 8, 9))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("damaged index")
                    .hasMessageContaining("--repair");
            Verify.Result found = Verify.run(run, false);
            assertThat(found.ok()).isFalse();
            assertThat(found.findings().get(0).kind()).isEqualTo(Kind.SHARD_INDEX_DAMAGED);
            assertThat(Verify.run(run, true).ok()).isTrue();
            assertThat(Verify.run(run, false).findings()).isEmpty();
            requireFrames(zarr, 0, 20);
            deleteAll(run);
        }
    }

    @Test
    void aShardCutOffByALostTailKeepsTheFramesThatAreThere() throws IOException {
        Path run = run(EIGHT);
        Path zarr = run.resolve("cam0-0/raw.ome.zarr");
        Path shard = shards(zarr).get(2);
        try (RandomAccessFile file = new RandomAccessFile(shard.toFile(), "rw")) {
            file.setLength(2L * (ShardLog.HEAD_BYTES + FRAME.bytes() + 4) + 100);
        }
        Verify.Result repaired = Verify.run(run, true);
        assertThat(repaired.ok())
                .as("two frames are gone and no repair hides it")
                .isFalse();
        assertThat(repaired.findings().stream().filter(f -> f.kind() == Kind.FRAME_MISSING))
                .hasSize(2);
        requireFrames(zarr, 0, 18);
    }

    @Test
    void aFlippedByteIsFoundInARawFrame() throws IOException {
        Path run = run(EIGHT);
        Path shard = shards(run.resolve("cam0-0/raw.ome.zarr")).get(0);
        try (RandomAccessFile file = new RandomAccessFile(shard.toFile(), "rw")) {
            file.seek(3 * ShardLog.HEAD_BYTES + 2 * (FRAME.bytes() + 4) + 17);
            int was = file.read();
            file.seek(file.getFilePointer() - 1);
            file.write(was ^ 1);
        }
        Verify.Result found = Verify.run(run, false);
        assertThat(found.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.FRAME_DAMAGED);
            assertThat(finding.where()).contains("frame 2");
        });
    }

    private static void deleteAll(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
