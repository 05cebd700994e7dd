package io.nocturne.bench.allocation;

import io.nocturne.bench.load.ObservedRun;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingStream;

/**
 * Watches this JVM, by its flight recorder, for heap objects above a size. Objects larger than the collector lets into a
 * thread's allocation buffer are always seen; smaller ones only when they happen to open a new buffer.
 */
final class LargeAllocations implements ObservedRun.Watch, AutoCloseable {
    private final RecordingStream recorder = new RecordingStream();
    private final Map<String, AtomicLong> seen = new ConcurrentSkipListMap<>();
    private final long bytes;
    private volatile Instant end = Instant.MAX;

    /** Looks for objects of at least that many bytes, allocated by pipeline threads. */
    LargeAllocations(long bytes) {
        this.bytes = bytes;
        for (String event : new String[] {"jdk.ObjectAllocationOutsideTLAB", "jdk.ObjectAllocationInNewTLAB"}) {
            recorder.enable(event).withStackTrace();
            recorder.onEvent(event, this::look);
        }
    }

    @Override
    public void begin() {
        recorder.startAsync();
    }

    @Override
    public void end() {
        end = Instant.now();
    }

    private void look(RecordedEvent event) {
        if (event.getLong("allocationSize") < bytes
                || event.getStartTime().isAfter(end)
                || event.getThread() == null
                || event.getThread().getJavaName() == null
                || !event.getThread().getJavaName().startsWith("nocturne-")) {
            return;
        }
        String what = event.getClass("objectClass").getName() + " of " + event.getLong("allocationSize") + " bytes by "
                + event.getThread().getJavaName() + at(event.getStackTrace());
        seen.computeIfAbsent(what, w -> new AtomicLong()).incrementAndGet();
    }

    private static String at(RecordedStackTrace trace) {
        if (trace == null || trace.getFrames().isEmpty()) {
            return "";
        }
        RecordedFrame ours = trace.getFrames().stream()
                .filter(f -> f.getMethod().getType().getName().startsWith("io.nocturne"))
                .findFirst()
                .orElse(trace.getFrames().get(0));
        return " at " + ours.getMethod().getType().getName() + "."
                + ours.getMethod().getName() + ":" + ours.getLineNumber();
    }

    /** What was seen, with how often; after {@link #end}. */
    Map<String, AtomicLong> seen() throws InterruptedException {
        // The stream hands events over about once a second.
        Thread.sleep(2_000);
        recorder.close();
        return seen;
    }

    @Override
    public void close() {
        recorder.close();
    }
}
