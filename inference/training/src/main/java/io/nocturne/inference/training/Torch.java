package io.nocturne.inference.training;

import ai.djl.engine.Engine;

/** The one place that starts PyTorch: offline, without telemetry, on one thread unless told otherwise. */
final class Torch {
    private Torch() {}

    static synchronized Engine engine() {
        setIfAbsent("ai.djl.offline", "true");
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("ai.djl.pytorch.num_threads", "1");
        setIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
        return Engine.getEngine("PyTorch");
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
