package io.nocturne.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.nocturne.stream.fakes.FakeRestorer;
import io.nocturne.stream.fakes.PatternFrames;
import io.nocturne.stream.fakes.ScriptedSource;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ledger.LedgerLine;
import io.nocturne.stream.ledger.LedgerReader;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineReport;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.stack.FileMover;
import io.nocturne.stream.stack.FreeSpace;
import io.nocturne.stream.stack.Fsync;
import io.nocturne.stream.stack.OmeTiffWriter;
import io.nocturne.stream.stack.OmeZarrReader;
import io.nocturne.stream.stack.OmeZarrVersion;
import io.nocturne.stream.stack.OmeZarrWriter;
import io.nocturne.stream.stack.RecordedStack;
import io.nocturne.stream.stack.RunDescription;
import io.nocturne.stream.stack.RunFolder;
import io.nocturne.stream.stack.StackException;
import io.nocturne.stream.stack.StackFormat;
import io.nocturne.stream.stack.Verify;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole pipelines that write to a folder. */
@Timeout(60)
class StackSinksTest {
    private static final FrameSpec FRAME = new FrameSpec(40, 24, PixelType.UINT16);
    private static final StreamSpec STREAM =
            new StreamSpec("cam0", FRAME, List.of("GFP", "RFP"), 2, 1, 0.1, 0.5, 16, 0, 10_000_000, -1);
    private static final int FRAMES = 60;

    @TempDir
    Path folder;

    private static PipelineReport record(RunFolder run, StackFormat format) throws Exception {
        run.describe(RunDescription.begin(JsonNodeFactory.instance.objectNode(), List.of(), Map.of()));
        RawStackSink.Options options =
                new RawStackSink.Options(format, new FreeSpace.Limits(0, 0), RawStackSink.Options.DEFAULT.warnings());
        FakeRestorer restorer = new FakeRestorer(FRAME).working((index, lane) -> {
            if (index % 10 == 7) {
                throw new IllegalStateException("a model that fails at every tenth frame");
            }
        });
        try (Ledger ledger = Ledger.open(run.ledger())) {
            return FramePipeline.builder(STREAM)
                    .run("run", 0)
                    .settings(PipelineSettings.offline(64, 2))
                    .source(new ScriptedSource(STREAM, FRAMES - 5, 100).gapAt(20, 5))
                    .rawSink(new RawStackSink(run, options))
                    .restorer(restorer)
                    .sink(new RestoredStackSink(run, options))
                    .ledger(ledger)
                    .build()
                    .run();
        }
    }

    @Test
    void aRunOnDiskIsWhatItsLedgerSaysInEveryFormat() throws Exception {
        OmeZarrWriter.Options zarr = OmeZarrWriter.Options.DEFAULT;
        List<StackFormat> formats = List.of(
                zarr,
                zarr.withZstd(1),
                zarr.withVersion(OmeZarrVersion.V0_4),
                zarr.withVersion(OmeZarrVersion.V0_4).withZstd(1),
                new OmeTiffWriter.Format(Fsync.NONE),
                new OmeTiffWriter.Format(Fsync.EACH));
        for (StackFormat format : formats) {
            Path root = folder.resolve("run" + formats.indexOf(format));
            try (RunFolder run = RunFolder.create(root)) {
                PipelineReport report = record(run, format);
                assertThat(report.accounting().mismatches(true)).isEmpty();
                assertThat(report.accounting().rawStored()).isEqualTo(FRAMES - 5);
            }
            Verify.Result verified = Verify.run(root, false);
            assertThat(verified.findings()).isEmpty();
            assertThat(verified.counts().rawFrames()).isEqualTo(FRAMES - 5);
            assertThat(verified.counts().gapFrames()).isEqualTo(5);
            RunFolder run = RunFolder.open(root);
            ByteBuffer pixels = ByteBuffer.allocateDirect(FRAME.bytes()).order(ByteOrder.nativeOrder());
            try (RecordedStack raw = RecordedStack.open(run.raw("cam0", 0));
                    RecordedStack restored = RecordedStack.open(run.restored("cam0", 0))) {
                assertThat(raw.frames()).isEqualTo(FRAMES);
                assertThat(restored.frames()).isEqualTo(FRAMES);
                assertThat(raw.stream().zSlices()).isEqualTo(2);
                for (int i = 0; i < FRAMES; i++) {
                    boolean gap = i >= 20 && i < 25;
                    boolean failed = !gap && i % 10 == 7;
                    assertThat(raw.read(i, pixels)).isEqualTo(!gap);
                    if (!gap) {
                        assertThat(PatternFrames.mismatch(pixels, i)).isNegative();
                    }
                    assertThat(restored.read(i, pixels)).isEqualTo(!gap && !failed);
                    if (!gap && !failed) {
                        assertThat(PatternFrames.mismatch(pixels, i)).isNegative();
                    }
                    FrameState state = gap ? FrameState.GAP : failed ? FrameState.FAILED : FrameState.RESTORED;
                    assertThat(restored.state(
                                    STREAM.timePointOf(i),
                                    STREAM.channelOf(i),
                                    STREAM.zSliceOf(i),
                                    STREAM.positionOf(i)))
                            .isEqualTo(state.code());
                }
            }
        }
    }

