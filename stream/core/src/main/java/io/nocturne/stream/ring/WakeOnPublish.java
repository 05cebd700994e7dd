package io.nocturne.stream.ring;

import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Has the ring wake our {@link Waiter}s at each publication; our consumers never wait through a barrier. */
final class WakeOnPublish implements WaitStrategy {
    private final List<Waiter> waiters = new CopyOnWriteArrayList<>();

    /** Before the start. */
    void register(Waiter waiter) {
        waiters.add(waiter);
    }

    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier) {
        throw new IllegalStateException("Consumers of this ring wait at their RingCursor");
    }

    @Override
    public void signalAllWhenBlocking() {
        for (int i = 0; i < waiters.size(); i++) {
            waiters.get(i).wake();
        }
    }
}
