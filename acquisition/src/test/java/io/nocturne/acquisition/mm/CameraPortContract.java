package io.nocturne.acquisition.mm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.acquisition.FakeWriter;
import io.nocturne.acquisition.mm.MicroManagerSource.Mode;
import io.nocturne.stream.spi.FrameSource.SourceEnd;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameWriter;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.SourceException;
import io.nocturne.stream.spi.StreamSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every port must do, be it a fake or a real core with a demo camera of 64 x 48 pixels, 16 bit, at 5 ms. Nothing here
 * depends on how fast it is: waiting is for a state, with a generous end.
 */
public abstract class CameraPortContract {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private CameraPort port;

    /** A core with a camera of that kind loaded and set. */
    protected abstract CameraPort camera() throws Exception;

    /** Opens the same for a source. */
    protected abstract PortOpener opener() throws Exception;

    /** What the source has to load for that. */
    protected abstract CoreSetup setup();

    /** In what the second of two physical cameras is unlike the first. */
    protected enum Unlike {
        NOTHING,
        /** 32 pixels wide instead of 64. */
        SIZE,
        /** 8 bits instead of 16. */
        PIXEL_TYPE,
        /** 20 ms instead of 5. */
        EXPOSURE
    }

    /** Opens cores with cameras C1 and C2 behind a "Multi Camera" for a source; skips the test where there is none. */
    protected abstract PortOpener openerOfTwo(Unlike how);

    /** What the source has to load for that. */
    protected abstract CoreSetup setupOfTwo(Unlike how);

    /** What somebody else may do with the same core, such as a script. */
    protected enum Beside {
        SNAP_IMAGE,
        GET_IMAGE,
        TAKE_BUFFER_AWAY
    }

    /** Does that on the core behind the port; fails as the core does. */
    protected abstract void beside(CameraPort core, Beside act) throws Exception;

    @BeforeEach
    void openCamera() throws Exception {
        port = camera();
    }

