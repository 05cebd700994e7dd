package io.nocturne.bench.overload;

import io.nocturne.stream.spi.FrameState;

/** Longest run of frames in a row without a product. One thread. */
final class RawOnlyRuns {
    private long current;
    private long longest;
    private long rawOnly;
    private long restored;

    /** An outcome that speaks for {@code count} frames, in capture order. */
    void add(FrameState state, int count) {
        if (state == FrameState.RESTORED) {
            restored += count;
            current = 0;
        } else {
            rawOnly += count;
            current += count;
            longest = Math.max(longest, current);
        }
    }

    long longest() {
        return longest;
    }

    long rawOnly() {
        return rawOnly;
    }

    long restored() {
        return restored;
    }
}
