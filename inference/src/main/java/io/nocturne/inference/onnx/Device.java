package io.nocturne.inference.onnx;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * An accelerator to run a model on, besides the CPU.
 *
 * @param provider which ONNX Runtime provider
 * @param id number of the GPU
 * @param settings provider settings, from {@link Provider#keys()} only
 */
public record Device(Provider provider, int id, Map<String, String> settings) {
    /** ONNX Runtime's providers that we know how to set up. */
    public enum Provider {
        TENSORRT("TensorRT"),
        CUDA("CUDA");

        private final String title;

        Provider(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }

        /** Settings that may be given: ONNX Runtime itself accepts any key without a word. */
        public Set<String> keys() {
            return switch (this) {
                case CUDA -> CUDA_KEYS;
                case TENSORRT -> TENSORRT_KEYS;
            };
        }
    }

    private static final Set<String> CUDA_KEYS = Set.of(
            "gpu_mem_limit",
            "arena_extend_strategy",
            "cudnn_conv_algo_search",
            "cudnn_conv_use_max_workspace",
            "do_copy_in_default_stream",
            "use_tf32",
            "prefer_nhwc");

    private static final Set<String> TENSORRT_KEYS = Set.of(
            "trt_max_workspace_size",
            "trt_fp16_enable",
            "trt_engine_cache_enable",
            "trt_engine_cache_path",
            "trt_engine_cache_prefix",
            "trt_timing_cache_enable",
            "trt_timing_cache_path",
            "trt_builder_optimization_level",
            "trt_context_memory_sharing_enable",
            "trt_profile_min_shapes",
            "trt_profile_opt_shapes",
            "trt_profile_max_shapes");

    public Device {
        settings = Map.copyOf(settings);
        if (id < 0) {
            throw new IllegalArgumentException("A GPU's number is at least 0, not " + id);
        }
        for (String key : new TreeSet<>(settings.keySet())) {
            if (!provider.keys().contains(key)) {
                throw new IllegalArgumentException(provider.title() + " has no setting '" + key + "'; known are "
                        + String.join(", ", new TreeSet<>(provider.keys())));
            }
        }
    }

    /** The first GPU with default settings. */
    public static Device of(Provider provider) {
        return new Device(provider, 0, Map.of());
    }

    @Override
    public String toString() {
        String engines = settings.getOrDefault("trt_engine_cache_path", "");
        return provider.title() + " (GPU " + id + ")" + (engines.isEmpty() ? "" : ", engines kept in " + engines);
    }
}
