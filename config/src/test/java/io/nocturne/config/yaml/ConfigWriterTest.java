package io.nocturne.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nocturne.config.RunConfig;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigWriterTest {
    private static final Path FOLDER = Path.of("folder").toAbsolutePath();

    private static RunConfig read(String text) throws ConfigException {
        return ConfigReader.parse(text, "run.yaml", FOLDER, RunConfig.class, Map.of());
    }

    @Test
    void whatIsWrittenReadsBackToTheSameConfiguration() throws Exception {
        RunConfig config = read(
                """
                run: { folder: out, note: "dose series, 2nd", drain: 1500 ms }
                source: { simulated: { rate: 33.3 fps, channels: [nuclei, vesicles], frames: 12 } }
                rings: { raw: 77 frames, products: 9 }
                restore:
                  model: models/mine.onnx
                  channels: { nuclei: none, vesicles: "gaussian:2" }
                  devices: [tensorrt, cuda]
                  product: float32
                disk: { onRawFailure: gap, zstd: 3 }
                kafka: { bootstrap: "broker:9092", client: { compression.type: lz4 } }
                """);
        String json = new JsonMapper().writeValueAsString(ConfigWriter.toMap(config));
        assertThat(read(json)).isEqualTo(config);
    }

    @Test
    void secretsAreNotWritten() throws Exception {
        RunConfig config = read(
                """
                source: { simulated: {} }
                kafka: { client: { sasl.jaas.config: geheim, ssl.key.password: geheim, linger.ms: "3" } }
                view: { token: geheimgeheimgeheim }
                """);
        assertThat(ConfigWriter.toMap(config).toString()).contains("linger.ms").doesNotContain("geheim");
    }

    @Test
    void theReferenceNamesEverySettingWithItsDefaultAndRange() {
        assertThat(SettingsReference.lines(RunConfig.class))
                .contains(
                        "    width: 512",
                        "    # Pixels in x. Range: 16 to 8192.",
                        "  drain: 30 s",
                        "    path: # must be given",
                        "  workers: # none");
    }
}
