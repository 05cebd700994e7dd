package io.nocturne.acquisition.mm;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How much memory the core gets for frames that wait to be taken, where nothing else was asked for. */
public final class CoreBuffer {
    private static final long LEAST = 64L << 20;
    private static final int LEAST_FRAMES = 8;
    private static final double SECONDS = 2;
    /** Part of the machine's memory that it may take: the core touches all of it when it starts. */
    private static final int MEMORY_SHARE = 4;

    private CoreBuffer() {}

    /** Two seconds' worth on this machine. */
    public static long bytes(long frameBytes, long periodNanos) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return bytes(frameBytes, periodNanos, system == null ? Long.MAX_VALUE : system.getTotalMemorySize());
    }

    /** Two seconds' worth, at most a quarter of the memory, but never less than eight frames. */
    static long bytes(long frameBytes, long periodNanos, long memoryBytes) {
        double twoSeconds = SECONDS * 1e9 / Math.max(1, periodNanos) * frameBytes;
        long wanted = (long) Math.min((double) memoryBytes / MEMORY_SHARE, twoSeconds);
        return Math.max(Math.max(LEAST, wanted), LEAST_FRAMES * frameBytes);
    }
}
