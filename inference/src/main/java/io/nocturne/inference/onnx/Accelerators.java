package io.nocturne.inference.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import io.nocturne.inference.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sets up GPU providers, and says in plain words why one can't be used. */
public final class Accelerators {
    private static final Pattern LIBRARY =
            Pattern.compile("(\\S+?\\.(?:so[.\\d]*|dll))(?:: cannot open shared object|\" which is missing)");

    private static final String NEEDS =
            "ONNX Runtime 1.29 for GPUs needs an NVIDIA driver, CUDA 12 and cuDNN 9, and for"
                    + " TensorRT also TensorRT 10, all on the library path";

    private Accelerators() {}

    /**
     * Whether a provider can be used here.
     *
     * @param problem why not; empty if it can
     */
    public record Status(Device.Provider provider, Optional<String> problem) {}

    /** Tries each provider, as far as that goes without a model: its libraries are loaded. */
    public static List<Status> probe() {
        List<Status> statuses = new ArrayList<>();
        for (Device.Provider provider : Device.Provider.values()) {
            Optional<String> problem = Optional.empty();
            try (SessionOptions options = new SessionOptions()) {
                add(Device.of(provider), options);
            } catch (ModelException e) {
                problem = Optional.of(e.getMessage());
            }
            statuses.add(new Status(provider, problem));
        }
        return statuses;
    }

    /** Version of ONNX Runtime in use. */
    public static String runtimeVersion() {
        return OnnxSession.environment().getVersion();
    }

    static void add(Device device, SessionOptions options) throws ModelException {
        OrtEnvironment environment = OnnxSession.environment();
        try {
            switch (device.provider()) {
                case CUDA -> {
                    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device.id())) {
                        apply(device, cuda::add);
                        options.addCUDA(cuda);
                    }
                }
                case TENSORRT -> {
                    try (OrtTensorRTProviderOptions tensorRt = new OrtTensorRTProviderOptions(device.id())) {
                        apply(device, tensorRt::add);
                        options.addTensorrt(tensorRt);
                    }
                }
            }
        } catch (OrtException e) {
            throw new ModelException(explain(device, e.getMessage(), environment.getVersion()), e);
        }
    }

    private interface Setter {
        void set(String key, String value) throws OrtException;
    }

    private static void apply(Device device, Setter options) throws OrtException {
        for (Map.Entry<String, String> setting : device.settings().entrySet()) {
            options.set(setting.getKey(), setting.getValue());
        }
    }

    static String explain(Device device, String message, String version) {
        String start = device + " can't be used: ";
        if (message.contains("Failed to find")) {
            return start + "this is the CPU build of ONNX Runtime " + version + ", without "
                    + device.provider().title() + ". Build Nocturne with 'mvn -Pgpu package', which puts"
                    + " onnxruntime_gpu in place of onnxruntime. " + NEEDS;
        }
        Matcher library = LIBRARY.matcher(message);
        if (library.find()) {
            return start + "the library " + library.group(1) + " is missing. " + NEEDS;
        }
        return start + message + ". " + NEEDS;
    }
}
