package io.nocturne.config.report;

import io.nocturne.stream.latency.LatencyLog.Interval;
import io.nocturne.stream.latency.LatencyRecorder.Percentiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Latency as pictures: each stage's percentiles, and how they went over time. Logarithmic axes, inline SVG. */
final class LatencyPlots {
    private static final int WIDTH = 860;
    private static final int LABELS = 190;
    private static final int ROW = 24;
    private static final int TIME_HEIGHT = 230;
    private static final int MARGIN = 34;
    /** Stages worth a line over time, in this order; the others are parts of them or next to nothing. */
    private static final List<String> OVER_TIME =
            List.of("restore", "raw-disk", "restored-disk", "kafka", "view", "end-to-end:restored-disk");

    private LatencyPlots() {}

    /** A row per stage: dot at p50, dark bar to p99, light bar to the longest. */
    static String percentiles(Map<String, Percentiles> latency) {
        if (latency.isEmpty()) {
            return "";
        }
        Axis axis = Axis.over(
                latency.values().stream().mapToDouble(Percentiles::p50).min().orElse(1),
                latency.values().stream().mapToDouble(Percentiles::max).max().orElse(1));
        int height = ROW * latency.size() + MARGIN;
        StringBuilder svg = open(height, "Percentiles of each stage's latency");
        for (int power = axis.least; power <= axis.most; power++) {
            double x = LABELS + axis.at(Math.pow(10, power)) * (WIDTH - LABELS - 20);
            put(svg, "<line class=grid x1='%.1f' x2='%.1f' y1='0' y2='%d'/>", x, x, height - MARGIN + 6);
            put(svg, "<text class=tick x='%.1f' y='%d' text-anchor=middle>%s</text>", x, height - 10, tick(power));
        }
        int y = ROW / 2;
        for (Map.Entry<String, Percentiles> stage : latency.entrySet()) {
            Percentiles p = stage.getValue();
            put(
                    svg,
                    "<text class=stage x='%d' y='%d' text-anchor=end>%s</text>",
                    LABELS - 14,
                    y + 4,
                    Html.text(stage.getKey()));
            bar(svg, "wide", axis, (double) p.p50(), (double) p.max(), y);
            bar(svg, "narrow", axis, (double) p.p50(), (double) p.p99(), y);
            put(svg, "<circle class=dot cx='%.1f' cy='%d' r='4.5'/>", x(axis, (double) p.p50()), y);
            y += ROW;
        }
        return svg.append("</svg>").toString();
    }

    private static void bar(StringBuilder svg, String style, Axis axis, double from, double to, int y) {
        double left = x(axis, from);
        put(
                svg,
                "<rect class=%s x='%.1f' y='%d' width='%.1f' height='8' rx='4'/>",
                style,
                left,
                y - 4,
                Math.max(2, x(axis, to) - left));
    }

    private static double x(Axis axis, double micros) {
        return LABELS + axis.at(micros) * (WIDTH - LABELS - 20);
    }

    /** p99 of each second as a line per stage, p50 as a thin one. */
    static String overTime(Map<String, List<Interval>> logs) {
        List<String> stages = OVER_TIME.stream()
                .filter(stage -> logs.getOrDefault(stage, List.of()).size() > 1)
                .toList();
        if (stages.isEmpty()) {
            return "";
        }
        List<Interval> all = new ArrayList<>();
        stages.forEach(stage -> all.addAll(logs.get(stage)));
        Axis axis = Axis.over(
                all.stream().mapToDouble(Interval::p50).min().orElse(1),
                all.stream().mapToDouble(Interval::p99).max().orElse(1));
        double end = all.stream().mapToDouble(Interval::seconds).max().orElse(1);
        StringBuilder svg = open(TIME_HEIGHT + MARGIN, "Latency over time");
        for (int power = axis.least; power <= axis.most; power++) {
            double y = y(axis, Math.pow(10, power));
            put(svg, "<line class=grid x1='70' x2='%d' y1='%.1f' y2='%.1f'/>", WIDTH - 10, y, y);
            put(svg, "<text class=tick x='62' y='%.1f' text-anchor=end>%s</text>", y + 4, tick(power));
        }
        for (int i = 0; i <= 4; i++) {
            double x = time(end * i / 4, end);
            put(
                    svg,
                    "<text class=tick x='%.1f' y='%d' text-anchor=middle>%s</text>",
                    x,
                    TIME_HEIGHT + 24,
                    span(end * i / 4));
        }
        for (int i = 0; i < stages.size(); i++) {
            List<Interval> log = logs.get(stages.get(i));
            line(svg, "s" + i + " thin", log, axis, end, false);
            line(svg, "s" + i, log, axis, end, true);
        }
        svg.append("</svg><p class=key>");
        for (int i = 0; i < stages.size(); i++) {
            put(svg, "<span><i class=k%d></i>%s</span>", i, Html.text(stages.get(i)));
        }
        return svg.append("<span class=note>each second: p99, and p50 as a thin line</span></p>")
                .toString();
    }

    private static void line(
            StringBuilder svg, String style, List<Interval> log, Axis axis, double end, boolean upper) {
        put(svg, "<polyline class='%s' points='", style);
        // Long runs have more seconds than the plot has pixels: the worst of each group stays.
        int group = Math.max(1, log.size() / (WIDTH / 2));
        for (int from = 0; from < log.size(); from += group) {
            double worst = 0;
            for (Interval interval : log.subList(from, Math.min(log.size(), from + group))) {
                worst = Math.max(worst, (double) (upper ? interval.p99() : interval.p50()));
            }
            put(svg, "%.1f,%.1f ", time(log.get(from).seconds(), end), y(axis, worst));
        }
        svg.append("'/>");
    }

    private static double time(double seconds, double end) {
        return 74 + seconds / Math.max(1e-9, end) * (WIDTH - 94);
    }

    private static double y(Axis axis, double micros) {
        return TIME_HEIGHT - axis.at(micros) * (TIME_HEIGHT - 12);
    }

    private static StringBuilder open(int height, String label) {
        StringBuilder svg = new StringBuilder(8192);
        put(svg, "<svg viewBox='0 0 %d %d' role=img aria-label='%s'>", WIDTH, height, Html.text(label));
        return svg;
    }

    private static String tick(int power) {
        return switch (power) {
            case 0 -> "1 µs";
            case 1 -> "10 µs";
            case 2 -> "0.1 ms";
            case 3 -> "1 ms";
            case 4 -> "10 ms";
            case 5 -> "0.1 s";
            case 6 -> "1 s";
            case 7 -> "10 s";
            case 8 -> "100 s";
            default -> "1000 s";
        };
    }

    private static String span(double seconds) {
        return seconds < 600
                ? String.format(Locale.ROOT, seconds < 8 ? "%.1f s" : "%.0f s", seconds)
                : String.format(Locale.ROOT, "%.0f min", seconds / 60);
    }

    private static void put(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }

    /** Powers of ten of microseconds, from the one below the least value to the one above the most. */
    private record Axis(int least, int most) {
        static Axis over(double leastMicros, double mostMicros) {
            int least = (int) Math.floor(Math.log10(Math.max(1.0, leastMicros)));
            int most = (int) Math.ceil(Math.log10(Math.max(1.0, mostMicros)));
            return new Axis(least, Math.max(most, least + 1));
        }

        /** 0 to 1. */
        double at(double micros) {
            double power = Math.log10(Math.max(1, micros));
            return Math.max(0, Math.min(1, (power - least) / (most - least)));
        }
    }
}
