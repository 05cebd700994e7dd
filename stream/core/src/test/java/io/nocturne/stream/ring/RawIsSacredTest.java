package io.nocturne.stream.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.stream.fakes.CheckingSink;
import io.nocturne.stream.fakes.FakeRestorer;
import io.nocturne.stream.fakes.ScriptedSource;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.FrameState;
import io.nocturne.stream.spi.FrameTap;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Ten seconds of trouble at 32 frames/s against a raw ring of two seconds. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(60)
class RawIsSacredTest {
    private static final FrameSpec FRAME = new FrameSpec(64, 48, PixelType.UINT16);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1) / 32;
    private static final int RING = 64;
    private static final int FRAMES = 32 * 12;
    private static final long TROUBLE_SECONDS = 10;
    private static final long TROUBLE_FROM = 20;

    private final StreamSpec stream = StreamSpec.movie("cam0", FRAME, PERIOD_NANOS, FRAMES);
    private final CheckingSink rawDisk = new CheckingSink("raw-disk");
    private final CheckingSink disk = new CheckingSink("restored-disk");
    private final CheckingSink kafka = new CheckingSink("kafka");

    private PipelineReport run(FakeRestorer restorer, PipelineSettings settings) throws Exception {
        return pipeline(restorer, settings).run();
    }

    private FramePipeline pipeline(FakeRestorer restorer, PipelineSettings settings) throws Exception {
        return FramePipeline.builder(stream)
                .source(new ScriptedSource(stream, FRAMES, 4))
                .rawSink(rawDisk)
                .restorer(restorer)
                .sink(disk)
                .sink(kafka)
                .settings(settings)
                .build();
    }

    private void assertRawComplete(PipelineReport report) {
        assertThat(rawDisk.indices(FrameState.RAW))
                .isEqualTo(LongStream.range(0, FRAMES).boxed().toList());
        assertThat(rawDisk.faults()).isEmpty();
        assertThat(disk.faults()).isEmpty();
        assertThat(report.accounting().rawStored()).isEqualTo(FRAMES);
        assertThat(report.accounting().mismatches(true)).isEmpty();
        assertThat(report.accounting().losses(true, true)).isEmpty();
        assertThat(kafka.seen().stream().mapToLong(CheckingSink.Seen::count).sum())
                .isEqualTo(FRAMES);
    }

    private static boolean inTrouble(long index) {
        return index >= TROUBLE_FROM && index < TROUBLE_FROM + 32 * TROUBLE_SECONDS;
    }

    private static void blockFor(CountDownLatch end) {
        try {
            end.await(TROUBLE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void rawIsCompleteWhenInferenceThrows() throws Exception {
        FakeRestorer restorer = new FakeRestorer(FRAME).working((i, lane) -> {
            if (inTrouble(i)) {
                throw new OutOfMemoryError("planted");
            }
        });
        PipelineReport report = run(restorer, PipelineSettings.live(RING, 2).withFailuresBeforeOff(100_000));

        assertRawComplete(report);
        // On a busy machine some frames are raw-only for want of a worker; none is called restored that wasn't.
        assertThat(report.accounting().byCause().get(Cause.RESTORER_THREW)).isBetween(100L, 32 * TROUBLE_SECONDS);
        assertThat(report.accounting().restored()).isLessThanOrEqualTo(FRAMES - 32 * TROUBLE_SECONDS);
    }

    @Test
    void rawIsCompleteWhenInferenceHangs() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        FakeRestorer restorer = new FakeRestorer(FRAME).working((i, lane) -> {
            if (inTrouble(i)) {
                blockFor(end);
            }
        });
        PipelineReport report = run(
                restorer, PipelineSettings.live(RING, 2).withMaxRunMillis(1500).withFailuresBeforeOff(4));
        end.countDown();

        assertRawComplete(report);
        assertThat(report.accounting().byCause().get(Cause.RESTORER_TIMED_OUT)).isBetween(2L, 8L);
        assertThat(report.accounting().byCause()).containsKey(Cause.RESTORER_OFF);
        assertThat(restorer.cancels()).isPositive();
        assertThat(report.messages()).anyMatch(m -> m.contains("maxRunMillis"));
    }

    @Test
    void rawIsCompleteWhenRestoredDiskStalls() throws Exception {
        disk.before(i -> {
            if (i == TROUBLE_FROM) {
                blockFor(new CountDownLatch(1));
            }
            return true;
        });
        PipelineReport report = run(new FakeRestorer(FRAME), PipelineSettings.live(RING, 2));

        assertRawComplete(report);
        assertThat(report.accounting().byCause().get(Cause.SINK_BEHIND)).isPositive();
        // The other sink met every outcome while the first one stood still.
        assertThat(kafka.seen()).hasSize(FRAMES);
        assertThat(disk.seen()).hasSize(FRAMES);
    }

    @Test
    void rawIsCompleteWhenTheViewThreadIsSuspended() throws Exception {
        FramePipeline pipeline = pipeline(new FakeRestorer(FRAME), PipelineSettings.live(RING, 2));
        AtomicLong copied = new AtomicLong();
        CountDownLatch done = new CountDownLatch(1);
        Thread view = new Thread(() -> {
            FrameTap tap = pipeline.openTap();
            ByteBuffer into = ByteBuffer.allocateDirect(FRAME.bytes()).order(ByteOrder.nativeOrder());
            while (done.getCount() > 0) {
                if (tap.copyNewestRestored(copied.get(), into)) {
                    copied.set(tap.header().index);
                    if (copied.get() >= TROUBLE_FROM && copied.get() < FRAMES / 2) {
                        blockFor(new CountDownLatch(1));
                    }
                }
            }
        });
        view.setDaemon(true);
        view.start();
        PipelineReport report = pipeline.run();
        done.countDown();
        view.join();

        assertRawComplete(report);
        assertThat(report.accounting().restored()).isGreaterThan(FRAMES * 3 / 4);
        assertThat(copied.get()).isGreaterThanOrEqualTo(TROUBLE_FROM);
    }
}
