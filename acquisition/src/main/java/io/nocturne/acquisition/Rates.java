package io.nocturne.acquisition;

/** Checks and arithmetic that the paced sources share. */
final class Rates {
    private static final double MAX_RATE = 1e6;

    private Rates() {}

    static void checkRate(double framesPerSecond) {
        if (!(framesPerSecond == 0 || (framesPerSecond >= 1e-4 && framesPerSecond <= MAX_RATE))) {
            throw new IllegalArgumentException("framesPerSecond must be 0 (as fast as there is room) or 0.0001 to "
                    + (long) MAX_RATE + ", not " + framesPerSecond);
        }
    }

    static void checkFrames(long frames) {
        if (frames < -1 || frames == 0) {
            throw new IllegalArgumentException("frames must be 1 or more, or -1 for no end, not " + frames);
        }
    }

    static void checkBuffer(int bufferFrames) {
        if (bufferFrames < 0) {
            throw new IllegalArgumentException(
                    "bufferFrames must be 1 or more, or 0 for one second's worth, not " + bufferFrames);
        }
    }

    /** Time from frame to frame, 0 for as fast as there is room. */
    static long periodNanos(double framesPerSecond) {
        return framesPerSecond == 0 ? 0 : Math.max(1, Math.round(1e9 / framesPerSecond));
    }

    /** Frames that the camera's buffer holds: as set, or one second's worth and at least two. */
    static int bufferFrames(int setting, double framesPerSecond) {
        return setting > 0 ? setting : (int) Math.max(2, Math.ceil(framesPerSecond));
    }
}
