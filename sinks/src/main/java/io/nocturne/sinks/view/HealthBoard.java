package io.nocturne.sinks.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the run's health twice a second, on a thread of its own: a slow answer makes the strip stale, never the
 * pictures. What is not valid JSON becomes an {@code error} member instead of {@code run}.
 */
final class HealthBoard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthBoard.class);
    private static final long PERIOD_MILLIS = 500;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Supplier<Attachment> attachment;
    private final Supplier<LiveView.Displayed> displayed;
    private final Supplier<Optional<Trust>> trust;
    private final Thread thread = new Thread(this::watch, "nocturne-view-health");
    private volatile boolean running = true;
    private volatile JsonNode latest = JSON.createObjectNode().put("type", "health");
    private boolean failing;

    HealthBoard(
            Supplier<Attachment> attachment, Supplier<LiveView.Displayed> displayed, Supplier<Optional<Trust>> trust) {
        this.trust = trust;
        this.attachment = attachment;
        this.displayed = displayed;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The newest answer, the same object until there is another; not to be changed. Any thread. */
    JsonNode latest() {
        return latest;
    }

    private void watch() {
        while (running) {
            latest = ask();
            try {
                Thread.sleep(PERIOD_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private JsonNode ask() {
        Attachment now = attachment.get();
        ObjectNode health = JSON.createObjectNode();
        health.put("type", "health");
        health.put("attachment", now.number());
        health.put("stream", now.stream().name());
        try {
            JsonNode run = JSON.readTree(now.healthJson().get());
            health.set("run", run);
            failing = false;
        } catch (JsonProcessingException | RuntimeException e) {
            if (!failing) {
                LOG.warn("The run's health can't be shown", e);
            }
            failing = true;
            health.put("error", "The run's health is not known: " + e.getMessage());
        }
        LiveView.Displayed view = displayed.get();
        ObjectNode node = health.putObject("view");
        node.put("viewers", view.viewers());
        node.put("sent", view.sent());
        node.put("painted", view.painted());
        node.put("distinct", view.distinct());
        node.put("rate", view.framesPerSecond());
        node.putObject("toScreenMicros").put("p50", view.toScreenP50Micros()).put("p99", view.toScreenP99Micros());
        node.putObject("inBrowserMicros").put("p50", view.inBrowserP50Micros()).put("p99", view.inBrowserP99Micros());
        trust.get().ifPresent(t -> put(t, health));
        return health;
    }

    private static void put(Trust trust, ObjectNode health) {
        JsonNode run = health.path("run");
        ObjectNode node = health.putObject("trust");
        finite(node, "background", trust.background());
        finite(node, "signal", trust.signal());
        finite(node, "countsPerPhoton", trust.countsPerPhoton());
        finite(node, "photons", trust.photons());
        finite(node, "noise", trust.noise());
        finite(node, "snr", trust.snr());
        finite(node, "saturated", trust.saturated());
        finite(node, "residualCorrelation", trust.residualCorrelation());
        finite(node, "changeRaw", trust.changeRaw());
        finite(node, "changeRestored", trust.changeRestored());
        JsonNode range = run.path("model").path("photons");
        ArrayNode warnings = node.putArray("warnings");
        trust.warnings(range.path(0).asDouble(Double.NaN), range.path(1).asDouble(Double.NaN))
                .forEach(warnings::add);
    }

    private static void finite(ObjectNode into, String name, double value) {
        if (Double.isFinite(value)) {
            into.put(name, value);
        }
    }

    @Override
    public void close() {
        running = false;
        thread.interrupt();
    }
}
