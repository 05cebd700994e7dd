package io.nocturne.acquisition.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.acquisition.FakeWriter;
import io.nocturne.acquisition.PatternSource;
import io.nocturne.acquisition.mm.FakeCore.Mishap;
import io.nocturne.acquisition.mm.FakeCore.Numbering;
import io.nocturne.acquisition.mm.FakeCore.Script;
import io.nocturne.acquisition.mm.MicroManagerSource.Mode;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSource.SourceEnd;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What a real core was seen to do, and what the source makes of it. In each case every frame that the camera sent is
 * accounted for: committed, in a gap, or left in the camera by a stop.
 */
class BehaviourTest {
    private static final long WALL = 1_795_000_000L * 1_000_000_000L;
    private static final long MILLI = 1_000_000L;

    private FakeCore core;
    private FakeWriter writer;
    private MicroManagerSource source;
    private StreamSpec stream;

    private long now() {
        return writer == null ? 1_000_000_000L : writer.now;
    }

    private void open(Script script, Mode mode, long frames) throws SourceException {
        open(
                script,
                new MicroManagerSource.Settings(
                        "cam0",
                        setup(),
                        CameraSettings.UNCHANGED,
                        mode,
                        0,
                        LightSettings.NONE,
                        List.of(Phase.whole(frames))));
    }

    private void open(Script script, MicroManagerSource.Settings settings) throws SourceException {
        core = new FakeCore(script, this::now, WALL);
        source = new MicroManagerSource(
                settings, () -> core, new CoreTime(() -> now() + WALL), Optional.of(() -> writer.idle()));
        stream = source.open();
        writer = new FakeWriter(stream);
    }

    private static CoreSetup setup() {
        return new CoreSetup(Optional.empty(), List.of(), List.of(), Optional.empty());
    }

    private void everyFrameSentIsAccountedFor() {
        assertThat(writer.frames() + writer.lost() + core.waiting()).isEqualTo(core.sent());
    }

    /** Pixels follow from the frame's number since the sequence began, and so does its index if every loss is known. */
    private void pixelsMatchIndices() {
        for (FakeWriter.Entry entry : writer.entries) {
            if (!entry.isGap()) {
                long index = entry.header().index;
                assertThat(PatternSource.mismatch(entry.pixels(), PixelType.UINT16, index))
                        .as("frame %d", index)
                        .isEqualTo(-1);
            }
        }
    }

    private interface Act {
        void run() throws PortException;
    }

    /** Does something behind the source's back when that many entries have been written. */
    private void once(int entries, Act act) {
        boolean[] done = {false};
        writer.stop = count -> {
            if (count == entries && !done[0]) {
                done[0] = true;
                try {
                    act.run();
                } catch (PortException e) {
                    throw new AssertionError(e);
                }
            }
            return false;
        };
    }

    private List<FakeWriter.Entry> gaps() {
        return writer.entries.stream().filter(FakeWriter.Entry::isGap).toList();
    }

    @Test
    void framesArriveOnceInOrderWithNumberTimesAndExposure() throws Exception {
        open(Script.camera(16, 8, 2), Mode.LIVE, 50);
        assertThat(stream.frame()).isEqualTo(new FrameSpec(16, 8, PixelType.UINT16));
        assertThat(stream.framePeriodNanos()).isEqualTo(2 * MILLI);
        assertThat(stream.totalFrames()).isEqualTo(50);
        assertThat(source.run(writer)).isEqualTo(SourceEnd.FINISHED);
        assertThat(writer.frames()).isEqualTo(50);
        pixelsMatchIndices();
        for (FakeWriter.Entry entry : writer.entries) {
            long i = entry.header().index;
            assertThat(entry.header().cameraNumber).isEqualTo(i);
            assertThat(entry.header().exposureNanos).isEqualTo(2 * MILLI);
            assertThat(entry.header().exposedNanos).isEqualTo((i + 1) * 2 * MILLI);
            // To the microsecond that the tag has.
            assertThat(entry.header().coreNanos)
                    .isBetween(1_000_000_000L + (i + 1) * 2 * MILLI - 1000, entry.header().receivedNanos);
        }
        everyFrameSentIsAccountedFor();
    }

    @Test
    void timeInTheCamerasBufferCountsAsLatency() throws Exception {
        open(Script.camera(16, 8, 2), Mode.LIVE, 20);
        long start = writer.now;
        writer.room = time -> time > start + 30 * MILLI;
        source.run(writer);
        assertThat(writer.frames()).isEqualTo(20);
        var second = writer.entries.get(1).header();
        assertThat(second.receivedNanos - second.coreNanos).isGreaterThan(25 * MILLI);
        pixelsMatchIndices();
        everyFrameSentIsAccountedFor();
    }

