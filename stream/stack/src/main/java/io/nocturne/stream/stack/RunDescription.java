package io.nocturne.stream.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What {@code run.json} says. Immutable.
 *
 * @param runId the same in files, headers and records
 * @param created UTC, ISO 8601
 * @param config the effective configuration
 * @param models a card per model, with its hash
 * @param versions of Nocturne and what it stands on
 * @param host the machine
 * @param ended UTC, ISO 8601; empty while the run lasts or if it was killed
 * @param totals the accounting at the end; a JSON null before
 */
public record RunDescription(
        String runId,
        String created,
        JsonNode config,
        List<JsonNode> models,
        Map<String, String> versions,
        Map<String, String> host,
        String ended,
        JsonNode totals) {
    /** Changes when a reader of before would misread a run of now. */
    public static final int FORMAT_VERSION = 1;

    private static final String FORMAT = "nocturne-run";

    public RunDescription {
        Objects.requireNonNull(runId, "runId");
        Objects.requireNonNull(created, "created");
        Objects.requireNonNull(config, "config");
        models = List.copyOf(models);
        versions = Map.copyOf(versions);
        host = Map.copyOf(host);
        Objects.requireNonNull(ended, "ended");
        Objects.requireNonNull(totals, "totals");
    }

    /** The description of a run that begins now on this machine, with a new random identifier. */
    public static RunDescription begin(JsonNode config, List<JsonNode> models, Map<String, String> versions) {
        return new RunDescription(
                UUID.randomUUID().toString(),
                Instant.now().toString(),
                config,
                models,
                versions,
                thisHost(),
                "",
                JsonNodeFactory.instance.nullNode());
    }

    /** The same run with these models too, each once. */
    public RunDescription withModels(List<JsonNode> more) {
        Set<JsonNode> all = new LinkedHashSet<>(models);
        all.addAll(more);
        return new RunDescription(runId, created, config, List.copyOf(all), versions, host, ended, totals);
    }

    /** The same run, ended now. */
    public RunDescription end(JsonNode newTotals) {
        return new RunDescription(
                runId, created, config, models, versions, host, Instant.now().toString(), newTotals);
    }

    private static Map<String, String> thisHost() {
        Map<String, String> host = new TreeMap<>();
        host.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        host.put("arch", System.getProperty("os.arch"));
        host.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        host.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
        host.put("heapBytes", String.valueOf(Runtime.getRuntime().maxMemory()));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            host.put("memoryBytes", String.valueOf(system.getTotalMemorySize()));
        }
        return host;
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("format", FORMAT);
        json.put("formatVersion", FORMAT_VERSION);
        json.put("runId", runId);
        json.put("created", created);
        json.put("ended", ended);
        new TreeMap<>(versions).forEach(json.putObject("versions")::put);
        new TreeMap<>(host).forEach(json.putObject("host")::put);
        ArrayNode cards = json.putArray("models");
        models.forEach(cards::add);
        json.set("config", config);
        json.set("totals", totals);
        return json;
    }

    static RunDescription parse(JsonNode json, Path file) throws StackException {
        if (!json.path("format").asText().equals(FORMAT)) {
            throw new StackException(file + " does not describe a run: its format is '"
                    + json.path("format").asText() + "', not '" + FORMAT + "'");
        }
        int version = json.path("formatVersion").asInt();
        if (version < 1 || version > FORMAT_VERSION) {
            throw new StackException(file + " has format version " + version + ", but this program knows up to "
                    + FORMAT_VERSION + ": use a newer Nocturne");
        }
        List<JsonNode> models = new ArrayList<>();
        json.path("models").forEach(models::add);
        return new RunDescription(
                json.path("runId").asText(),
                json.path("created").asText(),
                json.path("config"),
                models,
                texts(json.path("versions")),
                texts(json.path("host")),
                json.path("ended").asText(),
                json.path("totals"));
    }

    private static Map<String, String> texts(JsonNode json) {
        Map<String, String> map = new TreeMap<>();
        json.properties()
                .forEach(field -> map.put(field.getKey(), field.getValue().asText()));
        return map;
    }
}
