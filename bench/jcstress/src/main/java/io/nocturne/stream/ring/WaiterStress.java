package io.nocturne.stream.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * No wake-up is lost: either the owner, having announced that it parks, sees the condition, or the waker sees the
 * announcement. The owner's last look at the condition holds it there until the waker is done, so that nobody really parks
 * and no clock is asked.
 */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Both saw each other.")
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The owner saw the condition: it does not park.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The waker saw the owner: it is woken.")
@Outcome(id = "false, false", expect = FORBIDDEN, desc = "A lost wake-up: the owner parks until its timeout.")
@State
public class WaiterStress {
    /** About as many looks as a waiter takes before it parks; only the aim of the race depends on it. */
    private static final int LOOKS = 199;

    private final Waiter waiter = new Waiter();
    private final AtomicBoolean condition = new AtomicBoolean();
    private volatile boolean aboutToPark;
    private volatile boolean wakerDone;
    private int looks;

    /** Waits for the condition. */
    @Actor
    public void owner(ZZ_Result result) {
        waiter.await(() -> {
            if (!waiter.isParked()) {
                if (++looks == LOOKS) {
                    aboutToPark = true;
                }
                return false;
            }
            result.r1 = condition.getAcquire();
            aboutToPark = true;
            while (!wakerDone) {
                Thread.onSpinWait();
            }
            return true;
        });
    }

    /** Makes it true with no more than a release, as a ring publishes, and wakes. */
    @Actor
    public void waker(ZZ_Result result) {
        while (!aboutToPark) {
            Thread.onSpinWait();
        }
        condition.setRelease(true);
        waiter.wake();
        result.r2 = waiter.isParked();
        wakerDone = true;
    }
}
