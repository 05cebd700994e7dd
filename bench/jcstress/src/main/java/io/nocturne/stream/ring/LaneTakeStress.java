package io.nocturne.stream.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** A loaded lane goes to one worker at most, and that worker sees what intake wrote into it. */
@JCStressTest
@Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "Both came too early.")
@Outcome(id = "7, -1", expect = ACCEPTABLE, desc = "The first took it.")
@Outcome(id = "-1, 7", expect = ACCEPTABLE, desc = "The second took it.")
@Outcome(expect = FORBIDDEN, desc = "Taken twice, or taken without its contents.")
@State
public class LaneTakeStress {
    private static final long NONE = -1;

    private final Lane lane = new Lane(null);

    /** Loads the lane. */
    @Actor
    public void intake() {
        if (lane.state.compareAndSet(Lane.FREE, Lane.LOADING)) {
            lane.sequence = 7;
            lane.state.set(Lane.LOADED);
        }
    }

    @Actor
    public void oneWorker(JJ_Result result) {
        result.r1 = take();
    }

    @Actor
    public void anotherWorker(JJ_Result result) {
        result.r2 = take();
    }

    private long take() {
        return lane.state.compareAndSet(Lane.LOADED, Lane.RUNNING) ? lane.sequence : NONE;
    }
}
