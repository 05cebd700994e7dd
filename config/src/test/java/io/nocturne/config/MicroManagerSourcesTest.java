package io.nocturne.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nocturne.acquisition.mm.CoreSetup;
import io.nocturne.acquisition.mm.MicroManagerSource;
import io.nocturne.config.yaml.ConfigException;
import io.nocturne.config.yaml.ConfigReader;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import io.nocturne.stream.spi.StreamSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MicroManagerSourcesTest {
    private static final String CAMERA =
            """
            source:
              micromanager:
                devices: [{ label: Camera, adapter: DemoCamera, name: DCam }]
            """;

    private static MicroManagerCamera read(String more) throws ConfigException {
        RunConfig config =
                ConfigReader.parse(CAMERA + more.indent(4), "mm.yaml", Path.of("."), RunConfig.class, Map.of());
        return config.source().micromanager().orElseThrow();
    }

    @Test
    void everySettingReachesTheSource() throws Exception {
        MicroManagerCamera camera = read(
                """
                properties:
                  Camera: { PixelType: 16bit, Gain: "4" }
                camera: Camera
                exposure: 20 ms
                binning: 2
                roi: { x: 10, width: 128, height: 64 }
                buffer: 256 MiB
                mode: record
                light:
                  shutter: LED
                  device: Laser
                  limit: 10
                  unit: mW
                  phases:
                    - { name: reference, frames: 20, level: 10 }
                    - { name: dim, level: 0.5, exposure: 50 ms }
                """);
        MicroManagerSource.Settings settings = MicroManagerSources.settings(camera);
        assertThat(settings.setup().devices()).containsExactly(new CoreSetup.Device("Camera", "DemoCamera", "DCam"));
        assertThat(settings.setup().properties())
                .containsExactly(
                        new CoreSetup.Property("Camera", "PixelType", "16bit"),
                        new CoreSetup.Property("Camera", "Gain", "4"));
        assertThat(settings.camera().exposureMillis()).contains(20.0);
        assertThat(settings.camera().bufferBytes()).contains(256L << 20);
        assertThat(settings.mode()).isEqualTo(MicroManagerSource.Mode.RECORD);
        assertThat(settings.phases()).hasSize(2);
        assertThat(settings.phases().get(1).exposureMillis()).isEqualTo(Optional.of(50.0));
        assertThat(settings.light().limit()).isEqualTo(10);
        assertThat(MicroManagerSources.describe(camera))
                .contains("mode record", "reference 20 frames at 10.0 mW, then dim at 0.5 mW", "(limit 10.0 mW)");
    }

    @Test
    void aLightSourceWithoutALimitIsRefused() {
        assertThatThrownBy(() -> read("light: { device: Laser, level: 1 }")).hasMessageContaining("device needs limit");
    }

    @Test
    void aLevelAboveTheLimitIsRefusedBeforeAnythingIsLoaded() throws Exception {
        MicroManagerCamera camera = read("light: { device: Laser, limit: 5, level: 6 }");
        assertThatThrownBy(() -> MicroManagerSources.settings(camera)).hasMessageContaining("limit of 5.0 %");
    }

    @Test
    void aCameraThatNeedsMuchOfTheMachineIsWarnedOfWithTheFigureAndTheSettings() throws Exception {
        StreamSpec large = movie(2048, 10_000_000);
        assertThat(MicroManagerSources.room(read("buffer: 1 GiB"), large, 2)).hasValueSatisfying(text -> assertThat(
                        text)
                .contains("0.7 of 2 cores", "1 GiB bridges 1.3 s", "wiped whole", "source.micromanager.buffer"));
        assertThat(MicroManagerSources.room(read("mode: record"), large, 2))
                .hasValueSatisfying(text -> assertThat(text).contains("ends the run"));
        assertThat(MicroManagerSources.room(read("buffer: 1 GiB"), large, 16)).isEmpty();
        assertThat(MicroManagerSources.room(read("buffer: 1 GiB"), movie(512, 50_000_000), 2))
                .isEmpty();
    }

    private static StreamSpec movie(int side, long periodNanos) {
        return StreamSpec.movie("cam0", new FrameSpec(side, side, PixelType.UINT16), periodNanos, -1);
    }

    @Test
    void aSectionWithoutACameraIsRefused() {
        assertThatThrownBy(() -> ConfigReader.parse(
                        "source: { micromanager: { exposure: 5 ms } }",
                        "mm.yaml",
                        Path.of("."),
                        RunConfig.class,
                        Map.of()))
                .hasMessageContaining("needs a configuration (.cfg) or devices");
    }
}
