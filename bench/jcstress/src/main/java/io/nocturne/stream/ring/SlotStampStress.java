package io.nocturne.stream.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJJ_Result;

/** A copy whose stamp still stands is of one frame: header and pixels were never mixed, however often the slot is reused. */
@JCStressTest
@Outcome(id = "0, .*", expect = ACCEPTABLE, desc = "The copy is thrown away: the slot was being written.")
@Outcome(id = "1, 10, 10", expect = ACCEPTABLE, desc = "The frame before.")
@Outcome(id = "1, 11, 11", expect = ACCEPTABLE, desc = "The next one.")
@Outcome(id = "1, 12, 12", expect = ACCEPTABLE, desc = "The one after.")
@Outcome(expect = FORBIDDEN, desc = "A torn copy passed as whole.")
@State
public class SlotStampStress {
    private final Slot slot = new Slot(Long.BYTES);

    /** The slot holds frame 10. */
    public SlotStampStress() {
        write(10);
    }

    private void write(long index) {
        slot.beginWrite();
        slot.header.index = index;
        slot.plane.putLong(0, index);
        slot.endWrite(index);
    }

    /** Reuses the slot twice. */
    @Actor
    public void fillingThread() {
        write(11);
        write(12);
    }

    /** Copies without gating. */
    @Actor
    public void tap(IJJ_Result result) {
        long stamp = slot.readStamp();
        result.r2 = slot.header.index;
        result.r3 = slot.plane.getLong(0);
        result.r1 = slot.unchangedSince(stamp) ? 1 : 0;
    }
}
