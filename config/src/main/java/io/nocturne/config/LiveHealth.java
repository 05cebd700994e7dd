package io.nocturne.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nocturne.config.host.DiskProbe;
import io.nocturne.config.report.Stages;
import io.nocturne.stream.accounting.Accounting;
import io.nocturne.stream.latency.LatencyRecorder.Moment;
import io.nocturne.stream.latency.LatencyRecorder.Percentiles;
import io.nocturne.stream.latency.LatencyRecorder.Recent;
import io.nocturne.stream.ring.LiveCounters;
import io.nocturne.stream.spi.Cause;
import io.nocturne.stream.spi.RestorerSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A running pipeline's health as the live view's page reads it. Any thread. */
final class LiveHealth implements Supplier<String> {
    private static final JsonMapper JSON = new JsonMapper();
    /** The way from camera to product on disk is what people mean by latency. */
    private static final String WHOLE_WAY = "end-to-end:restored-disk";

    private final Supplier<LiveCounters> live;
    private final Optional<Models> models;
    private final List<JsonNode> cards;
    private final Path folder;
    private final double bytesPerFrame;

    /**
     * @param cards of the run's models
     * @param folder whose disk is filled
     * @param bytesPerFrame written to it for each frame, 0 if nothing is
     */
    LiveHealth(
            Supplier<LiveCounters> live,
            Optional<Models> models,
            List<JsonNode> cards,
            Path folder,
            double bytesPerFrame) {
        this.live = live;
        this.models = models;
        this.cards = cards;
        this.folder = folder;
        this.bytesPerFrame = bytesPerFrame;
    }

    @Override
    public String get() {
        LiveCounters counters = live.get();
        Accounting counts = counters.accounting();
        ObjectNode json = JSON.createObjectNode();
        json.putObject("camera").put("rate", counters.cameraPerSecond()).put("acquired", counts.acquired());
        json.putObject("restored").put("rate", counters.restoredPerSecond()).put("count", counts.restored());
        causes(json.putObject("rawOnly"), counts, Cause.Kind.RAW_ONLY);
        causes(json.putObject("failed"), counts, Cause.Kind.FAILED);
        ObjectNode lost = json.putObject("lost");
        causes(lost, counts, Cause.Kind.GAP);
        causes(lost, counts, Cause.Kind.NOT_STORED);
        json.putObject("ring").put("raw", counters.rawFill()).put("restored", counters.restoredFill());
        ObjectNode latency = json.putObject("latencyMicros");
        Stages.inOrder(counters.latency())
                .forEach((stage, recent) ->
                        recent(latency.putObject(stage.equals(WHOLE_WAY) ? "end-to-end" : stage), recent));
        models.ifPresent(m -> model(json.putObject("model"), m));
        ObjectNode sinks = json.putObject("sinks");
        counts.sinks().forEach(s -> sinks.putObject(s.name())
                .put("delivered", s.delivered())
                .put("pending", s.pending())
                .put("lost", s.lost()));
        disk(json.putObject("disk"), counters.cameraPerSecond() * bytesPerFrame);
        return json.toString();
    }

    private static void recent(ObjectNode into, Recent recent) {
        Percentiles window = recent.window();
        if (window.count() > 0) {
            into.put("p50", window.p50())
                    .put("p90", window.p90())
                    .put("p99", window.p99())
                    .put("p999", window.p999())
                    .put("max", window.max());
        }
        ArrayNode trace = into.putArray("trace");
        for (Moment moment : recent.trace()) {
            if (moment.count() > 0) {
                trace.addArray().add(moment.p50()).add(moment.p99());
            } else {
                trace.addNull();
            }
        }
    }

    private void model(ObjectNode into, Models restoring) {
        RestorerSpec spec = restoring.spec();
        into.put("name", spec.name()).put("identity", spec.identity());
        restoring.used().stream().findFirst().ifPresent(used -> into.put("provider", used.device()));
        for (JsonNode card : cards) {
            if (card.path("name").asText().equals(spec.name())) {
                into.put("limits", card.path("limits").asText());
                if (!card.path("photons").isEmpty()) {
                    into.set("photons", card.path("photons"));
                }
            }
        }
    }

    private static void causes(ObjectNode into, Accounting counts, Cause.Kind kind) {
        counts.byCause().forEach((cause, frames) -> {
            if (cause.kind() == kind) {
                into.put(cause.name(), frames);
            }
        });
    }

    private void disk(ObjectNode into, double bytesPerSecond) {
        try {
            long free = DiskProbe.freeBytes(folder);
            into.put("freeBytes", free);
            if (bytesPerSecond > 0) {
                into.put("secondsUntilFull", (long) (free / bytesPerSecond));
            }
        } catch (IOException e) {
            // A disk that doesn't tell how full it is: the page leaves the line out.
            into.removeAll();
        }
    }
}
