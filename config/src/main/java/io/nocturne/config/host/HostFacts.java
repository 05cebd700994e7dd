package io.nocturne.config.host;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/**
 * The machine and the JVM, as a run's report keeps them.
 *
 * @param java version and vendor
 * @param os name, version and architecture
 * @param cores processors that this JVM may use
 * @param memoryBytes physical memory, or the container's share of it
 * @param heapLimitBytes most heap this JVM takes ({@code -Xmx})
 * @param directLimitBytes most memory outside the heap for buffers ({@code -XX:MaxDirectMemorySize})
 */
public record HostFacts(
        String java, String os, int cores, long memoryBytes, long heapLimitBytes, long directLimitBytes) {

    /** Asks this JVM. */
    public static HostFacts read() {
        Runtime runtime = Runtime.getRuntime();
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new HostFacts(
                System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"),
                runtime.availableProcessors(),
                machine.getTotalMemorySize(),
                runtime.maxMemory(),
                directLimit(runtime.maxMemory()));
    }

    /** Bytes that direct buffers of this JVM hold now. */
    public static long directBytesInUse() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static long directLimit(long heapLimit) {
        HotSpotDiagnosticMXBean options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (options == null) {
            return heapLimit;
        }
        long set = Long.parseLong(options.getVMOption("MaxDirectMemorySize").getValue());
        return set == 0 ? heapLimit : set; // 0 is HotSpot's way to say "as much as the heap"
    }
}
