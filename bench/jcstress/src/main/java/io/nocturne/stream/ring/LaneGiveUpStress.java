package io.nocturne.stream.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A computation that comes back while it is being given up leaves exactly one outcome: its worker's product or the
 * supervisor's failure, never both and never none.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The product left.")
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "The failure left.")
@Outcome(expect = FORBIDDEN, desc = "Two outcomes, or none.")
@State
public class LaneGiveUpStress {
    private static final int PRODUCT = 1;
    private static final int FAILURE = 2;

    private final Lane lane = new Lane(null);
    private int outcomes;
    private int outcome;

    /** The lane is running. */
    public LaneGiveUpStress() {
        lane.state.set(Lane.RUNNING);
    }

    /** Comes back from computing. */
    @Actor
    public void worker() {
        if (lane.state.compareAndSet(Lane.RUNNING, Lane.EMITTING)) {
            outcomes++;
            outcome = PRODUCT;
            lane.state.set(Lane.FREE);
        }
    }

    /** Gives it up. */
    @Actor
    public void supervisor() {
        if (lane.state.compareAndSet(Lane.RUNNING, Lane.ABANDONED)) {
            outcomes++;
            outcome = FAILURE;
        }
    }

    /** Counts. */
    @Arbiter
    public void count(II_Result result) {
        result.r1 = outcomes;
        result.r2 = outcome;
    }
}
