package io.nocturne.bench.load;

import io.nocturne.bench.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What happened between two snapshots of a running pipeline: after warm-up, before the drain.
 *
 * @param seconds wall time
 * @param frames committed
 * @param bytesPerFrame heap bytes allocated per committed frame, by thread
 * @param cores CPU time over wall time, by thread
 * @param processCores the same of the whole process
 * @param collections garbage collections
 * @param collectionMillis time they took
 * @param directBytesGrown growth of direct memory
 * @param latency per stage, microseconds
 */
public record Steady(
        double seconds,
        long frames,
        Map<String, Double> bytesPerFrame,
        Map<String, Double> cores,
        double processCores,
        long collections,
        long collectionMillis,
        long directBytesGrown,
        Map<String, Histogram> latency) {

    static Steady between(Snapshot from, Snapshot to) {
        double nanos = to.nanos() - from.nanos();
        long frames = to.committed() - from.committed();
        Map<String, Double> bytes = new TreeMap<>();
        Map<String, Double> cores = new TreeMap<>();
        to.threads().forEach((name, after) -> {
            Snapshot.Use before = from.threads().get(name);
            if (before != null) {
                bytes.put(name, (double) (after.allocatedBytes() - before.allocatedBytes()) / Math.max(1, frames));
                cores.put(name, (after.cpuNanos() - before.cpuNanos()) / nanos);
            }
        });
        Map<String, Histogram> latency = new TreeMap<>();
        to.latency().forEach((stage, total) -> {
            Histogram since = total.copy();
            Histogram before = from.latency().get(stage);
            if (before != null) {
                since.subtract(before);
            }
            latency.put(stage, since);
        });
        return new Steady(
                nanos / 1e9,
                frames,
                bytes,
                cores,
                (to.processCpuNanos() - from.processCpuNanos()) / nanos,
                to.collections() - from.collections(),
                to.collectionMillis() - from.collectionMillis(),
                to.directBytes() - from.directBytes(),
                latency);
    }

    /** The largest allocation per frame of any thread, bytes. */
    public double mostBytesPerFrame() {
        return bytesPerFrame.values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }

    /** Prints what each thread used. */
    public void printThreads(Findings findings) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("thread", "heap bytes/frame", "CPU % of a core"));
        bytesPerFrame.forEach((thread, bytes) -> rows.add(List.of(
                thread,
                String.format(Locale.ROOT, "%.0f", bytes),
                String.format(Locale.ROOT, "%.1f", 100 * cores.get(thread)))));
        findings.table(rows);
        findings.line(String.format(
                Locale.ROOT,
                "  whole process: %.2f cores; %d garbage collections, %d ms; direct memory grew by %d bytes",
                processCores,
                collections,
                collectionMillis,
                directBytesGrown));
    }

    /** Prints percentiles, in microseconds. */
    public static void printLatency(Map<String, Histogram> latency, Findings findings) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("latency, us", "frames", "p50", "p90", "p99", "p99.9", "max"));
        latency.forEach((stage, h) -> {
            if (h.getTotalCount() > 0) {
                rows.add(List.of(
                        stage,
                        Long.toString(h.getTotalCount()),
                        Long.toString(h.getValueAtPercentile(50)),
                        Long.toString(h.getValueAtPercentile(90)),
                        Long.toString(h.getValueAtPercentile(99)),
                        Long.toString(h.getValueAtPercentile(99.9)),
                        Long.toString(h.getMaxValue())));
            }
        });
        findings.table(rows);
    }
}
