package io.nocturne.acquisition;

import static io.nocturne.acquisition.SequenceCheck.Verdict.CONSECUTIVE;
import static io.nocturne.acquisition.SequenceCheck.Verdict.FIRST;
import static io.nocturne.acquisition.SequenceCheck.Verdict.JUMPED;
import static io.nocturne.acquisition.SequenceCheck.Verdict.REPEATED;
import static io.nocturne.acquisition.SequenceCheck.Verdict.RESTARTED;
import static io.nocturne.acquisition.SequenceCheck.Verdict.UNNUMBERED;
import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.acquisition.SequenceCheck.Verdict;
import org.junit.jupiter.api.Test;

class SequenceCheckTest {
    private record Step(long number, Verdict verdict, long missing, long firstMissing) {}

    private static Step step(long number, Verdict verdict) {
        return new Step(number, verdict, 0, 0);
    }

    private static void follows(SequenceCheck check, Step... steps) {
        for (Step step : steps) {
            assertThat(check.next(step.number)).as("%s", step).isEqualTo(step.verdict);
            assertThat(check.missing()).as("%s", step).isEqualTo(step.missing);
            if (step.missing > 0) {
                assertThat(check.firstMissing()).as("%s", step).isEqualTo(step.firstMissing);
            }
        }
    }

    @Test
    void aForwardJumpIsAGapOfThatManyFrames() {
        follows(
                new SequenceCheck(),
                step(5, FIRST),
                step(6, CONSECUTIVE),
                new Step(40, JUMPED, 33, 7),
                step(41, CONSECUTIVE));
    }

    @Test
    void framesLostBeforeTheFirstCountWhereTheStartIsKnown() {
        follows(new SequenceCheck(0), new Step(3, JUMPED, 3, 0), step(4, CONSECUTIVE));
        follows(new SequenceCheck(1), step(1, FIRST), step(2, CONSECUTIVE));
    }

    @Test
    void aWipedBufferThatRestartsNumberingIsNoted() {
        SequenceCheck check = new SequenceCheck(0);
        follows(
                check,
                step(0, FIRST),
                step(1, CONSECUTIVE),
                step(2, CONSECUTIVE),
                step(0, RESTARTED),
                step(1, CONSECUTIVE),
                new Step(6, JUMPED, 4, 2),
                new Step(2, RESTARTED, 2, 0));
        assertThat(check.restarts()).isEqualTo(2);
    }

    @Test
    void aRestartWithoutKnownStartHasNoCount() {
        follows(new SequenceCheck(), step(100, FIRST), step(7, RESTARTED), step(8, CONSECUTIVE));
    }

    @Test
    void theSameFrameTwiceIsNoLoss() {
        follows(new SequenceCheck(), step(9, FIRST), step(9, REPEATED), step(10, CONSECUTIVE));
    }

    @Test
    void framesWithoutNumbersChangeNothing() {
        follows(
                new SequenceCheck(),
                step(-1, UNNUMBERED),
                step(3, FIRST),
                step(-1, UNNUMBERED),
                new Step(5, JUMPED, 1, 4));
    }
}
