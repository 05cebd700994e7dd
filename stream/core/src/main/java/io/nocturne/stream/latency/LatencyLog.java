package io.nocturne.stream.latency;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/** Reads the interval logs that a {@link LatencyRecorder} wrote. */
public final class LatencyLog {
    private LatencyLog() {}

    /**
     * One interval of one stage, about a second long.
     *
     * @param seconds from the stage's first interval to the middle of this one
     * @param p50 median, microseconds
     * @param p99 99th percentile, microseconds
     */
    public record Interval(double seconds, long p50, long p99) {}

    /**
     * The intervals of every stage that has a log in that folder, by the log's name, in order of time.
     *
     * @return empty if there is no such folder
     */
    public static Map<String, List<Interval>> read(Path folder) throws IOException {
        Map<String, List<Interval>> stages = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return stages;
        }
        List<Path> logs;
        try (Stream<Path> files = Files.list(folder)) {
            logs = files.filter(file -> file.toString().endsWith(".hlog")).toList();
        }
        for (Path log : logs) {
            String name = log.getFileName().toString().replaceFirst("\\.hlog$", "");
            stages.put(name.replaceFirst("^end-to-end_", "end-to-end:"), intervals(log));
        }
        return stages;
    }

    private static List<Interval> intervals(Path log) throws IOException {
        List<Interval> intervals = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(log));
                HistogramLogReader reader = new HistogramLogReader(in)) {
            long first = 0;
            for (EncodableHistogram next = reader.nextIntervalHistogram();
                    next != null;
                    next = reader.nextIntervalHistogram()) {
                if (next instanceof Histogram interval && interval.getTotalCount() > 0) {
                    first = intervals.isEmpty() ? interval.getStartTimeStamp() : first;
                    double middle = (interval.getStartTimeStamp() + interval.getEndTimeStamp()) / 2.0;
                    intervals.add(new Interval(
                            (middle - first) / 1000,
                            interval.getValueAtPercentile(50),
                            interval.getValueAtPercentile(99)));
                }
            }
        }
        return intervals;
    }
}