    @Test
    void theLedgerHoldsTheChecksumOfEveryRawFrame() throws Exception {
        Path root = folder.resolve("run");
        try (RunFolder run = RunFolder.create(root)) {
            record(run, OmeZarrWriter.Options.DEFAULT);
        }
        ByteBuffer frame = ByteBuffer.allocate(FRAME.bytes()).order(ByteOrder.nativeOrder());
        int checked = 0;
        for (LedgerLine line : LedgerReader.read(root.resolve("ledger.ndjson"))) {
            if (line.kind().equals("raw")) {
                PatternFrames.fill(frame, line.index());
                CRC32C crc = new CRC32C();
                crc.update(frame.clear());
                assertThat(line.pixelsCrc32c()).isEqualTo(crc.getValue());
                checked++;
            }
        }
        assertThat(checked).isEqualTo(FRAMES - 5);
    }

    @Test
    void anEpochIsNeverRecordedTwice() throws Exception {
        try (RunFolder run = RunFolder.create(folder.resolve("run"))) {
            record(run, OmeZarrWriter.Options.DEFAULT);
            assertThatThrownBy(() -> record(run, OmeZarrWriter.Options.DEFAULT))
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("exists already");
        }
        assertThat(Verify.run(folder.resolve("run"), false).ok()).isTrue();
    }

    @Test
    void recordingStopsWithTheCauseBeforeTheDiskIsFull() throws Exception {
        List<String> warnings = new ArrayList<>();
        long more = Long.MAX_VALUE / 4;
        RawStackSink.Options options = new RawStackSink.Options(
                OmeZarrWriter.Options.DEFAULT, new FreeSpace.Limits(more, more), warnings::add);
        try (RunFolder run = RunFolder.create(folder.resolve("run"))) {
            FramePipeline pipeline = FramePipeline.builder(STREAM)
                    .source(new ScriptedSource(STREAM, FRAMES, 100))
                    .rawSink(new RawStackSink(run, options))
                    .build();
            assertThatThrownBy(pipeline::run).hasStackTraceContaining("reserve");
        }
    }

    private record Fault(FileSystemException failure, String told) {}

    static Stream<Fault> faults() {
        return Stream.of(
                new Fault(new FileSystemException("c/9", null, "No space left on device"), "The disk is full"),
                new Fault(new FileSystemException("c/9", null, "Read-only file system"), "The disk is read-only"),
                new Fault(new NoSuchFileException("c/9"), "was the drive removed"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aDiskThatFailsEndsTheRunWithItsCauseAndEverythingLedgeredIsReadable(Fault fault) throws Exception {
        Path root = folder.resolve("run");
        AtomicInteger frames = new AtomicInteger();
        OmeZarrWriter.Options failing = OmeZarrWriter.Options.DEFAULT
                .withLayout(OmeZarrWriter.Layout.FILES)
                .withMover((from, to) -> {
                    boolean frame = !to.endsWith("zarr.json");
                    if (frame && frames.incrementAndGet() > 30) {
                        throw fault.failure();
                    }
                    FileMover.ATOMIC.move(from, to);
                });
        PipelineReport report;
        try (RunFolder run = RunFolder.create(root)) {
            report = record(run, failing);
        }
        assertThat(report.complete()).isFalse();
        assertThat(report.accounting().rawStored()).isLessThan(FRAMES - 5);
        assertThat(report.messages()).anyMatch(message -> message.contains(fault.told()));

        assertThat(Verify.run(root, true).ok()).isTrue();
        RunFolder run = RunFolder.open(root);
        ByteBuffer pixels = ByteBuffer.allocateDirect(FRAME.bytes()).order(ByteOrder.nativeOrder());
        int ledgered = 0;
        try (OmeZarrReader raw = OmeZarrReader.open(run.rawZarr("cam0", 0))) {
            for (LedgerLine line : LedgerReader.read(run.ledger())) {
                if (line.kind().equals("raw")) {
                    assertThat(raw.read(line.index(), pixels)).isTrue();
                    assertThat(PatternFrames.mismatch(pixels, line.index())).isNegative();
                    ledgered++;
                }
            }
        }
        assertThat(ledgered).as("what was stored before").isPositive();
    }

    @Test
    void theNullSinkReadsEveryPixel() throws Exception {
        NullSink raw = new NullSink("null-raw");
        NullSink restored = new NullSink("null-restored");
        PipelineReport report = FramePipeline.builder(STREAM)
                .settings(PipelineSettings.offline(64, 1))
                .source(new ScriptedSource(STREAM, FRAMES, 100))
                .rawSink(raw)
                .restorer(new FakeRestorer(FRAME))
                .sink(restored)
                .build()
                .run();
        assertThat(report.problems()).isEmpty();
        assertThat(raw.frames()).isEqualTo(FRAMES);
        assertThat(restored.frames()).isEqualTo(FRAMES);
        ByteBuffer last = ByteBuffer.allocate(FRAME.bytes()).order(ByteOrder.nativeOrder());
        PatternFrames.fill(last, FRAMES - 1);
        CRC32C crc = new CRC32C();
        crc.update(last.clear());
        assertThat(raw.lastCrc32c()).isEqualTo(crc.getValue());
        assertThat(restored.lastCrc32c()).isEqualTo(crc.getValue());
    }
}
