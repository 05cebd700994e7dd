package io.nocturne.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.inference.Baselines;
import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.Normalization;
import io.nocturne.inference.RestorationModel;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What providers are told; whether a GPU does as told needs one. */
class GpuSettingsTest {
    private static final GpuSettings.Place PLACE = new GpuSettings.Place("NVIDIA RTX 4090, 560.1", "1.29.0", "10.9.0");

    @TempDir
    Path folder;

    private GpuSettings settings(boolean half) {
        return new GpuSettings(half, false, OptionalLong.of(3L << 30), 1L << 30, new EngineCache(folder));
    }

    private static List<LanePlan> plans() {
        ModelCard card = ModelCard.of("net", "denoise", "").withTile(new ModelCard.Tile(128, 48, 8, 0, 0));
        return List.of(LanePlan.of(card, 12, 128, 128, 1, 8), LanePlan.of(card, 4, 128, 128, 1, 8));
    }

    @Test
    void tensorRtIsToldShapesWorkspaceAndWhereEnginesAreKept() {
        Device device = settings(true).complete(Device.of(Device.Provider.TENSORRT), "ab12", plans(), PLACE);
        String kept = folder.resolve("ab12")
                .resolve("NVIDIA_RTX_4090_560.1-ort1.29.0-trt10.9.0")
                .toString();
        assertThat(device.settings())
                .containsEntry("trt_fp16_enable", "1")
                .containsEntry("trt_max_workspace_size", "1073741824")
                .containsEntry("trt_engine_cache_enable", "1")
                .containsEntry("trt_engine_cache_path", kept)
                .containsEntry("trt_timing_cache_enable", "1")
                .containsEntry("trt_timing_cache_path", kept)
                .containsEntry("trt_profile_min_shapes", "image:4x1x128x128")
                .containsEntry("trt_profile_opt_shapes", "image:6x1x128x128")
                .containsEntry("trt_profile_max_shapes", "image:6x1x128x128");
        assertThat(device.toString()).contains("TensorRT (GPU 0)").contains(kept);
    }

    @Test
    void anotherModelGpuDriverRuntimeOrTensorRtHasAnotherFolder() {
        EngineCache cache = new EngineCache(folder);
        assertThat(List.of(
                        cache.folder("a", "gpu", "1", "10"),
                        cache.folder("b", "gpu", "1", "10"),
                        cache.folder("a", "gpu2", "1", "10"),
                        cache.folder("a", "gpu", "2", "10"),
                        cache.folder("a", "gpu", "1", "11")))
                .doesNotHaveDuplicates();
    }

    @Test
    void cudaKeepsFullPrecisionUnlessAskedOtherwise() {
        Device device = settings(true).complete(Device.of(Device.Provider.CUDA), "ab12", plans(), PLACE);
        assertThat(device.settings()).containsEntry("use_tf32", "0").containsEntry("gpu_mem_limit", "3221225472");
        assertThat(device.settings().keySet()).noneMatch(key -> key.startsWith("trt"));
    }

    @Test
    void whatADeviceIsToldItselfGoesFirst() {
        Device own = new Device(Device.Provider.CUDA, 1, Map.of("use_tf32", "1"));
        assertThat(settings(false).complete(own, "ab12", plans(), PLACE).settings())
                .containsEntry("use_tf32", "1");
    }

    @Test
    void aModelThatNormalisesItselfHasAShapeForItsValuesToo() {
        ModelCard card = ModelCard.of("net", "denoise", "")
                .withTile(new ModelCard.Tile(64, 16, 8, 0, 0))
                .withInput(new ModelCard.Input("image", ModelCard.Layout.NCHW, List.of(), "noise"))
                .withNormalization(Normalization.anscombe());
        List<LanePlan> plans = List.of(LanePlan.of(card, 1, 64, 64, 1, 8));
        assertThat(settings(false)
                        .complete(Device.of(Device.Provider.TENSORRT), "ab12", plans, PLACE)
                        .settings())
                .containsEntry("trt_profile_max_shapes", "image:1x1x64x64,noise:3");
    }

    @Test
    void cachesLieWhereTheSystemKeepsThem() {
        Map<String, String> nothing = Map.of();
        String home = folder.toString();
        Path other = folder.resolve("other");
        assertThat(EngineCache.userFolder("Linux", nothing, home)).isEqualTo(folder.resolve(".cache"));
        assertThat(EngineCache.userFolder("Linux", Map.of("XDG_CACHE_HOME", other.toString()), home))
                .isEqualTo(other);
        assertThat(EngineCache.userFolder("Mac OS X", nothing, home)).isEqualTo(folder.resolve("Library/Caches"));
        assertThat(EngineCache.userFolder("Windows 11", Map.of("LOCALAPPDATA", other.toString()), home))
                .isEqualTo(other);
    }

    @Test
    void tensorRtsVersionIsReadFromItsLibrarysName() throws Exception {
        Files.createFile(folder.resolve("libnvinfer.so.10"));
        Files.createFile(folder.resolve("libnvinfer.so.10.9.0"));
        Files.createFile(folder.resolve("libnvinfer_plugin.so.10.9.0"));
        assertThat(EngineCache.tensorRt(Map.of("LD_LIBRARY_PATH", folder.toString())))
                .isEqualTo("10.9.0");
    }

    @Test
    void aMissingProviderIsAnErrorUnlessTheCpuMayStandIn() throws Exception {
        RestorationModel model = Baselines.passthrough();
        StreamSpec stream = StreamSpec.movie("cam0", new FrameSpec(16, 16, PixelType.UINT16), 0, -1);
        List<Device> chain = List.of(Device.of(Device.Provider.TENSORRT), Device.of(Device.Provider.CUDA));
        OnnxRestorer.Options options = OnnxRestorer.Options.defaults().withGpu(settings(false));
        if (Accelerators.probe().stream().anyMatch(status -> status.problem().isEmpty())) {
            return; // a GPU is here: nothing is missing
        }
        assertThatThrownBy(() -> OnnxRestorer.open(model, stream, options.withDevices(chain, false)))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("TensorRT (GPU 0)")
                .hasMessageContaining("CUDA 12")
                .hasMessageContaining("cuDNN 9")
                .hasMessageContaining("TensorRT 10");
        try (OnnxRestorer restorer = OnnxRestorer.open(model, stream, options.withDevices(chain, true))) {
            assertThat(restorer.report()).containsSubsequence("no TensorRT", "no CUDA", "CPU");
        }
    }
}
