package io.nocturne.inference.onnx;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where TensorRT keeps the engines that it built and the kernels that it timed, which takes minutes: a folder per model,
 * GPU, driver, ONNX Runtime and TensorRT, because an engine of another of them must never be loaded.
 *
 * @param root folder of all caches
 */
public record EngineCache(Path root) {
    private static final long ANSWER_SECONDS = 5;
    private static final Pattern TENSORRT =
            Pattern.compile("(?:libnvinfer\\.so\\.|nvinfer_)(\\d+(?:\\.\\d+)*)(?:\\.dll)?");

    /** Nocturne's folder among the user's caches. */
    public static EngineCache ofUser() {
        return new EngineCache(
                userFolder(System.getProperty("os.name"), System.getenv(), System.getProperty("user.home"))
                        .resolve("nocturne")
                        .resolve("tensorrt"));
    }

    static Path userFolder(String system, Map<String, String> environment, String home) {
        String name = system.toLowerCase(Locale.ROOT);
        String set = environment.getOrDefault(name.contains("win") ? "LOCALAPPDATA" : "XDG_CACHE_HOME", "");
        if (!set.isEmpty()) {
            return Path.of(set);
        }
        if (name.contains("win")) {
            return Path.of(home, "AppData", "Local");
        }
        return name.contains("mac") ? Path.of(home, "Library", "Caches") : Path.of(home, ".cache");
    }

    /**
     * The folder for one model on one GPU.
     *
     * @param sha256 of the model file
     * @param gpu what {@link #gpu} found
     * @param runtime version of ONNX Runtime
     * @param tensorRt version of TensorRT, or {@code unknown}
     */
    Path folder(String sha256, String gpu, String runtime, String tensorRt) {
        return root.resolve(sha256.isEmpty() ? "no-hash" : sha256)
                .resolve(safe(gpu) + "-ort" + safe(runtime) + "-trt" + safe(tensorRt));
    }

    private static String safe(String text) {
        return text.replaceAll("[^A-Za-z0-9.]+", "_");
    }

    /** Name and driver of a GPU as NVIDIA's own tool tells; its number where that tool isn't there. */
    static String gpu(int id) {
        return ask(List.of("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader", "-i", "" + id))
                .orElse("gpu" + id);
    }

    private static Optional<String> ask(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                boolean ended = process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS);
                return ended && process.exitValue() == 0 ? Optional.ofNullable(out.readLine()) : Optional.empty();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Version of TensorRT from the name of its library, if it lies on the path or where Linux keeps libraries. */
    static String tensorRt(Map<String, String> environment) {
        String searched = String.join(
                System.getProperty("path.separator"),
                environment.getOrDefault("LD_LIBRARY_PATH", ""),
                environment.getOrDefault("PATH", ""),
                "/usr/lib/x86_64-linux-gnu",
                "/usr/local/lib",
                "/usr/lib64");
        return Arrays.stream(searched.split(Pattern.quote(System.getProperty("path.separator")), -1))
                .filter(folder -> !folder.isEmpty())
                .map(EngineCache::versionIn)
                .flatMap(Optional::stream)
                .findFirst()
                .orElse("unknown");
    }

    /** The longest version that a library's name in that folder tells. */
    private static Optional<String> versionIn(String folder) {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.map(file -> TENSORRT.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(found -> found.group(1))
                    .max((a, b) -> Integer.compare(a.length(), b.length()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
