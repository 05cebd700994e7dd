package io.nocturne.config.report;

import io.nocturne.config.report.RunReport.Pass;
import io.nocturne.stream.latency.LatencyRecorder.Percentiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A run in two sentences: how many frames, what became of them, how soon. */
final class Summary {
    private static final String COMPLETION = "completion";
    private static final String TO_SINK = "end-to-end:";
    private static final String TO_DISK = TO_SINK + "restored-disk";
    private static final String TO_SCREEN = TO_SINK + "view";

    private Summary() {}

    static String of(RunReport report) {
        long camera = 0;
        long lost = 0;
        long live = 0;
        long later = 0;
        double seconds = 0;
        List<Map<String, Percentiles>> latencies = new ArrayList<>();
        for (Pass pass : report.passes()) {
            if (pass.kind().equals(COMPLETION)) {
                later += pass.frames().restored();
            } else {
                camera += pass.frames().camera();
                lost += pass.frames().lostBefore() + pass.frames().rawNotStored();
                live += pass.frames().restored();
                seconds += pass.seconds();
                latencies.add(pass.latency());
            }
        }
        String text = String.format(Locale.ROOT, "%d frames in %.1f s, %d lost", camera, seconds, lost);
        if (live + later > 0) {
            long never = camera - lost - live - later;
            text += "; " + live + " restored at once";
            text += later > 0 ? ", " + later + " when the run had ended" : "";
            text += never > 0 ? ", " + never + " never" : "";
        }
        return text + "." + (latencies.isEmpty() ? "" : howSoon(latencies.get(latencies.size() - 1)));
    }

    /** Of the last epoch, where there were several. */
    private static String howSoon(Map<String, Percentiles> latency) {
        List<String> ways = new ArrayList<>();
        if (latency.containsKey(TO_DISK)) {
            ways.add("restored on disk within " + millis(latency.get(TO_DISK)));
        }
        if (latency.containsKey(TO_SCREEN)) {
            ways.add("seen on a screen within " + millis(latency.get(TO_SCREEN)));
        }
        return ways.isEmpty() ? "" : " Half of them were " + String.join(" and ", ways) + " of leaving the camera.";
    }

    private static String millis(Percentiles p) {
        return String.format(Locale.ROOT, "%.0f ms", p.p50() / 1000.0);
    }
}
