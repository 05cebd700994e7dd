package io.nocturne.stream.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** A lane changes hands with its contents: from intake to a worker, and back for the next frame. */
@JCStressTest
@Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "The worker came too early.")
@Outcome(id = "7, 0", expect = ACCEPTABLE, desc = "The worker has the frame; intake found the lane still taken.")
@Outcome(id = "7, 7", expect = ACCEPTABLE, desc = "The worker had the frame, and intake has the lane back.")
@Outcome(expect = FORBIDDEN, desc = "A lane without its contents, or taken before it was free.")
@State
public class LaneLoadStress {
    private static final long NONE = -1;

    private final Lane lane = new Lane(null);
    private long done;

    /** Loads the lane, and looks whether it has it back. */
    @Actor
    public void intake(JJ_Result result) {
        if (lane.state.compareAndSet(Lane.FREE, Lane.LOADING)) {
            lane.sequence = 7;
            lane.state.set(Lane.LOADED);
        }
        result.r2 = lane.state.compareAndSet(Lane.FREE, Lane.LOADING) ? done : 0;
    }

    /** Takes it if it is loaded, and frees it. */
    @Actor
    public void worker(JJ_Result result) {
        if (lane.state.compareAndSet(Lane.LOADED, Lane.RUNNING)) {
            result.r1 = lane.sequence;
            done = lane.sequence;
            lane.state.set(Lane.FREE);
        } else {
            result.r1 = NONE;
        }
    }
}
