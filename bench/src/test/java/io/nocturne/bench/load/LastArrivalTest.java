package io.nocturne.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastArrivalTest {
    private static final long MILLI = 1_000_000;

    @Test
    void aFrameIsTimedWhenItsLastSinkIsDone() {
        LastArrival arrivals = new LastArrival(2, 8, 0);
        LastArrival.Gate first = arrivals.gate();
        LastArrival.Gate second = arrivals.gate();

        second.arrived(0, 1, true, 2 * MILLI, MILLI, 3 * MILLI);
        first.arrived(0, 1, true, 2 * MILLI, MILLI, 7 * MILLI);

        assertThat(second.sinceCommit().getTotalCount()).isZero();
        assertThat(first.sinceCommit().getTotalCount()).isEqualTo(1);
        assertThat(first.sinceCommit().getMaxValue()).isBetween(5000L, 5010L);
        assertThat(first.sinceDue().getMaxValue()).isBetween(6000L, 6010L);
    }

    @Test
    void aFrameWithoutProductIsNotTimedAndFreesItsPlace() {
        LastArrival arrivals = new LastArrival(2, 4, 0);
        LastArrival.Gate raw = arrivals.gate();
        LastArrival.Gate restored = arrivals.gate();

        raw.arrived(1, 1, true, 0, 0, MILLI);
        restored.arrived(1, 1, false, 0, 0, 2 * MILLI);
        assertThat(restored.sinceCommit().getTotalCount()).isZero();

        for (long index = 5; index < 100; index += 4) { // the same place, over and over
            raw.arrived(index, 1, true, 0, 0, MILLI);
            restored.arrived(index, 1, true, 0, 0, 2 * MILLI);
        }
        assertThat(restored.sinceCommit().getTotalCount()).isEqualTo(24);
    }

    @Test
    void aRangeSpeaksForAllItsFrames() {
        LastArrival arrivals = new LastArrival(2, 16, 0);
        LastArrival.Gate raw = arrivals.gate();
        LastArrival.Gate restored = arrivals.gate();

        restored.arrived(0, 3, false, 0, 0, MILLI);
        raw.arrived(0, 1, true, 0, 0, MILLI);
        raw.arrived(1, 1, true, 0, 0, MILLI);
        raw.arrived(2, 1, true, 0, 0, MILLI);
        raw.arrived(16, 1, true, 0, 0, MILLI);
        restored.arrived(16, 1, true, 0, 0, MILLI);

        assertThat(raw.sinceCommit().getTotalCount()).isZero();
        assertThat(restored.sinceCommit().getTotalCount()).isEqualTo(1);
    }

    @Test
    void framesOfTheWarmUpAreNotTimed() {
        LastArrival.Gate only = new LastArrival(1, 8, 3).gate();
        for (long index = 0; index < 5; index++) {
            only.arrived(index, 1, true, 0, 0, MILLI);
        }
        assertThat(only.sinceCommit().getTotalCount()).isEqualTo(2);
    }
}
