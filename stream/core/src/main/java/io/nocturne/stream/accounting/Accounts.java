package io.nocturne.stream.accounting;

import io.nocturne.stream.spi.Cause;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what became of every frame of one stream and epoch. Each counter has one writing thread (named at its method);
 * any thread may read. Nothing here allocates or blocks after construction.
 */
public final class Accounts {
    private final AtomicLong acquired = new AtomicLong();
    private final AtomicLong rawStored = new AtomicLong();
    private final AtomicLong restored = new AtomicLong();
    private final AtomicLong passed = new AtomicLong();
    private final AtomicLong clippedPixels = new AtomicLong();
    private final Map<Cause, AtomicLong> byCause = new EnumMap<>(Cause.class);
    private final List<SinkTally> sinks = new ArrayList<>();

    public Accounts() {
        for (Cause cause : Cause.values()) {
            byCause.put(cause, new AtomicLong());
        }
    }

    /** Registers a sink, before the start. */
    public SinkTally sink(String name) {
        SinkTally tally = new SinkTally(name);
        sinks.add(tally);
        return tally;
    }

    /** A frame was committed. Source thread. */
    public void acquired() {
        acquired.lazySet(acquired.get() + 1);
    }

    /** Frames lost before us (source thread), not stored (raw thread), raw-only or failed (outcome thread). */
    public void count(Cause cause, long frames) {
        byCause.get(cause).addAndGet(frames);
    }

    /** A raw frame is stored. Raw thread. */
    public void rawStored() {
        rawStored.lazySet(rawStored.get() + 1);
    }

    /** A product was released. Outcome thread. */
    public void restored(int clipped) {
        restored.lazySet(restored.get() + 1);
        clippedPixels.lazySet(clippedPixels.get() + clipped);
    }

    /** A frame that had its product already went by. Intake thread. */
    public void passed() {
        passed.lazySet(passed.get() + 1);
    }

    public Accounting snapshot() {
        Map<Cause, Long> causes = new EnumMap<>(Cause.class);
        for (Cause cause : Cause.values()) {
            long n = byCause.get(cause).get();
            if (n > 0) {
                causes.put(cause, n);
            }
        }
        return new Accounting(
                acquired.get(),
                rawStored.get(),
                restored.get(),
                passed.get(),
                clippedPixels.get(),
                Collections.unmodifiableMap(causes),
                sinks.stream().map(SinkTally::snapshot).toList());
    }
}
