package io.nocturne.acquisition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.acquisition.OpenLoop.Readiness;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameDraft;
import io.nocturne.stream.spi.FrameHeader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
    private static final long PERIOD = 10_000_000;

    private final StreamSpec stream = StreamSpec.movie("cam0", new FrameSpec(4, 2, PixelType.UINT8), PERIOD, -1);
    private final FakeWriter writer = new FakeWriter(stream);
    private final long start = writer.now;

    /** Frames whose first pixel is their number. */
    private static class Numbers implements OpenLoop.Subject {
        @Override
        public Readiness prepare(long k) throws Exception {
            return Readiness.READY;
        }

        @Override
        public void fill(long k, FrameDraft draft) throws Exception {
            draft.pixels().put(0, (byte) k);
        }
    }

    private OpenLoop loop(long period, long frames, int buffer) {
        return new OpenLoop(period, frames, buffer, writer::sleep);
    }

    @Test
    void framesComeWhenTheyAreDueAndSayWhen() throws Exception {
        loop(PERIOD, 50, 3).run(writer, new Numbers());
        assertThat(writer.entries).hasSize(50);
        for (int k = 0; k < 50; k++) {
            FrameHeader header = writer.entries.get(k).header();
            assertThat(header.coreNanos).isEqualTo(start + k * PERIOD);
            assertThat(header.receivedNanos).isEqualTo(start + k * PERIOD);
            assertThat(header.cameraNumber).isEqualTo(k);
            assertThat(header.exposedNanos).isEqualTo((k + 1) * PERIOD);
            assertThat(writer.entries.get(k).pixels().get(0)).isEqualTo((byte) k);
        }
    }

    @Test
    void theCameraBufferBridgesAShortStallWithoutLoss() throws Exception {
        writer.room = time -> time - start < 105_000_000 || time - start > 130_000_000;
        loop(PERIOD, 40, 3).run(writer, new Numbers());
        assertThat(writer.frames()).isEqualTo(40);
        assertThat(writer.lost()).isZero();
        FrameHeader waited = writer.entries.get(11).header();
        assertThat(waited.coreNanos).isEqualTo(start + 11 * PERIOD);
        assertThat(waited.receivedNanos - waited.coreNanos).isBetween(20_000_000L, 21_000_000L);
    }

    @Test
    void aLongStallLosesExactlyWhatTheBufferCannotHold() throws Exception {
        // Frames 0-10 pass. During the stall 11-30 fall due; the buffer keeps the last three of them.
        writer.room = time -> time - start < 105_000_000 || time - start >= 305_000_000;
        loop(PERIOD, 40, 3).run(writer, new Numbers());
        assertThat(writer.entries.get(11).isGap()).isTrue();
        FrameHeader gap = writer.entries.get(11).header();
        assertThat(gap.cause).isEqualTo(Cause.CAMERA_OVERWROTE);
        assertThat(gap.index).isEqualTo(11);
        assertThat(gap.cameraNumber).isEqualTo(11);
        assertThat(gap.count).isEqualTo(17);
        FrameHeader next = writer.entries.get(12).header();
        assertThat(next.cameraNumber).isEqualTo(28);
        assertThat(next.index).isEqualTo(28);
        assertThat(writer.frames() + writer.lost()).isEqualTo(40);
        assertThat(writer.frames()).isEqualTo(23);
    }

    @Test
    void everyFrameIsAccountedForUnderLastingOverload() throws Exception {
        // Room for one entry every 35 ms, a frame every 10 ms.
        writer.room = time -> (time - start) / 35_000_000 > writer.entries.size();
        loop(PERIOD, 150, 5).run(writer, new Numbers());
        assertThat(writer.frames() + writer.lost()).isEqualTo(150);
        assertThat(writer.lost()).isPositive();
        for (FakeWriter.Entry entry : writer.entries) {
            assertThat(entry.header().cameraNumber).isEqualTo(entry.header().index);
        }
    }

    @Test
    void withoutAPeriodNothingIsEverLost() throws Exception {
        writer.room = time -> time / 1_000_000 % 3 == 0;
        loop(0, 500, 1).run(writer, new Numbers());
        assertThat(writer.frames()).isEqualTo(500);
        assertThat(writer.lost()).isZero();
    }

    @Test
    void framesThatWereNeverRecordedAreOneGapOfThatLength() throws Exception {
        Set<Long> holes = Set.of(0L, 7L, 8L, 9L, 19L);
        loop(PERIOD, 20, 3).run(writer, new Numbers() {
            @Override
            public Readiness prepare(long k) {
                return holes.contains(k) ? Readiness.MISSING : Readiness.READY;
            }
        });
        assertThat(writer.entries.stream()
                        .filter(FakeWriter.Entry::isGap)
                        .map(entry -> entry.header().index + "+" + entry.header().count + entry.header().cause))
                .containsExactly("0+1CAMERA_SKIPPED", "7+3CAMERA_SKIPPED", "19+1CAMERA_SKIPPED");
        assertThat(writer.nextIndex()).isEqualTo(20);
    }

    @Test
    void aFrameThatIsNotReadyIsLateNotLost() throws Exception {
        long[] asked = {0};
        loop(PERIOD, 6, OpenLoop.NEVER_OVERWRITE).run(writer, new Numbers() {
            @Override
            public Readiness prepare(long k) {
                return k == 2 && asked[0]++ < 200 ? Readiness.LATER : Readiness.READY;
            }
        });
        assertThat(writer.frames()).isEqualTo(6);
        FrameHeader late = writer.entries.get(2).header();
        assertThat(late.receivedNanos - late.coreNanos).isGreaterThan(PERIOD);
    }

    @Test
    void aStopEndsTheLoopAndReportsWhatWasLostBefore() throws Exception {
        writer.room = time -> time - start < 45_000_000 || time - start > 200_000_000;
        writer.stop = count -> writer.now - start > 200_000_000;
        loop(PERIOD, -1, 3).run(writer, new Numbers());
        FakeWriter.Entry last = writer.entries.get(writer.entries.size() - 1);
        assertThat(last.isGap()).isTrue();
        assertThat(last.header().cause).isEqualTo(Cause.CAMERA_OVERWROTE);
    }

    @Test
    void aClosedPipelineEndsTheLoop() throws Exception {
        writer.closed = true;
        loop(PERIOD, -1, 3).run(writer, new Numbers());
        assertThat(writer.entries).isEmpty();
    }

    @Test
    void aFrameThatFailsWhileFillingIsAbortedAndTheFailureReported() {
        assertThatThrownBy(() -> loop(PERIOD, 10, 3).run(writer, new Numbers() {
                    @Override
                    public void fill(long k, FrameDraft draft) throws Exception {
                        if (k == 4) {
                            throw new IOException("cable");
                        }
                    }
                }))
                .isInstanceOf(IOException.class);
        assertThat(writer.entries).hasSize(5);
        assertThat(writer.entries.get(4).header().cause).isEqualTo(Cause.SOURCE_ABORTED);
    }
}
