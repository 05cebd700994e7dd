package io.nocturne.config.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The stages whose latency is recorded, in the order in which a frame meets them, and what each one means. */
public final class Stages {
    private static final String END_TO_END = "end-to-end:";
    private static final Map<String, String> MEANINGS = new LinkedHashMap<>();

    static {
        MEANINGS.put("camera", "in the camera's buffer");
        MEANINGS.put("commit", "copied into the raw ring");
        MEANINGS.put("raw-disk", "commit to raw frame written");
        MEANINGS.put("intake", "commit to looked at");
        MEANINGS.put("wait", "looked at to a worker's start");
        MEANINGS.put("restore", "the model's work");
        MEANINGS.put("release", "behind slower frames before it");
        MEANINGS.put("restored-disk", "commit to product written");
        MEANINGS.put("kafka", "commit to acknowledged by Kafka");
        MEANINGS.put("view", "commit to painted in the browser");
    }

    private Stages() {}

    /** The values in the order of the stages; whole ways, camera to sink, come last. */
    public static <T> Map<String, T> inOrder(Map<String, T> byStage) {
        List<String> names = new ArrayList<>(MEANINGS.keySet());
        byStage.keySet().stream().filter(name -> !name.startsWith(END_TO_END)).forEach(names::add);
        names.addAll(byStage.keySet());
        Map<String, T> ordered = new LinkedHashMap<>();
        for (String name : names) {
            if (byStage.containsKey(name)) {
                ordered.putIfAbsent(name, byStage.get(name));
            }
        }
        return ordered;
    }

    /** What a stage's time is spent on; empty if it isn't known. */
    public static String meaning(String stage) {
        if (stage.startsWith(END_TO_END)) {
            return "camera to " + stage.substring(END_TO_END.length());
        }
        return MEANINGS.getOrDefault(stage, "");
    }
}
