package io.nocturne.sinks.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
    private final Thread thread = new Thread(this::watch, "nocturne-view-health");
    private volatile boolean running = true;
    private volatile String latest = "{\"type\":\"health\"}";
    private boolean failing;

    HealthBoard(Supplier<Attachment> attachment, Supplier<LiveView.Displayed> displayed) {
        this.attachment = attachment;
        this.displayed = displayed;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The newest answer, one line of JSON; safe from any thread. */
    String latest() {
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

    private String ask() {
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
        return health.toString();
    }

    @Override
    public void close() {
        running = false;
        thread.interrupt();
    }
}
