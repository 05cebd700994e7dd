package io.nocturne.acquisition.mm;

/**
 * The time from frame to frame, learnt from numbered frames, to tell how many are lost where numbers can't: some builds
 * begin numbering anew when their buffer was wiped. Source thread only.
 */
final class FramePace {
    private long firstNumber = -1;
    private double firstMillis;
    private double lastMillis = Double.NaN;
    private long firstCore;
    private long lastCore;
    private double periodMillis;
    private double periodCoreNanos;

    /**
     * @param expectedPeriodNanos what holds until a pace is learnt
     */
    FramePace(long expectedPeriodNanos) {
        periodMillis = expectedPeriodNanos / 1e6;
        periodCoreNanos = expectedPeriodNanos;
    }

    /** A frame as it came: its number, its time on the camera's clock (or NaN), its time in the core. */
    void seen(long number, double elapsedMillis, long coreNanos) {
        if (number < 0) {
            return;
        }
        if (firstNumber < 0) {
            firstNumber = number;
            firstMillis = elapsedMillis;
            firstCore = coreNanos;
        } else if (number > firstNumber) {
            periodMillis = (elapsedMillis - firstMillis) / (number - firstNumber);
            periodCoreNanos = (double) (coreNanos - firstCore) / (number - firstNumber);
        }
        lastMillis = elapsedMillis;
        lastCore = coreNanos;
    }

    /** Frames that fit between the last one seen and one at these times; 0 if the pace isn't known. */
    long framesBetween(double elapsedMillis, long coreNanos) {
        if (periodMillis > 0 && elapsedMillis > lastMillis) {
            return Math.max(0, Math.round((elapsedMillis - lastMillis) / periodMillis) - 1);
        }
        if (periodCoreNanos > 0 && coreNanos > lastCore) {
            return Math.max(0, Math.round((coreNanos - lastCore) / periodCoreNanos) - 1);
        }
        return 0;
    }

    /** Frames per second, by the camera's clock where it tells, else by the core's; what was expected until then. */
    double framesPerSecond() {
        return periodMillis > 0 ? 1e3 / periodMillis : 1e9 / periodCoreNanos;
    }

    /** Numbers begin anew; the pace stays. */
    void restart() {
        firstNumber = -1;
    }
}
