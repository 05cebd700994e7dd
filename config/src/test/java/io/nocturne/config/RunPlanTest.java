package io.nocturne.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.config.host.HostFacts;
import io.nocturne.stream.fakes.FakeRestorer;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunPlanTest {
    private static final FrameSpec FRAME = new FrameSpec(512, 512, PixelType.UINT16);
    private static final long MIB = 1 << 20;
    private static final HostFacts HOST = new HostFacts("17", "Linux", 4, 16_384 * MIB, 4_096 * MIB, 4_096 * MIB);

    private static StreamSpec camera(double framesPerSecond, long frames) {
        return StreamSpec.movie("cam0", FRAME, framesPerSecond == 0 ? 0 : (long) (1e9 / framesPerSecond), frames);
    }

    private static RunPlan plan(
            StreamSpec stream,
            PipelineSettings settings,
            WindowSpec window,
            Trial trial,
            long freeBytes,
            HostFacts host) {
        Restorer restorer = new FakeRestorer(FRAME, window);
        return RunPlan.of(new RunPlan.Facts(
                "a camera",
                stream,
                stream.framePeriodNanos(),
                settings,
                "2 s",
                Optional.of(restorer),
                List.of("copy"),
                Optional.ofNullable(trial),
                List.of(),
                0,
                new RunPlan.Recording(true, true, false, List.of(), "runs", freeBytes),
                host));
    }

    private static RunPlan at(double rate, long serviceMillis, int workers) {
        Trial trial = new Trial(serviceMillis * 1_000_000, workers);
        PipelineSettings settings = PipelineSettings.live(64, workers);
        return plan(camera(rate, -1), settings, WindowSpec.SINGLE, trial, 100_000 * MIB, HOST);
    }

    @Test
    void aModelThatKeepsUpIsSaidToRestoreEveryFrame() {
        RunPlan plan = at(20, 20, 1);
        assertThat(plan.lines()).anyMatch(line -> line.endsWith("restores every frame"));
        assertThat(plan.warnings()).isEmpty();
        assertThat(plan.obstacles()).isEmpty();
    }

    @Test
    void aModelThatDoesNotKeepUpIsSaidToRestoreOneFrameInSoMany() {
        RunPlan third = at(20, 150, 1);
        assertThat(third.lines()).anyMatch(line -> line.endsWith("restores about 1 frame in 3"));
        assertThat(third.warnings()).singleElement().asString().contains("will not keep up");
        assertThat(at(20, 75, 1).lines()).anyMatch(line -> line.endsWith("restores about 2 frames in 3"));
        assertThat(at(100, 1000, 2).lines()).anyMatch(line -> line.endsWith("restores about 1 frame in 50"));
    }

    @Test
    void aWindowTellsItsDelayAndWarnsWhereItHasNoNeighbours() {
        WindowSpec five = new WindowSpec(WindowSpec.Axis.Z, 2, 2);
        PipelineSettings settings = PipelineSettings.live(64, 1);
        RunPlan movie = plan(camera(20, -1), settings, five, null, 100_000 * MIB, HOST);
        assertThat(movie.lines())
                .contains("  window    2 frames before and 2 after along z: products come 2 of them later");
        assertThat(movie.warnings()).singleElement().asString().contains("restore.neighbours: time");
        StreamSpec stacks = new StreamSpec("cam0", FRAME, List.of("a"), 9, 1, 0.1, 0.3, 16, 50_000_000, 0, -1);
        assertThat(plan(stacks, settings, five, null, 100_000 * MIB, HOST).warnings())
                .isEmpty();
        assertThat(plan(stacks, settings, WindowSpec.WHOLE_STACK, null, 100_000 * MIB, HOST)
                        .lines())
                .contains("  window    a whole stack of 9 gives one product of 512x512 uint16");
    }

    @Test
    void aSlowModelIsBelievedItsWarmUpAndItsWorkersShareTheCores() {
        Trial trial = Trial.estimated(4_000_000_000L, PipelineSettings.live(64, 2));
        assertThat(trial.perSecond()).isEqualTo(0.25);
        assertThat(trial.serviceNanos()).isEqualTo(8_000_000_000L);
    }

    @Test
    void theRawRingIsToldInCameraTimeAndBytes() {
        assertThat(at(20, 20, 1).lines()).contains("  raw ring  64 frames = 3.2 s of camera time, 32 MiB");
    }

    @Test
    void theLatencyFloorAddsTheFramesThatTheWindowWaitsFor() {
        WindowSpec centred = new WindowSpec(WindowSpec.Axis.TIME, 2, 2);
        RunPlan plan = plan(
                camera(20, -1), PipelineSettings.live(64, 1), centred, new Trial(10_000_000, 1), 100_000 * MIB, HOST);
        assertThat(plan.lines())
                .contains("  latency   at least 100 ms for the frames that its window waits for + 10 ms of work");
    }

    @Test
    void memoryThatDoesNotFitIsAnObstacleThatSaysByHowMuchAndWhatMendsIt() {
        HostFacts small = new HostFacts("17", "Linux", 4, 16_384 * MIB, 256 * MIB, 256 * MIB);
        RunPlan plan =
                plan(camera(20, -1), PipelineSettings.live(1024, 1), WindowSpec.SINGLE, null, 100_000 * MIB, small);
        assertThat(plan.obstacles())
                .singleElement()
                .asString()
                .contains("518 MiB outside the heap")
                .contains("Set rings.raw to '256 frames' (it is 2 s)")
                .contains("-XX:MaxDirectMemorySize=");
        assertThatThrownBy(plan::requireFeasible).isInstanceOf(InfeasibleRunException.class);
    }

    @Test
    void aRecordingThatDoesNotFitTheDiskIsAnObstacle() {
        RunPlan plan = plan(camera(20, 1000), PipelineSettings.live(64, 1), WindowSpec.SINGLE, null, 500 * MIB, HOST);
        assertThat(plan.obstacles())
                .singleElement()
                .asString()
                .contains("1000 MiB")
                .contains("run.parent");
    }

    @Test
    void smallerCopiesAreCountedAndWhatTheFormatRefusesStandsAgainstTheRun() {
        // 512 x 512 has one copy, 256 x 256: a quarter more
        RunPlan fits = recording(new RunPlan.Recording(true, true, true, List.of(), "runs", 1300 * MIB));
        assertThat(fits.obstacles()).isEmpty();
        assertThat(fits.lines()).contains("  disk      runs, 1.2 GiB in all, smaller copies included, 1.3 GiB free");
        assertThat(recording(new RunPlan.Recording(true, true, true, List.of(), "runs", 1200 * MIB))
                        .obstacles())
                .singleElement()
                .asString()
                .contains("smaller copies included")
                .contains("disk.pyramid");
        assertThat(recording(new RunPlan.Recording(true, true, false, List.of("no floats"), "runs", 1200 * MIB))
                        .obstacles())
                .containsExactly("no floats");
    }

    private static RunPlan recording(RunPlan.Recording recording) {
        return RunPlan.of(new RunPlan.Facts(
                "a camera",
                camera(20, 1000),
                50_000_000,
                PipelineSettings.live(64, 1),
                "2 s",
                Optional.of(new FakeRestorer(FRAME, WindowSpec.SINGLE)),
                List.of("copy"),
                Optional.empty(),
                List.of(),
                0,
                recording,
                HOST));
    }

    @Test
    void anOpenEndedRunSaysWhenTheDiskIsFull() {
        RunPlan plan =
                plan(camera(20, -1), PipelineSettings.live(64, 1), WindowSpec.SINGLE, null, 20L * 60 * 10 * MIB, HOST);
        assertThat(plan.lines()).anyMatch(line -> line.endsWith("this fills the disk in 10 min"));
    }

    @Test
    void offlineNothingIsSaidToBeSkipped() {
        PipelineSettings offline = PipelineSettings.offline(16, 2);
        RunPlan plan =
                plan(camera(0, 1000), offline, WindowSpec.SINGLE, new Trial(200_000_000, 2), 100_000 * MIB, HOST);
        assertThat(plan.lines()).anyMatch(line -> line.endsWith("nothing is skipped, about 100 s"));
        assertThat(plan.warnings()).isEmpty();
    }
}
