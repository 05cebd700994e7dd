package io.nocturne.bench.load;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.nocturne.config.host.HostFacts;
import io.nocturne.stream.latency.LatencyRecorder;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * Counters of the JVM and of a running pipeline at one moment.
 *
 * @param nanos when, on the system's monotonic clock
 * @param committed frames committed so far
 * @param threads what each pipeline thread has used, by name without its prefix
 * @param processCpuNanos CPU time of the process
 * @param collections garbage collections
 * @param collectionMillis time they took
 * @param directBytes bytes in direct buffers
 * @param latency totals per stage, microseconds
 */
record Snapshot(
        long nanos,
        long committed,
        Map<String, Use> threads,
        long processCpuNanos,
        long collections,
        long collectionMillis,
        long directBytes,
        Map<String, Histogram> latency) {
    private static final String PREFIX = "nocturne-";

    /** What one thread has used. */
    record Use(long cpuNanos, long allocatedBytes) {}

    /** Takes one. Not for a pipeline's own threads. */
    static Snapshot take(long committed, LatencyRecorder latency) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Map<String, Use> uses = new TreeMap<>();
        for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && info.getThreadName().startsWith(PREFIX)) {
                long id = info.getThreadId();
                uses.put(
                        info.getThreadName().substring(PREFIX.length()),
                        new Use(threads.getThreadCpuTime(id), threads.getThreadAllocatedBytes(id)));
            }
        }
        long collections = 0;
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += collector.getCollectionCount();
            millis += collector.getCollectionTime();
        }
        latency.roll();
        return new Snapshot(
                System.nanoTime(),
                committed,
                uses,
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime(),
                collections,
                millis,
                HostFacts.directBytesInUse(),
                latency.totals());
    }
}
