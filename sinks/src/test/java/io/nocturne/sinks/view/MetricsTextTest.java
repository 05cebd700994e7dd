package io.nocturne.sinks.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsTextTest {
    private static final String HEALTH =
            """
            {"stream": "cam\\"0", "run": {
              "camera": {"rate": 20.5, "acquired": 1234}, "restored": {"rate": 19.8, "count": 1220},
              "rawOnly": {"NO_FREE_WORKER": 14}, "failed": {}, "lost": {"RING_FULL": 3, "CAMERA_OVERWROTE": 2},
              "ring": {"raw": 0.02, "restored": 0.1},
              "latencyMicros": {"restore": {"p50": 7000, "p90": 8000, "p99": 9000, "p999": 9500, "max": 10000}},
              "model": {"name": "gaussian", "identity": "sha256:ab\\\\cd"},
              "sinks": {"kafka": {"delivered": 5, "pending": 7, "lost": 0}},
              "disk": {"freeBytes": 412000000000}},
             "view": {"viewers": 2, "distinct": 99}}
            """;

    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)");

    /** The sample line of Prometheus' text format 0.0.4, with its escapes. */
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)"
            + "\\{([a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\""
            + "(?:,[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\")*)\\}"
            + " (-?[0-9.]+(?:[eE][+-]?[0-9]+)?)");

    @Test
    void everyLineFollowsTheFormat() throws Exception {
        Map<String, String> types = new HashMap<>();
        Set<String> series = new HashSet<>();
        for (String line : lines()) {
            if (line.startsWith("# TYPE ")) {
                Matcher type = TYPE.matcher(line);
                assertThat(type.matches()).as(line).isTrue();
                assertThat(types.put(type.group(1), type.group(2)))
                        .as("one TYPE each: " + line)
                        .isNull();
            } else if (!line.startsWith("# HELP ")) {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                assertThat(types).as("TYPE comes first").containsKey(sample.group(1));
                assertThat(series.add(sample.group(1) + sample.group(2)))
                        .as("once: " + line)
                        .isTrue();
                assertThat(sample.group(1).endsWith("_total"))
                        .as("counters and only they end in _total")
                        .isEqualTo(types.get(sample.group(1)).equals("counter"));
            }
        }
        assertThat(types).hasSizeGreaterThan(10);
    }

    @Test
    void valuesAreTheHealthsInBaseUnits() throws Exception {
        assertThat(lines())
                .contains(
                        "nocturne_frames_acquired_total{stream=\"cam\\\"0\"} 1234",
                        "nocturne_frames_lost_total{stream=\"cam\\\"0\",cause=\"RING_FULL\"} 3",
                        "nocturne_latency_seconds{stream=\"cam\\\"0\",stage=\"restore\",quantile=\"0.99\"} 0.009",
                        "nocturne_ring_used_ratio{stream=\"cam\\\"0\",ring=\"raw\"} 0.02",
                        "nocturne_sink_pending_frames{stream=\"cam\\\"0\",sink=\"kafka\"} 7",
                        "nocturne_model_info{stream=\"cam\\\"0\",name=\"gaussian\",identity=\"sha256:ab\\\\cd\"} 1");
    }

    @Test
    void whatIsNotKnownIsLeftOut() throws Exception {
        assertThat(MetricsText.of(new ObjectMapper().readTree("{\"type\":\"health\"}")))
                .isEmpty();
    }

    private static List<String> lines() throws JsonProcessingException {
        String text = MetricsText.of(new ObjectMapper().readTree(HEALTH));
        assertThat(text).endsWith("\n");
        return text.lines().toList();
    }
}
