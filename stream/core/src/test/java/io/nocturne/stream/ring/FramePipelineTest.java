package io.nocturne.stream.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.stream.accounting.SinkTally;
import io.nocturne.stream.fakes.CheckingSink;
import io.nocturne.stream.fakes.FakeRestorer;
import io.nocturne.stream.fakes.PatternFrames;
import io.nocturne.stream.fakes.ScriptedSource;
import io.nocturne.stream.ledger.Ledger;
import io.nocturne.stream.ledger.LedgerLine;
import io.nocturne.stream.ledger.LedgerReader;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSource;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FramePipelineTest {
    private static final FrameSpec FRAME = new FrameSpec(33, 17, PixelType.UINT16);

    private static StreamSpec movie(long periodNanos) {
        return StreamSpec.movie("cam0", FRAME, periodNanos, -1);
    }

    private static List<Long> upTo(long frames) {
        return LongStream.range(0, frames).boxed().toList();
    }

    private static void sleepRandomly(long index, int seed, int maxMicros) throws InterruptedException {
        int micros = new Random(index * 31 + seed).nextInt(maxMicros);
        Thread.sleep(micros / 1000, micros % 1000 * 1000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void framesStayInCaptureOrderWithFourWorkers(int workers) throws Exception {
        int frames = 600;
        CheckingSink rawDisk = new CheckingSink("raw-disk");
        CheckingSink first = new CheckingSink("restored-disk");
        CheckingSink second = new CheckingSink("kafka");
        FakeRestorer restorer = new FakeRestorer(FRAME).working((i, lane) -> sleepRandomly(i, 7, 4000));
        PipelineReport report = FramePipeline.builder(movie(0))
                .source(new ScriptedSource(movie(0), frames, 0))
                .rawSink(rawDisk)
                .restorer(restorer)
                .sink(first)
                .sink(second)
                .settings(PipelineSettings.offline(64, workers))
                .build()
                .run();

        assertThat(report.problems()).isEmpty();
        assertThat(report.accounting().restored()).isEqualTo(frames);
        assertThat(rawDisk.indices(FrameState.RAW)).isEqualTo(upTo(frames));
        assertThat(first.indices(FrameState.RESTORED)).isEqualTo(upTo(frames));
        assertThat(second.indices(FrameState.RESTORED)).isEqualTo(upTo(frames));
        assertThat(first.faults()).isEmpty();
        assertThat(second.faults()).isEmpty();
        assertThat(rawDisk.faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1,false", "2,false", "4,false", "1,true", "4,true"})
    void everyFrameLeavesOnceInOrderWhateverHappensToIt(int workers, boolean lossless) throws Exception {
        int frames = 400;
        CheckingSink rawDisk = new CheckingSink("raw-disk");
        CheckingSink disk = new CheckingSink("restored-disk");
        FakeRestorer restorer = new FakeRestorer(FRAME).working((i, lane) -> {
            sleepRandomly(i, 3, 6000);
            if (i % 11 == 5) {
                throw new IllegalStateException("planted");
            }
        });
        PipelineSettings base = lossless ? PipelineSettings.offline(64, workers) : PipelineSettings.live(64, workers);
        ScriptedSource source = new ScriptedSource(movie(1_000_000), frames, 1000)
                .gapAt(50, 3)
                .gapAt(54, 1)
                .gapAt(200, 40);
        PipelineReport report = FramePipeline.builder(movie(1_000_000))
                .source(source)
                .rawSink(rawDisk)
                .restorer(restorer)
                .sink(disk)
                .settings(base)
                .build()
                .run();

        long next = 0;
        for (CheckingSink.Seen entry : disk.seen()) {
            assertThat(entry.index()).isEqualTo(next);
            next += entry.count();
        }
        assertThat(next).isEqualTo(frames + 44);
        assertThat(disk.faults()).isEmpty();
        assertThat(rawDisk.faults()).isEmpty();
        assertThat(rawDisk.indices(FrameState.RAW)).hasSize(frames);
        assertThat(report.accounting().mismatches(true)).isEmpty();
        assertThat(report.accounting().camera()).isEqualTo(frames + 44);
        assertThat(report.accounting().byCause()).containsEntry(Cause.CAMERA_SKIPPED, 44L);
        if (lossless) {
            assertThat(report.accounting().rawOnly()).isZero();
        }
    }

    @Test
    void sourceStopsWhenTheRawDiskFails() throws Exception {
        CheckingSink rawDisk = new CheckingSink("raw-disk").before(i -> {
            if (i >= 20) {
                throw new UncheckedIOException(new IOException("No space left on device"));
            }
            return true;
        });
        CheckingSink disk = new CheckingSink("restored-disk");
        PipelineReport report = FramePipeline.builder(movie(1_000_000))
                .source(new ScriptedSource(movie(1_000_000), 1_000_000, 10))
                .rawSink(rawDisk)
                .restorer(new FakeRestorer(FRAME))
                .sink(disk)
                .settings(PipelineSettings.live(64, 1))
                .build()
                .run();

        assertThat(report.endCause()).isEqualTo(Cause.RAW_SINK_FAILED);
        assertThat(report.complete()).isFalse();
        assertThat(report.accounting().mismatches(true)).isEmpty();
        assertThat(report.accounting().rawStored()).isEqualTo(20);
        assertThat(report.accounting().acquired()).isLessThan(5000);
        assertThat(report.messages()).anyMatch(m -> m.contains("No space left on device"));
    }

    @Test
    void aRawDiskThatFailsForAWhileCostsOnlyThoseFramesWhenGapsAreAllowed() throws Exception {
        CheckingSink rawDisk = new CheckingSink("raw-disk").before(i -> {
            if (i >= 20 && i < 25) {
                throw new UncheckedIOException(new IOException("planted"));
            }
            return true;
        });
        PipelineReport report = FramePipeline.builder(movie(0))
                .source(new ScriptedSource(movie(0), 100, 0))
                .rawSink(rawDisk)
                .settings(PipelineSettings.live(64, 1).withOnRawFailure(PipelineSettings.RawFailure.GAP))
                .build()
                .run();

        assertThat(report.accounting().rawStored()).isEqualTo(95);
        assertThat(report.accounting().byCause()).containsEntry(Cause.RAW_DISK_FAILED, 5L);
        assertThat(report.complete()).isFalse();
    }

    @Test
    void drainReportsUnprocessedFrames() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CheckingSink stuck = new CheckingSink("restored-disk").before(i -> {
            await(never);
            return true;
        });
        CheckingSink healthy = new CheckingSink("kafka");
        CheckingSink rawDisk = new CheckingSink("raw-disk");
        PipelineReport report = FramePipeline.builder(movie(1_000_000))
                .source(new ScriptedSource(movie(1_000_000), 100, 100))
                .rawSink(rawDisk)
                .restorer(new FakeRestorer(FRAME))
                .sink(stuck)
                .sink(healthy)
                .settings(PipelineSettings.live(64, 1).withDrainMillis(300))
                .build()
                .run();
        never.countDown();

        assertThat(report.unprocessed()).containsOnlyKeys("restored-disk");
        assertThat(report.unprocessed().get("restored-disk")).isEqualTo(100);
        assertThat(report.complete()).isFalse();
        assertThat(report.accounting().mismatches(true)).isEmpty();
        assertThat(report.accounting().rawStored()).isEqualTo(100);
        SinkTally.Snapshot tally = report.accounting().sinks().stream()
                .filter(s -> s.name().equals("restored-disk"))
                .findFirst()
                .orElseThrow();
        assertThat(tally.lost()).isEqualTo(100);
        assertThat(healthy.seen()).hasSize(100);
    }

    @Test
    void twoSinksReadTheSameSlotIndependently() throws Exception {
        // Both consume the same plane at the same time, in pieces: a shared buffer position would tear their reads.
        PieceSink slow = new PieceSink("restored-disk", 7);
        PieceSink fast = new PieceSink("kafka", 64);
        PipelineReport report = FramePipeline.builder(movie(0))
                .source(new ScriptedSource(movie(0), 400, 0))
                .restorer(new FakeRestorer(FRAME))
                .sink(slow)
                .sink(fast)
                .settings(PipelineSettings.offline(64, 2))
                .build()
                .run();

        assertThat(report.problems()).isEmpty();
        assertThat(slow.faults()).isEmpty();
        assertThat(fast.faults()).isEmpty();
        assertThat(slow.frames()).isEqualTo(400);
        assertThat(fast.frames()).isEqualTo(400);
    }

    @Test
    void oneFrameIsNotHeldByTheBatchBehindIt() throws Exception {
        // The sink may see frame 0 only while frames 1.. are held up in the restorer: each entry is released on its
        // own.
        CountDownLatch firstDelivered = new CountDownLatch(1);
        CheckingSink disk = new CheckingSink("restored-disk").before(i -> {
            firstDelivered.countDown();
            return true;
        });
        FakeRestorer restorer = new FakeRestorer(FRAME).working((i, lane) -> {
            if (i > 0) {
                await(firstDelivered);
            }
        });
        PipelineReport report = FramePipeline.builder(movie(0))
                .source(new ScriptedSource(movie(0), 8, 0))
                .restorer(restorer)
                .sink(disk)
                .settings(PipelineSettings.offline(16, 4))
                .build()
                .run();

        assertThat(report.problems()).isEmpty();
        assertThat(disk.indices(FrameState.RESTORED)).isEqualTo(upTo(8));
    }

    @Test
    void aRawSlotIsFreeAgainBeforeTheBatchBehindItIsStored() throws Exception {
        // A ring of 4 with 4 queued frames: the source can only go on if the recorder releases frame by frame.
        AtomicLong committed = new AtomicLong(-1);
        List<String> faults = new java.util.concurrent.CopyOnWriteArrayList<>();
        CheckingSink rawDisk = new CheckingSink("raw-disk").before(i -> {
            if (i >= 4) {
                return true;
            }
            long deadline = System.nanoTime() + 5_000_000_000L;
            while (committed.get() < Math.min(i + 3, 39)) {
                if (System.nanoTime() > deadline) {
                    faults.add("frame " + (i + 3) + " found no room while frame " + i + " was being stored");
                    return true;
                }
                Thread.onSpinWait();
            }
            return true;
        });
        FramePipeline.builder(movie(0))
                .source(new ScriptedSource(movie(0), 40, 0))
                .rawSink(rawDisk)
                .settings(PipelineSettings.live(4, 1))
                .witness(committed::set)
                .build()
                .run();

        assertThat(faults).isEmpty();
        assertThat(rawDisk.indices(FrameState.RAW)).isEqualTo(upTo(40));
    }

    @ParameterizedTest
    @CsvSource({"TIME,2,0,1", "TIME,1,1,4", "TIME,3,0,4", "Z,2,2,4"})
    void windowNeighboursAreNeverOverwritten(WindowSpec.Axis axis, int before, int after, int workers)
            throws Exception {
        StreamSpec stack = new StreamSpec("cam0", FRAME, List.of("a", "b"), 5, 1, Double.NaN, Double.NaN, 16, 0, 0, -1);
        FakeRestorer restorer = new FakeRestorer(FRAME, new WindowSpec(axis, before, after))
                .working((i, lane) -> sleepRandomly(i, 1, 300));
        CheckingSink disk = new CheckingSink("restored-disk");
        PipelineReport report = FramePipeline.builder(stack)
                .source(new ScriptedSource(stack, 4000, 0).gapAt(777, 13))
                .restorer(restorer)
                .sink(disk)
                .settings(PipelineSettings.offline(128, workers))
                .build()
                .run();

        assertThat(restorer.faults()).isEmpty();
        assertThat(disk.faults()).isEmpty();
        assertThat(report.accounting().restored()).isEqualTo(4000);
    }

    @Test
    void liveAndBackfilledFramesAreEqualBitForBit(@TempDir Path folder) throws Exception {
        // Live skips most frames; offline skips none. The values applied to each frame must be the same.
        Path liveLedger = folder.resolve("live.ndjson");
        Path offlineLedger = folder.resolve("offline.ndjson");
        PipelineReport live = record(liveLedger, PipelineSettings.live(64, 1), 1_000_000, 5);
        PipelineReport offline = record(offlineLedger, PipelineSettings.offline(64, 4), 0, 1);

        assertThat(live.accounting().rawOnly()).isPositive();
        assertThat(offline.accounting().restored()).isEqualTo(300);
        assertThat(norms(liveLedger)).hasSize(300).isEqualTo(norms(offlineLedger));
    }

    private static PipelineReport record(Path file, PipelineSettings settings, long period, int millis)
            throws Exception {
        try (Ledger ledger = Ledger.open(file)) {
            return FramePipeline.builder(movie(period))
                    .source(new ScriptedSource(movie(period), 300, 1000))
                    .restorer(new FakeRestorer(FRAME).working((i, lane) -> Thread.sleep(millis)))
                    .sink(new CheckingSink("restored-disk"))
                    .ledger(ledger)
                    .settings(settings)
                    .build()
                    .run();
        }
    }

    private static List<Double> norms(Path ledger) throws IOException {
        return LedgerReader.read(ledger).stream()
                .filter(line -> line.kind().equals("outcome"))
                .map(LedgerLine::norm)
                .map(norm -> norm[0])
                .toList();
    }

    @Test
    void gapsOfARecordingAreNoLossOfItsReplay() throws Exception {
        // The ring is full when the gap is repeated, as it is when a slow model holds the replay up.
        FakeRestorer slow = new FakeRestorer(FRAME).working((i, lane) -> Thread.sleep(2));
        PipelineReport report = FramePipeline.builder(movie(0))
                .source(new OverwrittenSource(60, 30))
                .restorer(slow)
                .sink(new CheckingSink("restored-disk"))
                .settings(PipelineSettings.offline(4, 1))
                .build()
                .run();

        assertThat(report.problems()).isEmpty();
        assertThat(report.endCause()).isEqualTo(Cause.COMPLETED);
        assertThat(report.accounting().restored()).isEqualTo(60);
        assertThat(report.accounting().byCause()).containsEntry(Cause.CAMERA_OVERWROTE, 5L);
    }

    @Test
    void aRecordingThatCannotKeepUpEndsLoudly() throws Exception {
        CheckingSink rawDisk = new CheckingSink("raw-disk").before(i -> {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return true;
        });
        PipelineReport report = FramePipeline.builder(movie(0))
                .source(new OverwrittenSource(60, 30))
                .rawSink(rawDisk)
                .settings(PipelineSettings.live(4, 1))
                .build()
                .run();

        assertThat(report.endCause()).isEqualTo(Cause.RAW_SINK_FAILED);
        assertThat(report.messages()).anySatisfy(message -> assertThat(message)
                .contains("faster than they could be stored: 5 were lost at frame 30")
                .containsPattern(
                        "In [0-9.]+ s 35 came, [0-9.]+ a second .[0-9]+ MB/s., and [0-9]+ were stored, [0-9.]+ a"));
        assertThat(report.accounting().mismatches(true)).isEmpty();
    }

    /** Fills the ring, then tells of five frames that the camera overwrote meanwhile. */
    private record OverwrittenSource(int frames, int gapAfter) implements FrameSource {
        @Override
        public StreamSpec open() {
            return movie(0);
        }

        @Override
        public SourceEnd run(FrameWriter writer) {
            for (int i = 0; i < frames; i++) {
                FrameWriter.Claim claim = writer.tryClaim();
                while (claim == FrameWriter.Claim.BACK_PRESSURED) {
                    writer.idle();
                    claim = writer.tryClaim();
                }
                if (claim == FrameWriter.Claim.CLOSED) {
                    break;
                }
                PatternFrames.fill(writer.draft().pixels(), writer.draft().index());
                writer.commit();
                if (i + 1 == gapAfter) {
                    while (writer.tryClaim() == FrameWriter.Claim.CLAIMED) {
                        PatternFrames.fill(
                                writer.draft().pixels(), writer.draft().index());
                        writer.commit();
                        i++;
                    }
                    while (writer.gap(5, Cause.CAMERA_OVERWROTE, -1) == FrameWriter.Claim.BACK_PRESSURED) {
                        writer.idle();
                    }
                }
            }
            return SourceEnd.FINISHED;
        }

        @Override
        public void close() {}
    }

    @Test
    void aSinkThatThrowsLosesItsFrameAndIsOfferedTheNext() throws Exception {
        CheckingSink flaky = new CheckingSink("kafka").before(i -> {
            if (i % 10 == 0) {
                throw new IllegalStateException("planted");
            }
            return true;
        });
        PipelineReport report = FramePipeline.builder(movie(0))
                .source(new ScriptedSource(movie(0), 100, 0))
                .restorer(new FakeRestorer(FRAME))
                .sink(flaky)
                .settings(PipelineSettings.offline(16, 1))
                .build()
                .run();

        SinkTally.Snapshot tally = report.accounting().sinks().get(0);
        assertThat(tally.lost()).isEqualTo(10);
        assertThat(tally.delivered()).isEqualTo(90);
        assertThat(report.complete()).isFalse();
    }

    @Test
    void aSourceThatFailsEndsTheRunWithWhatItGave() throws Exception {
        CheckingSink rawDisk = new CheckingSink("raw-disk");
        PipelineReport report = FramePipeline.builder(movie(0))
                .source(new ScriptedSource(movie(0), 100, 0).failAt(42, new IllegalStateException("camera unplugged")))
                .rawSink(rawDisk)
                .settings(PipelineSettings.live(16, 1))
                .build()
                .run();

        assertThat(report.endCause()).isEqualTo(Cause.SOURCE_FAILED);
        assertThat(report.messages()).anyMatch(m -> m.contains("camera unplugged"));
        assertThat(rawDisk.indices(FrameState.RAW)).isEqualTo(upTo(42));
    }

    @Test
    void aRestorerThatKeepsFailingIsSwitchedOff() throws Exception {
        CheckingSink disk = new CheckingSink("restored-disk");
        FakeRestorer restorer = new FakeRestorer(FRAME).working((i, lane) -> {
            throw new IllegalStateException("planted");
        });
        PipelineReport report = FramePipeline.builder(movie(0))
                .source(new ScriptedSource(movie(0), 50, 0))
                .restorer(restorer)
                .sink(disk)
                .settings(PipelineSettings.offline(16, 1).withFailuresBeforeOff(3))
                .build()
                .run();

        assertThat(report.accounting().mismatches(false)).isEmpty();
        assertThat(report.accounting().byCause().get(Cause.RESTORER_THREW)).isBetween(3L, 5L);
        assertThat(report.accounting().byCause().get(Cause.RESTORER_OFF)).isBetween(45L, 47L);
        assertThat(disk.seen()).hasSize(50);
        assertThat(report.messages()).anyMatch(m -> m.contains("planted"));
    }

    @Test
    void aStackMakesOneProductAtItsLastSlice() throws Exception {
        StreamSpec stack = new StreamSpec("cam0", FRAME, List.of("a"), 4, 1, Double.NaN, Double.NaN, 16, 0, 0, -1);
        CheckingSink disk = new CheckingSink("restored-disk");
        PipelineReport report = FramePipeline.builder(stack)
                // Frames 4 and 5 are missing: their stack can't be completed, and 4 frames further all is well again.
                .source(new ScriptedSource(stack, 14, 0).gapAt(4, 2))
                .restorer(new FakeRestorer(FRAME, WindowSpec.WHOLE_STACK))
                .sink(disk)
                .settings(PipelineSettings.offline(16, 1))
                .build()
                .run();

        assertThat(disk.indices(FrameState.RESTORED)).containsExactly(3L, 11L, 15L);
        assertThat(report.accounting().byCause())
                .containsEntry(Cause.STACK_MEMBER, 9L)
                .containsEntry(Cause.STACK_INCOMPLETE, 2L);
        assertThat(report.accounting().mismatches(false)).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
