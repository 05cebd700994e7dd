package io.nocturne.bench.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.stream.spi.FrameState;
import org.junit.jupiter.api.Test;

class RawOnlyRunsTest {
    private final RawOnlyRuns runs = new RawOnlyRuns();

    @Test
    void aProductEndsARun() {
        for (FrameState state : new FrameState[] {
            FrameState.RAW_ONLY, FrameState.RAW_ONLY, FrameState.RESTORED, FrameState.RAW_ONLY, FrameState.RESTORED
        }) {
            runs.add(state, 1);
        }

        assertThat(runs.longest()).isEqualTo(2);
        assertThat(runs.rawOnly()).isEqualTo(3);
        assertThat(runs.restored()).isEqualTo(2);
    }

    @Test
    void aRangeCountsWithAllItsFramesAndFailuresCountToo() {
        runs.add(FrameState.RESTORED, 1);
        runs.add(FrameState.RAW_ONLY, 4);
        runs.add(FrameState.FAILED, 1);

        assertThat(runs.longest()).isEqualTo(5);
    }

    @Test
    void withoutFramesThereIsNoRun() {
        assertThat(runs.longest()).isZero();
    }
}
