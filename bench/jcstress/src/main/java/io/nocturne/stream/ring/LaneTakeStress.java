package io.nocturne.stream.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A loaded lane goes to exactly one of the workers that want it. */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The first took it.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The second took it.")
@Outcome(expect = FORBIDDEN, desc = "Taken twice, or by nobody.")
@State
public class LaneTakeStress {
    private final Lane lane = new Lane(null);

    /** The lane is loaded. */
    public LaneTakeStress() {
        lane.state.set(Lane.LOADED);
    }

    @Actor
    public void oneWorker(II_Result result) {
        result.r1 = lane.state.compareAndSet(Lane.LOADED, Lane.RUNNING) ? 1 : 0;
    }

    @Actor
    public void anotherWorker(II_Result result) {
        result.r2 = lane.state.compareAndSet(Lane.LOADED, Lane.RUNNING) ? 1 : 0;
    }
}
