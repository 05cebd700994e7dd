package io.nocturne.acquisition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nocturne.stream.fakes.CheckingSink;
import io.nocturne.stream.fakes.FakeRestorer;
import io.nocturne.stream.fakes.PatternFrames;
import io.nocturne.stream.fakes.ScriptedSource;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ledger.LedgerLine;
import io.nocturne.stream.ledger.LedgerReader;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSink;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameView;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.SinkContext;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReplaySourceTest {
    private static final FrameSpec FRAME = new FrameSpec(20, 8, PixelType.UINT16);

    @TempDir
    Path folder;

    private Path run;

    @BeforeEach
    void nameTheRun() {
        run = folder.resolve("run");
    }

    /** Writes raw frames or products where a run keeps them. */
    private static final class StackSink implements FrameSink {
        private final String name;
        private final Path path;
        private final FrameState kept;
        private OmeZarrWriter writer;

        StackSink(String name, Path path, FrameState kept) {
            this.name = name;
            this.path = path;
            this.kept = kept;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void open(SinkContext context) throws IOException {
            Stack stack = context.restorer()
                    .map(restorer -> Stack.restored(context.stream(), restorer))
                    .orElseGet(() -> Stack.raw(context.stream()));
            writer = Files.exists(path)
                    ? OmeZarrWriter.append(
                            path, stack, OmeZarrWriter.Options.DEFAULT.withLayout(OmeZarrWriter.Layout.FILES))
                    : OmeZarrWriter.create(
                            path, stack, OmeZarrWriter.Options.DEFAULT.withLayout(OmeZarrWriter.Layout.FILES));
        }

        @Override
        public Delivery onFrame(FrameView frame) throws IOException {
            if (frame.state() != kept) {
                return Delivery.SKIPPED;
            }
            writer.write(frame.timePoint(), frame.channel(), frame.zSlice(), frame.position(), frame.pixels());
            return Delivery.DELIVERED;
        }

        @Override
        public void close() throws IOException {
            writer.close();
        }
    }

    private static StackSink products(RunFolder folder) {
        return new StackSink("products", folder.restoredZarr("cam0", 0), FrameState.RESTORED);
    }

    /** Records a run in which every seventh frame fails to be restored, with gaps before frames 10 and 30. */
    private void record(WindowSpec window, int zSlices) throws Exception {
        StreamSpec stream = new StreamSpec("cam0", FRAME, List.of("0"), zSlices, 1, 0.1, 0.5, 16, 0, 0, 40);
        FakeRestorer restorer = new FakeRestorer(FRAME, window).working((index, lane) -> {
            if (index % 7 == 5) {
                throw new IllegalStateException("planned");
            }
        });
        try (RunFolder runFolder = RunFolder.create(run);
                Ledger ledger = Ledger.open(runFolder.ledger());
                FrameSource source =
                        new ScriptedSource(stream, 40, 1000).gapAt(10, 3).gapAt(30, 1)) {
            source.open();
            pipeline(stream, source, restorer, ledger)
                    .rawSink(new StackSink("raw-disk", runFolder.rawZarr("cam0", 0), FrameState.RAW))
                    .sink(products(runFolder))
                    .build()
                    .run();
        }
    }

    private static FramePipeline.Builder pipeline(
            StreamSpec stream, FrameSource source, FakeRestorer restorer, Ledger ledger) {
        return FramePipeline.builder(stream)
                .settings(PipelineSettings.offline(16, 2))
                .source(source)
                .restorer(restorer)
                .ledger(ledger);
    }

    private FakeWriter replay() throws Exception {
        try (RunReplaySource source = new RunReplaySource(run, "cam0", 0, true)) {
            FakeWriter writer = new FakeWriter(source.open());
            writer.room = time -> time / 400_000 % 3 != 0;
            source.run(writer);
            return writer;
        }
    }

    private Map<Long, LedgerLine> outcomes() throws IOException {
        return LedgerReader.read(run.resolve("ledger.ndjson")).stream()
                .filter(line -> line.kind().equals("outcome"))
                .collect(Collectors.toMap(LedgerLine::index, Function.identity()));
    }

    @Test
    void everyFrameHasItsIndexPixelsAndNormalisationAgain() throws Exception {
        record(WindowSpec.SINGLE, 1);
        Map<Long, LedgerLine> outcomes = outcomes();
        FakeWriter writer = replay();
        assertThat(writer.frames()).isEqualTo(40);
        for (FakeWriter.Entry entry : writer.entries) {
            if (!entry.isGap()) {
                long index = entry.header().index;
                assertThat(PatternFrames.mismatch(entry.pixels(), index)).isEqualTo(-1);
                LedgerLine outcome = outcomes.get(index);
                assertThat(entry.header().normPreset).isTrue();
                assertThat(entry.header().norm[0]).isEqualTo(outcome.norm()[0]);
                assertThat(entry.header().alreadyRestored).isEqualTo(outcome.state() == FrameState.RESTORED);
                assertThat(entry.header().alreadyRestored).isEqualTo(index % 7 != 5);
                assertThat(entry.header().cameraNumber).isEqualTo(index);
            }
        }
    }

    @Test
    void gapsAreGapsAgainWhereTheyWere() throws Exception {
        record(WindowSpec.SINGLE, 1);
        FakeWriter writer = replay();
        assertThat(writer.entries.stream()
                        .filter(FakeWriter.Entry::isGap)
                        .map(entry -> entry.header().index + "+" + entry.header().count + entry.header().cause))
                .containsExactly("10+3CAMERA_SKIPPED", "30+1CAMERA_SKIPPED");
        assertThat(writer.nextIndex()).isEqualTo(44);
    }

    @Test
    void onlyWhatLacksAProductIsRestoredAndTheRunIsThenComplete() throws Exception {
        record(WindowSpec.SINGLE, 1);
        CheckingSink sink = new CheckingSink("restored-disk");
        FakeRestorer restorer = new FakeRestorer(FRAME);
        try (RunReplaySource source = new RunReplaySource(run, "cam0", 0, true);
                RunFolder runFolder = RunFolder.open(run);
                Ledger ledger = Ledger.open(run.resolve("ledger.ndjson"))) {
            StreamSpec stream = source.open();
            assertThat(source.unrestoredFrames()).isEqualTo(5);
            PipelineReport report = pipeline(stream, source, restorer, ledger)
                    .sink(sink)
                    .sink(products(runFolder))
                    .build()
                    .run();
            assertThat(report.endCause()).isEqualTo(Cause.COMPLETED);
        }
        assertThat(restorer.faults()).isEmpty();
        assertThat(sink.faults()).isEmpty();
        assertThat(sink.seen().stream()
                        .filter(seen -> seen.state() == FrameState.RESTORED)
                        .map(CheckingSink.Seen::index))
                .containsExactly(5L, 19L, 26L, 33L, 40L);
        try (RunReplaySource again = new RunReplaySource(run, "cam0", 0, true)) {
            again.open();
            assertThat(again.unrestoredFrames()).isZero();
        }
    }

    @Test
    void aProductThatTheLedgerKnowsButTheDiskDoesNotIsMadeAgain() throws Exception {
        record(WindowSpec.SINGLE, 1);
        // As after a kill between the release of a product and its writing.
        Path product = run.resolve("cam0-0").resolve("restored.ome.zarr");
        List<Path> chunks;
        try (var files = Files.walk(product)) {
            chunks = files.filter(Files::isRegularFile)
                    .filter(file -> product.relativize(file).startsWith(Path.of("0", "c")))
                    .toList();
        }
        assertThat(chunks).hasSize(35);
        Files.delete(chunks.get(11));
        try (RunReplaySource source = new RunReplaySource(run, "cam0", 0, true)) {
            source.open();
            assertThat(source.unrestoredFrames()).isEqualTo(6);
        }
    }

    @Test
    void aFrameWhosePixelsAreGoneBecomesAGapOfOne() throws Exception {
        record(WindowSpec.SINGLE, 1);
        Path raw = run.resolve("cam0-0").resolve("raw.ome.zarr");
        List<Path> chunks;
        try (var files = Files.walk(raw)) {
            chunks = files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".json"))
                    .filter(file -> raw.relativize(file).toString().contains("c"))
                    .sorted()
                    .toList();
        }
        assertThat(chunks).hasSize(40);
        Files.delete(chunks.get(3));
        Files.write(chunks.get(8), new byte[] {1, 2, 3});
        FakeWriter writer = replay();
        assertThat(writer.frames()).isEqualTo(38);
        assertThat(writer.lost()).isEqualTo(6);
        assertThat(writer.nextIndex()).isEqualTo(44);
        assertThat(writer.entries.stream().filter(FakeWriter.Entry::isGap).map(entry -> entry.header().cause))
                .contains(Cause.SOURCE_ABORTED, Cause.BAD_FRAME);
    }

    @Test
    void membersOfAStackThatHasItsProductAreDone() throws Exception {
        record(WindowSpec.WHOLE_STACK, 4);
        FakeWriter writer = replay();
        for (FakeWriter.Entry entry : writer.entries) {
            if (!entry.isGap()) {
                long stack = entry.header().index / 4;
                long last = 4 * stack + 3;
                boolean complete = stack != 2 && stack != 3 && stack != 7 && stack < 11;
                assertThat(entry.header().alreadyRestored)
                        .as("frame %s", entry.header().index)
                        .isEqualTo(complete && last % 7 != 5);
            }
        }
    }

    @Test
    void aFolderThatIsNoRunSaysSo() {
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> new RunReplaySource(folder, "cam0", 0, true).open())
                .withMessageContaining("is not a run");
    }
}
