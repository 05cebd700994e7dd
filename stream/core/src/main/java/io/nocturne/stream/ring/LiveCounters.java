package io.nocturne.stream.ring;

import io.nocturne.stream.accounting.Accounting;
import io.nocturne.stream.latency.LatencyRecorder;
import java.util.Map;

/**
 * A look at a running pipeline.
 *
 * @param accounting counts so far
 * @param cameraPerSecond frames committed per second, over the last second or so
 * @param restoredPerSecond products released per second
 * @param rawFill raw ring in use, 0 to 1
 * @param restoredFill restored ring in use, 0 to 1
 * @param latency of each stage in the last seconds
 * @param restorerOff whether restoring was switched off
 */
public record LiveCounters(
        Accounting accounting,
        double cameraPerSecond,
        double restoredPerSecond,
        double rawFill,
        double restoredFill,
        Map<String, LatencyRecorder.Recent> latency,
        boolean restorerOff) {}