    @Test
    void aFullBufferInLiveModeIsWipedAndBecomesAGapOfExactlyThatLength() throws Exception {
        open(Script.camera(16, 8, 2).bufferFrames(32), Mode.LIVE, 400);
        long start = writer.now;
        writer.room = time -> (time - start) / (100 * MILLI) % 2 == 1;
        source.run(writer);
        assertThat(gaps()).isNotEmpty();
        assertThat(gaps()).allSatisfy(gap -> {
            assertThat(gap.header().cause).isEqualTo(Cause.CAMERA_OVERWROTE);
            assertThat(gap.header().count % 32).isZero();
        });
        assertThat(writer.frames() + writer.lost()).isEqualTo(400);
        pixelsMatchIndices();
        everyFrameSentIsAccountedFor();
    }

    @Test
    void anOldBuildsNumbersBeginAnewAndTheLossIsToldByTheCamerasClock() throws Exception {
        open(Script.camera(16, 8, 2).bufferFrames(32).numbering(Numbering.BEGINS_ANEW), Mode.LIVE, 400);
        long start = writer.now;
        writer.room = time -> (time - start) / (100 * MILLI) % 2 == 1;
        source.run(writer);
        assertThat(gaps()).isNotEmpty();
        assertThat(writer.notes).anySatisfy(note -> assertThat(note).containsEntry("what", "numbering began anew"));
        pixelsMatchIndices();
        everyFrameSentIsAccountedFor();
    }

    @Test
    void aFullBufferInRecordModeEndsTheRunWithEveryQueuedFrameTaken() throws Exception {
        open(Script.camera(16, 8, 2).bufferFrames(32), Mode.RECORD, -1);
        long start = writer.now;
        writer.room = time -> time < start + 50 * MILLI || time > start + 200 * MILLI;
        assertThatThrownBy(() -> source.run(writer))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("buffer")
                .hasMessageContaining("was full after")
                .hasMessageContaining("The camera sent 500.0 a second (0 MB/s)")
                .hasMessageMatching(".* let [1-9][0-9.]+ a second .* be taken.*")
                .hasMessageContaining("rings.raw");
        assertThat(gaps()).isEmpty();
        assertThat(writer.frames()).isEqualTo(core.sent()).isGreaterThan(32);
        assertThat(core.waiting()).isZero();
        pixelsMatchIndices();
        everyFrameSentIsAccountedFor();
    }

    @Test
    void aFramePromisedByTheCountAndGoneAtThePopIsPartOfTheNextGap() throws Exception {
        open(Script.camera(16, 8, 2).mishap(10, Mishap.WIPED_BEFORE_POP), Mode.LIVE, 30);
        source.run(writer);
        assertThat(gaps()).hasSize(1);
        assertThat(gaps().get(0).header().index).isEqualTo(10);
        assertThat(gaps().get(0).header().count).isEqualTo(1);
        assertThat(gaps().get(0).header().cameraNumber).isEqualTo(10);
        pixelsMatchIndices();
        everyFrameSentIsAccountedFor();
    }

    @Test
    void aSequenceThatEndsWithoutAWordFailsTheRunAndKeepsWhatCame() throws Exception {
        open(Script.camera(16, 8, 2).mishap(25, Mishap.SEQUENCE_ENDS), Mode.LIVE, -1);
        assertThatThrownBy(() -> source.run(writer))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("stopped by itself after 25 frames")
                .hasMessageContaining("CoreLog");
        assertThat(writer.frames()).isEqualTo(25);
        everyFrameSentIsAccountedFor();
    }

    @Test
    void aRegionChangedUnderneathIsNamedAsTheCauseOfTheEnd() throws Exception {
        open(Script.camera(16, 8, 2), Mode.LIVE, -1);
        once(12, () -> core.apply(CameraSettings.UNCHANGED.withRoi(new Roi(0, 0, 8, 8))));
        assertThatThrownBy(() -> source.run(writer))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("region changed")
                .hasMessageContaining("from 16x8 to 8x8");
        assertThat(writer.frames()).isEqualTo(12);
        everyFrameSentIsAccountedFor();
    }

    @Test
    void aBufferChangedUnderneathEndsTheRun() throws Exception {
        open(Script.camera(16, 8, 2), Mode.LIVE, -1);
        once(12, () -> core.apply(CameraSettings.UNCHANGED.withBufferBytes(2 << 20)));
        assertThatThrownBy(() -> source.run(writer)).hasMessageContaining("stopped by itself");
        everyFrameSentIsAccountedFor();
    }