    @AfterEach
    void closeCamera() {
        if (port != null) {
            port.close();
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private FrameTags take() throws PortException {
        await(() -> port.waiting() > 0);
        Object pixels = port.pop();
        FrameTags tags = new FrameTags();
        tags.read(port.tags());
        assertThat(pixels).isInstanceOf(short[].class);
        return tags;
    }

    @Test
    void itSaysWhatItsFramesWillBe() throws Exception {
        CameraFacts facts = port.facts();
        assertThat(facts.width()).isEqualTo(64);
        assertThat(facts.height()).isEqualTo(48);
        assertThat(facts.bytesPerPixel()).isEqualTo(2);
        assertThat(facts.components()).isEqualTo(1);
        assertThat(facts.exposureMillis()).isEqualTo(5);
        assertThat(facts.physicalCameras()).containsExactly(facts.camera());
        assertThat(port.version()).isNotBlank();
    }

    @Test
    void framesAreNumberedFromZeroAndBearSizeTimeAndCamera() throws Exception {
        port.start(Long.MAX_VALUE, false);
        for (int i = 0; i < 5; i++) {
            FrameTags tags = take();
            assertThat(tags.imageNumber()).isEqualTo(i);
            assertThat(tags.width()).isEqualTo(64);
            assertThat(tags.height()).isEqualTo(48);
            assertThat(tags.elapsedMillis()).isGreaterThanOrEqualTo(0);
            assertThat(tags.coreLocalNanos()).isNotEqualTo(FrameTags.UNKNOWN);
            assertThat(tags.isOf(port.facts().camera())).isTrue();
        }
    }

    @Test
    void anEmptyBufferIsNoFrameAndNoError() throws Exception {
        assertThat(port.waiting()).isZero();
        assertThat(port.pop()).isNull();
    }

    @Test
    void startingTwiceIsRefusedAndTheSequenceGoesOn() throws Exception {
        port.start(Long.MAX_VALUE, false);
        assertThatThrownBy(() -> port.start(Long.MAX_VALUE, false))
                .isInstanceOf(PortException.class)
                .hasMessageContaining("while sequence acquisition is running");
        assertThat(port.running()).isTrue();
        take();
    }

    @Test
    void binningWhileRunningIsRefusedAndTheSequenceGoesOn() throws Exception {
        port.start(Long.MAX_VALUE, false);
        assertThatThrownBy(() -> port.apply(CameraSettings.UNCHANGED.withBinning("2")))
                .isInstanceOf(PortException.class)
                .hasMessageContaining("(30)");
        assertThat(port.running()).isTrue();
        take();
    }

    @Test
    void anExposureWhileRunningIsTaken() throws Exception {
        port.start(Long.MAX_VALUE, false);
        take();
        port.exposure(7);
        assertThat(port.exposureMillis()).isEqualTo(7);
        take();
        assertThat(port.running()).isTrue();
    }

    @Test
    void stoppingTwiceIsNoError() throws Exception {
        port.stop();
        port.start(Long.MAX_VALUE, false);
        take();
        port.stop();
        port.stop();
        assertThat(port.running()).isFalse();
    }

    @Test
    void aSequenceOfSoManyFramesEndsByItself() throws Exception {
        port.start(4, false);
        for (int i = 0; i < 4; i++) {
            assertThat(take().imageNumber()).isEqualTo(i);
        }
        await(() -> !port.running());
        assertThat(port.waiting()).isZero();
        assertThat(port.overflowed()).isFalse();
    }

    @Test
    void aFullBufferEndsARecordingAndKeepsWhatItHolds() throws Exception {
        port.apply(CameraSettings.UNCHANGED.withBufferBytes(1 << 20));
        port.start(Long.MAX_VALUE, true);
        await(() -> !port.running());
        assertThat(port.overflowed()).isTrue();
        int queued = port.waiting();
        assertThat(queued).isPositive();
        for (int i = 0; i < queued; i++) {
            assertThat(take().imageNumber()).isEqualTo(i);
        }
        assertThat(port.pop()).isNull();
        port.start(1, true);
        assertThat(port.overflowed()).as("cleared by the next start").isFalse();
    }

    @Test
    void aFullBufferInLiveModeIsWipedAndTheSequenceGoesOn() throws Exception {
        port.apply(CameraSettings.UNCHANGED.withBufferBytes(1 << 20));
        port.start(Long.MAX_VALUE, false);
        int[] most = {0};
        await(() -> {
            int waiting = port.waiting();
            boolean wiped = waiting < most[0];
            most[0] = Math.max(most[0], waiting);
            return wiped;
        });
        assertThat(port.overflowed()).isFalse();
        assertThat(port.running()).isTrue();
        take();
    }

    @Test
    void aRegionSetUnderneathEndsTheSequenceWithoutAWord() throws Exception {
        port.start(Long.MAX_VALUE, false);
        take();
        port.apply(CameraSettings.UNCHANGED.withRoi(new Roi(0, 0, 32, 32)));
        await(() -> !port.running());
        assertThat(port.overflowed()).isFalse();
    }

    @Test
    void aBufferSetUnderneathEndsTheSequenceWithoutAWord() throws Exception {
        port.start(Long.MAX_VALUE, false);
        take();
        port.apply(CameraSettings.UNCHANGED.withBufferBytes(2 << 20));
        await(() -> !port.running());
    }

    @Test
    void closingARunningCameraStopsIt() throws Exception {
        port.start(Long.MAX_VALUE, false);
        take();
        port.close();
        assertThat(port.running()).isFalse();
        port.close();
        port.stop();
    }

    @Test
    void aCoreWithoutACameraRefusesToStart() throws Exception {
        try (CameraPort bare = opener().open()) {
            assertThatThrownBy(() -> bare.start(Long.MAX_VALUE, false))
                    .isInstanceOf(PortException.class)
                    .hasMessageContaining("Camera not loaded or initialized");
            assertThat(bare.pop()).isNull();
            assertThat(bare.running()).isFalse();
        }
    }

    @Test
    void aPictureSnappedBesideASequenceIsRefusedAndTheSequenceGoesOn() throws Exception {
        port.start(Long.MAX_VALUE, false);
        take();
        assertThatThrownBy(() -> beside(port, Beside.SNAP_IMAGE))
                .hasMessageContaining("while sequence acquisition is running");
        assertThat(port.running()).isTrue();
        assertThat(take().imageNumber()).isPositive();
        port.stop();
        beside(port, Beside.SNAP_IMAGE);
    }

    @Test
    void aPictureSnappedBetweenSequencesIsNoFrameOfOurs() throws Exception {
        assertThatThrownBy(() -> beside(port, Beside.GET_IMAGE))
                .hasMessageContaining("Issue snapImage before getImage");
        beside(port, Beside.SNAP_IMAGE);
        beside(port, Beside.GET_IMAGE);
        assertThat(port.waiting()).isZero();
        port.start(Long.MAX_VALUE, false);
        assertThat(take().imageNumber()).isZero();
    }

    @Test
    void aCoreWithoutACameraSnapsNothing() throws Exception {
        try (CameraPort bare = opener().open()) {
            assertThatThrownBy(() -> beside(bare, Beside.SNAP_IMAGE))
                    .hasMessageContaining("Camera not loaded or initialized");
        }
    }

    @Test
    void aBufferOfNothingRefusesToStartAndOneOfTheLeastStarts() throws Exception {
        assertThatThrownBy(() -> beside(port, Beside.TAKE_BUFFER_AWAY))
                .as("a core says no and does it all the same")
                .hasMessageContaining("memory requirements not adequate");
        assertThatThrownBy(() -> port.start(Long.MAX_VALUE, false))
                .isInstanceOf(PortException.class)
                .hasMessageContaining("memory requirements not adequate");
        assertThat(port.running()).isFalse();
        port.apply(CameraSettings.UNCHANGED.withBufferBytes(1 << 20));
        port.start(Long.MAX_VALUE, false);
        assertThat(take().imageNumber()).isZero();
    }

    private MicroManagerSource sourceOfTwo(Unlike how, long frames) {
        return new MicroManagerSource(
                MicroManagerSource.Settings.of("cam0", setupOfTwo(how), CameraSettings.UNCHANGED, Mode.LIVE, frames),
                openerOfTwo(how));
    }

    @Test
    void twoCamerasOfOneKindAreTwoChannelsAndEachOnesFramesAreCounted() throws Exception {
        MicroManagerSource source = sourceOfTwo(Unlike.NOTHING, 10);
        try {
            StreamSpec stream = source.open();
            assertThat(stream.channels()).containsExactly("C1", "C2");
            assertThat(stream.frame()).isEqualTo(new FrameSpec(64, 48, PixelType.UINT16));
            assertThat(stream.exposureNanos()).isEqualTo(5_000_000);
            FakeWriter writer = new FakeWriter(stream);
            assertThat(source.run(new RealTimeWriter(writer))).isEqualTo(SourceEnd.FINISHED);
            assertThat(writer.frames() + writer.lost()).isEqualTo(20);
            assertThat(writer.entries)
                    .filteredOn(entry -> !entry.isGap())
                    .allSatisfy(entry -> assertThat(entry.header().cameraNumber).isEqualTo(entry.header().timePoint));
        } finally {
            source.close();
        }
    }

    private void refusesTwoThatDifferIn(Unlike how, String second) {
        MicroManagerSource source = sourceOfTwo(how, 10);
        try {
            assertThatThrownBy(source::open)
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("C1 gives 64x48 pixels of 16 bits, exposed 5.0 ms")
                    .hasMessageContaining("C2 " + second)
                    .hasMessageContaining("source.micromanager.properties");
        } finally {
            source.close();
        }
    }

    @Test
    void twoCamerasOfUnequalSizeAreRefusedByName() {
        refusesTwoThatDifferIn(Unlike.SIZE, "32x48 pixels of 16 bits, exposed 5.0 ms");
    }

    @Test
    void twoCamerasOfUnequalPixelTypeAreRefusedByName() {
        refusesTwoThatDifferIn(Unlike.PIXEL_TYPE, "64x48 pixels of 8 bits, exposed 5.0 ms");
    }

    @Test
    void twoCamerasOfUnequalExposureAreRefusedByName() {
        refusesTwoThatDifferIn(Unlike.EXPOSURE, "64x48 pixels of 16 bits, exposed 20.0 ms");
    }

    @Test
    void twoCoresInOneProgramStreamSideBySide() throws Exception {
        try (CameraPort other = camera()) {
            port.start(Long.MAX_VALUE, false);
            other.start(Long.MAX_VALUE, false);
            for (int i = 0; i < 5; i++) {
                assertThat(take().imageNumber()).isEqualTo(i);
                await(() -> other.waiting() > 0);
                assertThat(other.pop()).isInstanceOf(short[].class);
            }
        }
        take();
    }

    @Test
    void afterClosingThereIsNoFrameAndNoError() throws Exception {
        port.start(Long.MAX_VALUE, false);
        take();
        port.close();
        assertThat(port.waiting()).isZero();
        assertThat(port.pop()).isNull();
    }

    @Test
    void aCameraThatIsNotThereIsNamed() throws Exception {
        CoreSetup wrong = new CoreSetup(Optional.empty(), List.of(), List.of(), Optional.of("Nobody"));
        assertThatThrownBy(() -> port.load(wrong))
                .isInstanceOf(PortException.class)
                .hasMessageContaining("Nobody");
    }

    @Test
    void aSourceTakesFramesFromItAndThenARegionAsANewEpoch() throws Exception {
        port.close();
        MicroManagerSource source = new MicroManagerSource(
                new MicroManagerSource.Settings(
                        "cam0",
                        setup(),
                        CameraSettings.UNCHANGED.withExposureMillis(5),
                        Mode.LIVE,
                        0,
                        LightSettings.NONE,
                        List.of(Phase.whole(-1))),
                opener());
        try {
            StreamSpec stream = source.open();
            assertThat(stream.frame()).isEqualTo(new FrameSpec(64, 48, PixelType.UINT16));
            FakeWriter writer = new FakeWriter(stream);
            boolean[] asked = {false};
            writer.stop = count -> {
                if (count == 20 && !asked[0]) {
                    asked[0] = true;
                    source.request(CameraSettings.UNCHANGED.withRoi(new Roi(8, 8, 32, 16)));
                }
                return false;
            };
            FrameWriter paced = new RealTimeWriter(writer);
            SourceEnd end = source.run(paced);
            assertThat(end).isInstanceOf(SourceEnd.NextEpoch.class);
            StreamSpec next = ((SourceEnd.NextEpoch) end).spec();
            assertThat(next.frame()).isEqualTo(new FrameSpec(32, 16, PixelType.UINT16));
            assertThat(writer.frames()).isGreaterThanOrEqualTo(20);
            assertThat(writer.frames() + writer.lost())
                    .isEqualTo(writer.entries.get(writer.entries.size() - 1).header().cameraNumber + 1);
            FakeWriter second = new FakeWriter(next);
            second.stop = count -> count >= 5;
            assertThat(source.run(new RealTimeWriter(second))).isEqualTo(SourceEnd.FINISHED);
            assertThat(second.frames()).isEqualTo(5);
        } finally {
            source.close();
        }
    }
}
