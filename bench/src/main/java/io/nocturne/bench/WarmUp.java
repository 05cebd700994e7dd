package io.nocturne.bench;

import java.util.concurrent.TimeUnit;

/**
 * The rounds before those that count, from when it is made: until then half of the processor's time is the compiler's,
 * which works beside what is measured on the same cores.
 */
public final class WarmUp {
    public static final int SECONDS = 20;

    private final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);

    public boolean lasts() {
        return System.nanoTime() - end < 0;
    }
}