    @Test
    void anArrayOrTagsOfAnotherSizeBecomeAGapOfOneAndNothingElseIsLost() throws Exception {
        open(Script.camera(16, 8, 2).mishap(5, Mishap.WRONG_LENGTH).mishap(9, Mishap.WRONG_SIZE), Mode.LIVE, 20);
        source.run(writer);
        assertThat(gaps()).extracting(gap -> gap.header().index).containsExactly(5L, 9L);
        assertThat(gaps()).allSatisfy(gap -> assertThat(gap.header().cause).isEqualTo(Cause.BAD_FRAME));
        assertThat(writer.frames()).isEqualTo(18);
        pixelsMatchIndices();
        everyFrameSentIsAccountedFor();
    }

    @Test
    void anExposureSetWhileRunningHoldsFromTheNextExposureOnAndInTheSameEpoch() throws Exception {
        open(Script.camera(16, 8, 2), Mode.LIVE, 40);
        once(10, () -> source.request(CameraSettings.UNCHANGED.withExposureMillis(5)));
        assertThat(source.run(writer)).isEqualTo(SourceEnd.FINISHED);
        long previous = 0;
        for (FakeWriter.Entry entry : writer.entries) {
            long tookNanos = entry.header().exposedNanos - previous;
            previous = entry.header().exposedNanos;
            assertThat(entry.header().exposureNanos)
                    .as("frame %d", entry.header().index)
                    .isEqualTo(tookNanos);
        }
        assertThat(writer.entries.get(39).header().exposureNanos).isEqualTo(5 * MILLI);
        pixelsMatchIndices();
        everyFrameSentIsAccountedFor();
    }

    @Test
    void aNewRegionStopsDrainsAndOpensANewEpoch() throws Exception {
        open(Script.camera(16, 8, 2), Mode.LIVE, -1);
        once(10, () -> source.request(CameraSettings.UNCHANGED.withRoi(new Roi(4, 0, 8, 8))));
        SourceEnd end = source.run(writer);
        everyFrameSentIsAccountedFor();
        assertThat(core.waiting()).isZero();
        assertThat(end).isInstanceOfSatisfying(SourceEnd.NextEpoch.class, next -> assertThat(
                        next.spec().frame())
                .isEqualTo(new FrameSpec(8, 8, PixelType.UINT16)));
        FakeWriter first = writer;
        writer = new FakeWriter(((SourceEnd.NextEpoch) end).spec());
        writer.now = first.now;
        writer.stop = count -> count == 5;
        assertThat(source.run(writer)).isEqualTo(SourceEnd.FINISHED);
        assertThat(writer.frames()).isEqualTo(5);
        pixelsMatchIndices();
    }

    @Test
    void aStopLeavesWhatIsQueuedAndSaysHowMuch() throws Exception {
        open(Script.camera(16, 8, 2), Mode.LIVE, -1);
        long start = writer.now;
        writer.room = time -> time < start + 20 * MILLI;
        writer.stop = count -> writer.now > start + 50 * MILLI;
        writer.closed = false;
        FakeWriter closing = writer;
        writer.room = time -> {
            closing.closed = time > start + 50 * MILLI;
            return time < start + 20 * MILLI;
        };
        assertThat(source.run(writer)).isEqualTo(SourceEnd.FINISHED);
        Map<String, Object> last = writer.notes.get(writer.notes.size() - 1);
        // One more was in hand when the pipeline closed.
        assertThat(last).containsEntry("what", "sequence stopped").containsEntry("why", "STOPPED");
        assertThat(writer.frames() + (long) (Integer) last.get("leftInCamera") + (Integer) last.get("leftInHand"))
                .isEqualTo(core.sent());
        assertThat(core.running()).isFalse();
    }

    @Test
    void eachCameraOfAMultiCameraIsAChannelHoweverTheirFramesInterleave() throws Exception {
        open(Script.camera(16, 8, 2).cameras(List.of("C1", "C2")), Mode.LIVE, 30);
        assertThat(stream.channels()).containsExactly("C1", "C2");
        assertThat(stream.totalFrames()).isEqualTo(60);
        assertThat(stream.framePeriodNanos()).isEqualTo(MILLI);
        assertThat(source.run(writer)).isEqualTo(SourceEnd.FINISHED);
        assertThat(writer.frames()).isEqualTo(60);
        for (int channel = 0; channel < 2; channel++) {
            int of = channel;
            assertThat(writer.entries.stream().filter(e -> e.header().channel == of))
                    .extracting(e -> e.header().timePoint)
                    .containsExactlyElementsOf(LongStream.range(0, 30).boxed().toList());
        }
        assertThat(writer.entries).allSatisfy(entry -> {
            assertThat(entry.header().cameraNumber).isEqualTo(entry.header().timePoint);
            assertThat(PatternSource.mismatch(entry.pixels(), PixelType.UINT16, entry.header().timePoint))
                    .isEqualTo(-1);
        });
        everyFrameSentIsAccountedFor();
    }

