package io.nocturne.inference.onnx;

import io.nocturne.inference.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * How a GPU is used, in our words; {@link #complete} turns it into settings of the provider.
 *
 * @param half half precision in TensorRT
 * @param tf32 TF32 in CUDA's matrix products and convolutions
 * @param memoryBytes most that CUDA's arena takes
 * @param workspaceBytes most that TensorRT may try kernels with
 * @param cache where TensorRT's engines are kept
 */
public record GpuSettings(
        boolean half, boolean tf32, OptionalLong memoryBytes, long workspaceBytes, EngineCache cache) {
    /** TensorRT may try kernels with that much unless told otherwise. */
    public static final long DEFAULT_WORKSPACE = 2L << 30;

    public GpuSettings {
        if (workspaceBytes < 1) {
            throw new IllegalArgumentException("workspaceBytes must be positive, not " + workspaceBytes);
        }
    }

    /** Full precision, engines in the user's cache. */
    public static GpuSettings defaults() {
        return new GpuSettings(false, false, OptionalLong.empty(), DEFAULT_WORKSPACE, EngineCache.ofUser());
    }

    /** What an engine depends on besides the model. */
    record Place(String gpu, String runtime, String tensorRt) {
        static Place of(Device device) {
            return new Place(
                    EngineCache.gpu(device.id()), Accelerators.runtimeVersion(), EngineCache.tensorRt(System.getenv()));
        }
    }

    /**
     * A device with everything that it isn't told already.
     *
     * @param sha256 of the model
     * @param plans all shapes that will be run
     */
    Device complete(Device device, String sha256, List<LanePlan> plans, Place place) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (device.provider() == Device.Provider.CUDA) {
            settings.put("use_tf32", flag(tf32));
            settings.put("arena_extend_strategy", "kSameAsRequested");
            settings.put("cudnn_conv_algo_search", "EXHAUSTIVE");
            memoryBytes.ifPresent(bytes -> settings.put("gpu_mem_limit", Long.toString(bytes)));
        } else {
            String folder = cache.folder(sha256, place.gpu(), place.runtime(), place.tensorRt())
                    .toString();
            settings.put("trt_fp16_enable", flag(half));
            settings.put("trt_max_workspace_size", Long.toString(workspaceBytes));
            settings.put("trt_engine_cache_enable", "1");
            settings.put("trt_engine_cache_path", folder);
            settings.put("trt_engine_cache_prefix", half ? "half" : "single");
            settings.put("trt_timing_cache_enable", "1");
            settings.put("trt_timing_cache_path", folder);
            settings.put("trt_profile_min_shapes", shapes(plans, false));
            settings.put("trt_profile_opt_shapes", shapes(plans, true));
            settings.put("trt_profile_max_shapes", shapes(plans, true));
        }
        settings.putAll(device.settings());
        return new Device(device.provider(), device.id(), settings);
    }

    /** Makes the folder that a device keeps engines in. */
    static void prepare(Device device) throws ModelException {
        String folder = device.settings().get("trt_engine_cache_path");
        if (folder == null) {
            return;
        }
        try {
            Files.createDirectories(Path.of(folder));
        } catch (IOException e) {
            throw new ModelException(
                    "TensorRT's engines can't be kept in " + folder + " (" + e.getMessage()
                            + "): name another folder with restore.accelerator.cache",
                    e);
        }
    }

    private static String flag(boolean value) {
        return value ? "1" : "0";
    }

    /** The smallest or largest batch of each input, {@code image:16x1x128x128}; all else is the same in every plan. */
    private static String shapes(List<LanePlan> plans, boolean largest) {
        LanePlan plan = plans.stream()
                .reduce((a, b) -> (a.batch() > b.batch()) == largest ? a : b)
                .orElseThrow();
        String dims = plan.inputDims().stream().map(String::valueOf).collect(Collectors.joining("x"));
        String image = plan.inputTensor() + ":" + dims;
        return plan.normTensor().isEmpty() ? image : image + "," + plan.normTensor() + ":" + plan.normCount();
    }
}
