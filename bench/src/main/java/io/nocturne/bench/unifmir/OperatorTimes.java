package io.nocturne.bench.unifmir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Where a graph's time goes, by operator, from ONNX Runtime's profile. */
final class OperatorTimes {
    private final Map<String, Double> micros = new TreeMap<>();
    private final Map<String, Integer> calls = new TreeMap<>();

    private OperatorTimes() {}

    static OperatorTimes read(Path profile) throws IOException {
        OperatorTimes times = new OperatorTimes();
        for (JsonNode event : new ObjectMapper().readTree(profile.toFile())) {
            String operator = event.path("args").path("op_name").asText();
            boolean kernel = event.path("name").asText().endsWith("_kernel_time");
            if (kernel && !operator.equals("Scan")) { // its body's operators are there themselves
                times.micros.merge(operator, event.path("dur").asDouble(), Double::sum);
                times.calls.merge(operator, 1, Integer::sum);
            }
        }
        return times;
    }

    /** Rows of a table, the largest share first. */
    List<List<String>> table(int runs) {
        double all = micros.values().stream().mapToDouble(Double::doubleValue).sum();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("operator", "calls", "ms/frame", "share"));
        micros.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(12)
                .forEach(entry -> rows.add(List.of(
                        entry.getKey(),
                        Integer.toString(calls.get(entry.getKey()) / runs),
                        String.format(Locale.ROOT, "%.1f", entry.getValue() / runs / 1000),
                        String.format(Locale.ROOT, "%.0f %%", 100 * entry.getValue() / all))));
        return rows;
    }
}