    @Test
    void aWipedBufferOfTwoCamerasIsCountedForEach() throws Exception {
        open(Script.camera(16, 8, 2).cameras(List.of("C1", "C2")).bufferFrames(31), Mode.LIVE, 200);
        long start = writer.now;
        writer.room = time -> (time - start) / (60 * MILLI) % 2 == 1;
        source.run(writer);
        assertThat(gaps()).isNotEmpty();
        assertThat(writer.frames() + writer.lost()).isEqualTo(400);
        for (FakeWriter.Entry entry : writer.entries) {
            if (!entry.isGap()) {
                assertThat(entry.header().cameraNumber).isEqualTo(entry.header().timePoint);
            }
        }
        everyFrameSentIsAccountedFor();
    }

    @Test
    void aFrameOfAnotherCameraIsNeverMixedIn() throws Exception {
        open(Script.camera(16, 8, 2).mishap(7, Mishap.FOREIGN), Mode.LIVE, 10);
        assertThatThrownBy(() -> source.run(writer))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("Another camera");
        assertThat(writer.frames()).isEqualTo(7);
    }

    @Test
    void aBufferThatHoldsNotEvenTwoFramesIsRefusedWithWhatToSet() {
        CameraSettings least = CameraSettings.UNCHANGED.withBufferBytes(1 << 20);
        assertThatThrownBy(() -> open(
                        Script.camera(1024, 512, 2),
                        MicroManagerSource.Settings.of("cam0", setup(), least, Mode.LIVE, 1)))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("buffer of 1 MiB")
                .hasMessageContaining("1024x512")
                .hasMessageContaining("at least 2 MiB");
    }

    @Test
    void aBufferTakenAwayBeforeTheStartFailsTheRunAndNoFrameIsSent() throws Exception {
        open(Script.camera(16, 8, 2), Mode.LIVE, 5);
        assertThatThrownBy(core::takeBufferAway).isInstanceOf(PortException.class);
        assertThatThrownBy(() -> source.run(writer)).hasMessageContaining("memory requirements not adequate");
        assertThat(core.sent()).isZero();
        everyFrameSentIsAccountedFor();
    }

    @Test
    void aPictureSnappedBySomebodyElseMeanwhileChangesNothing() throws Exception {
        open(Script.camera(16, 8, 2), Mode.LIVE, 20);
        once(10, () -> assertThatThrownBy(core::snapImage).isInstanceOf(PortException.class));
        assertThat(source.run(writer)).isEqualTo(SourceEnd.FINISHED);
        assertThat(writer.frames()).isEqualTo(20);
        pixelsMatchIndices();
        everyFrameSentIsAccountedFor();
    }

    @Test
    void aWrongCameraOrNoneIsToldAtOnce() {
        CoreSetup wrong = new CoreSetup(Optional.empty(), List.of(), List.of(), Optional.of("Camra"));
        assertThatThrownBy(() -> open(
                        Script.camera(16, 8, 2),
                        MicroManagerSource.Settings.of("cam0", wrong, CameraSettings.UNCHANGED, Mode.LIVE, 1)))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("Camra");
    }

    @Test
    void aColourOrDeepCameraIsRefusedWithWhatToSet() {
        assertThatThrownBy(() -> open(Script.camera(16, 8, 2).bytesPerPixel(4), Mode.LIVE, 1))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("pixelType");
    }

    @Test
    void eightBitFramesStayEightBit() throws Exception {
        open(Script.camera(16, 8, 2).bytesPerPixel(1), Mode.LIVE, 5);
        assertThat(stream.frame().pixelType()).isEqualTo(PixelType.UINT8);
        source.run(writer);
        assertThat(writer.frames()).isEqualTo(5);
        for (FakeWriter.Entry entry : writer.entries) {
            assertThat(PatternSource.mismatch(entry.pixels(), PixelType.UINT8, entry.header().index))
                    .isEqualTo(-1);
        }
    }

    @Test
    void theCameraStandsStillAfterEveryEnd() throws Exception {
        open(Script.camera(16, 8, 2), Mode.LIVE, 5);
        source.run(writer);
        assertThat(core.running()).isFalse();
        source.close();
        assertThat(core.running()).isFalse();
    }

    @Test
    void theLedgerIsToldHowTheSequenceBeganAndWhatTagsItsFramesBear() throws Exception {
        open(Script.camera(16, 8, 2), Mode.LIVE, 5);
        source.run(writer);
        assertThat(writer.notes.get(0)).containsEntry("what", "sequence begins").containsEntry("exposureMs", 2.0);
        assertThat(writer.notes.get(1)).containsEntry("tag.Camera", "Camera").containsEntry("tag.Width", "16");
        assertThat(writer.notes).hasSize(3);
    }
}
