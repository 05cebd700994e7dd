package io.nocturne.stream.latency;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * Latency of every stage in microseconds: one HdrHistogram per stage, rolled into an interval log ({@code STAGE.hlog},
 * HistogramLog format 1.3), a total, and a view of the last moments. Stages are registered before the start; each is
 * written by one thread and never waits; {@link #roll} and the readers take a lock among themselves only.
 */
public final class LatencyRecorder implements AutoCloseable {
    /** Longest latency told apart: one hour. Longer ones count as this. */
    static final long MAX_MICROS = 3_600_000_000L;

    /** Rolls that a half of the recent window covers: what {@link #recent} tells is five to ten of them old. */
    private static final int HALF_WINDOW = 5;

    /** Intervals that are kept for {@link #recent}. */
    private static final int TRACE = 60;

    private final Path directory;
    private final Map<String, Log> logs = new LinkedHashMap<>();

    /**
     * @param directory where the interval logs go, created if missing; null for none
     */
    public LatencyRecorder(Path directory) {
        this.directory = directory;
    }

    /** Registers a stage written by one thread. Not on the hot path. */
    public Stage stage(String name) {
        return stage(name, 0);
    }

    /** Registers one thread's part of a stage that several threads write; parts are added up under the name. */
    public synchronized Stage stage(String name, int part) {
        Log log = logs.computeIfAbsent(name, n -> new Log(n, directory));
        while (log.parts.size() <= part) {
            log.parts.add(new Stage());
        }
        return log.parts.get(part);
    }

    /** Closes the current interval of every stage: adds it to the totals and appends it to the logs. */
    public synchronized void roll() {
        for (Log log : logs.values()) {
            log.roll();
        }
    }

    /** Totals since the start up to the last {@link #roll}, in microseconds; copies, stages without values left out. */
    public synchronized Map<String, Histogram> totals() {
        Map<String, Histogram> copies = new LinkedHashMap<>();
        for (Log log : logs.values()) {
            if (log.total.getTotalCount() > 0) {
                copies.put(log.name, log.total.copy());
            }
        }
        return Collections.unmodifiableMap(copies);
    }

    /** Percentiles of the totals, in microseconds. */
    public synchronized Map<String, Percentiles> percentiles() {
        Map<String, Percentiles> result = new LinkedHashMap<>();
        for (Log log : logs.values()) {
            if (log.total.getTotalCount() > 0) {
                result.put(log.name, Percentiles.of(log.total));
            }
        }
        return Collections.unmodifiableMap(result);
    }

    /**
     * How it went lately, in microseconds: with a {@link #roll} a second, percentiles of the last five to ten seconds
     * and the course of the last minute. Stages without values since the start are left out.
     */
    public synchronized Map<String, Recent> recent() {
        Map<String, Recent> result = new LinkedHashMap<>();
        for (Log log : logs.values()) {
            if (log.total.getTotalCount() > 0) {
                result.put(log.name, log.recent());
            }
        }
        return Collections.unmodifiableMap(result);
    }

    @Override
    public synchronized void close() {
        roll();
        logs.values().forEach(Log::close);
    }

    /** One stage's figures in microseconds. */
    public record Percentiles(long count, long p50, long p90, long p99, long p999, long max) {
        static Percentiles of(Histogram h) {
            return new Percentiles(
                    h.getTotalCount(),
                    h.getValueAtPercentile(50),
                    h.getValueAtPercentile(90),
                    h.getValueAtPercentile(99),
                    h.getValueAtPercentile(99.9),
                    h.getMaxValue());
        }
    }

    /**
     * One stage's figures of late.
     *
     * @param window percentiles of the last five to ten intervals; all 0 if nothing was recorded in them
     * @param trace one entry per interval, oldest first, at most 60
     */
    public record Recent(Percentiles window, List<Moment> trace) {}

    /** One interval of one stage in microseconds; a count of 0 leaves the others 0. */
    public record Moment(long count, long p50, long p99) {
        static Moment of(Histogram h) {
            long count = h.getTotalCount();
            return count == 0
                    ? new Moment(0, 0, 0)
                    : new Moment(count, h.getValueAtPercentile(50), h.getValueAtPercentile(99));
        }
    }

    /** Where one thread records one stage. {@link #record} is for that thread alone; it neither waits nor allocates. */
    public static final class Stage {
        private final SingleWriterRecorder recorder = new SingleWriterRecorder(1, MAX_MICROS, 3);
        private Histogram interval;

        private Stage() {}

        /** Records the time between two stamps; nothing if either is 0 (not stamped). */
        public void record(long fromNanos, long toNanos) {
            if (fromNanos != 0 && toNanos != 0) {
                recorder.recordValue(Math.max(0, Math.min(MAX_MICROS, (toNanos - fromNanos) / 1000)));
            }
        }
    }

    /** All parts of one stage, with its total and its file. Guarded by the recorder's lock. */
    private static final class Log {
        private final String name;
        private final Path directory;
        private final List<Stage> parts = new ArrayList<>();
        private final Histogram total = new Histogram(1, MAX_MICROS, 3);
        private final Histogram interval = new Histogram(1, MAX_MICROS, 2);
        private final Histogram thisHalf = new Histogram(1, MAX_MICROS, 2);
        private final Histogram lastHalf = new Histogram(1, MAX_MICROS, 2);
        private final Deque<Moment> trace = new ArrayDeque<>();
        private int rollsOfHalf;
        private HistogramLogWriter writer;
        private PrintStream stream;

        Log(String name, Path directory) {
            this.name = name;
            this.directory = directory;
        }

        void roll() {
            interval.reset();
            for (Stage part : parts) {
                part.interval = part.recorder.getIntervalHistogram(part.interval);
                if (part.interval.getTotalCount() > 0) {
                    total.add(part.interval);
                    interval.add(part.interval);
                    append(part.interval);
                }
            }
            remember();
        }

        private void remember() {
            if (rollsOfHalf == HALF_WINDOW) {
                lastHalf.reset();
                lastHalf.add(thisHalf);
                thisHalf.reset();
                rollsOfHalf = 0;
            }
            thisHalf.add(interval);
            rollsOfHalf++;
            if (trace.size() == TRACE) {
                trace.removeFirst();
            }
            trace.addLast(Moment.of(interval));
        }

        Recent recent() {
            Histogram window = lastHalf.copy();
            window.add(thisHalf);
            return new Recent(Percentiles.of(window), List.copyOf(trace));
        }

        private void append(Histogram interval) {
            if (directory == null) {
                return;
            }
            try {
                if (writer == null) {
                    open(interval);
                }
                writer.outputIntervalHistogram(interval);
                stream.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("Can't write the latency log of " + name + " in " + directory, e);
            }
        }

        private void open(Histogram first) throws IOException {
            Files.createDirectories(directory);
            OutputStream out = Files.newOutputStream(directory.resolve(name.replace(':', '_') + ".hlog"));
            stream = new PrintStream(out, false, StandardCharsets.UTF_8);
            writer = new HistogramLogWriter(stream);
            writer.outputLogFormatVersion();
            writer.outputComment("[" + name + ", microseconds]");
            writer.outputStartTime(first.getStartTimeStamp());
            writer.outputLegend();
        }

        void close() {
            if (stream != null) {
                stream.close();
            }
        }
    }
}
