package io.nocturne.sinks.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The run's health in Prometheus' text format, version 0.0.4 (prometheus.io, "Exposition formats"). Latencies are gauges
 * of quantiles that the run has already taken, not a summary: there is no sum to go with them.
 */
final class MetricsText {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final Map<String, String> QUANTILES = new LinkedHashMap<>();

    static {
        QUANTILES.put("p50", "0.5");
        QUANTILES.put("p90", "0.9");
        QUANTILES.put("p99", "0.99");
        QUANTILES.put("p999", "0.999");
        QUANTILES.put("max", "1");
    }

    private final StringBuilder text = new StringBuilder(4096);
    private final String stream;

    private MetricsText(String stream) {
        this.stream = stream;
    }

    /** All metrics that this health tells; the members that the package's description names. */
    static String of(JsonNode health) {
        MetricsText metrics = new MetricsText(health.path("stream").asText());
        metrics.run(health.path("run"));
        metrics.view(health.path("view"));
        return metrics.text.toString();
    }

    private void run(JsonNode run) {
        one(
                "nocturne_frames_acquired_total",
                "counter",
                "Frames committed to the raw ring.",
                run.at("/camera/acquired"));
        one("nocturne_frames_restored_total", "counter", "Products released.", run.at("/restored/count"));
        each("nocturne_frames_raw_only_total", "Frames stored raw and not restored.", "cause", run.path("rawOnly"));
        each("nocturne_frames_failed_total", "Frames whose restoring failed.", "cause", run.path("failed"));
        each("nocturne_frames_lost_total", "Frames of the camera that are not stored.", "cause", run.path("lost"));
        one("nocturne_camera_frames_per_second", "gauge", "Frames committed per second.", run.at("/camera/rate"));
        one("nocturne_restored_frames_per_second", "gauge", "Products per second.", run.at("/restored/rate"));
        ring(run.path("ring"));
        latency(run.path("latencyMicros"));
        one("nocturne_disk_free_bytes", "gauge", "Free space where the run is written.", run.at("/disk/freeBytes"));
        sinks(run.path("sinks"));
        JsonNode model = run.path("model");
        if (model.has("name")) {
            head("nocturne_model_info", "gauge", "The model that restores; always 1.");
            sample(
                    "nocturne_model_info",
                    label("name", model.path("name").asText())
                            + label("identity", model.path("identity").asText()),
                    "1");
        }
    }

    private void ring(JsonNode ring) {
        if (ring.isObject()) {
            head("nocturne_ring_used_ratio", "gauge", "Part of a ring in use, 0 to 1.");
            ring.properties()
                    .forEach(r -> sample("nocturne_ring_used_ratio", label("ring", r.getKey()), number(r.getValue())));
        }
    }

    private void latency(JsonNode stages) {
        if (!stages.isObject()) {
            return;
        }
        String name = "nocturne_latency_seconds";
        head(name, "gauge", "Latency of the last five to ten seconds, by stage and quantile.");
        stages.properties()
                .forEach(stage -> QUANTILES.forEach((member, quantile) -> {
                    JsonNode micros = stage.getValue().path(member);
                    if (micros.isNumber()) {
                        String labels = label("stage", stage.getKey()) + label("quantile", quantile);
                        sample(name, labels, Double.toString(micros.asDouble() / 1e6));
                    }
                }));
    }

    private void sinks(JsonNode sinks) {
        if (sinks.isObject() && !sinks.isEmpty()) {
            head("nocturne_sink_pending_frames", "gauge", "Frames that a sink has taken and not yet delivered.");
            sinks.properties()
                    .forEach(sink -> sample(
                            "nocturne_sink_pending_frames",
                            label("sink", sink.getKey()),
                            number(sink.getValue().path("pending"))));
        }
    }

    private void view(JsonNode view) {
        one("nocturne_view_pages", "gauge", "Live view pages open.", view.path("viewers"));
        one("nocturne_view_frames_total", "counter", "Different frames painted on any page.", view.path("distinct"));
    }

    private void one(String name, String type, String help, JsonNode value) {
        if (value.isNumber()) {
            head(name, type, help);
            sample(name, "", number(value));
        }
    }

    private void each(String name, String help, String label, JsonNode byLabel) {
        if (byLabel.isObject() && !byLabel.isEmpty()) {
            head(name, "counter", help);
            byLabel.properties().forEach(e -> sample(name, label(label, e.getKey()), number(e.getValue())));
        }
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void sample(String name, String labels, String value) {
        text.append(name).append('{').append(label("stream", stream).substring(1));
        text.append(labels).append("} ").append(value).append('\n');
    }

    private static String label(String name, String value) {
        String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return "," + name + "=\"" + escaped + "\"";
    }

    private static String number(JsonNode value) {
        return value.isIntegralNumber() ? value.asText() : Double.toString(value.asDouble());
    }
}
