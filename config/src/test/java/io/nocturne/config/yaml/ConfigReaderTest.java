package io.nocturne.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nocturne.config.RunConfig;
import io.nocturne.config.units.ByteSize;
import io.nocturne.config.units.Rate;
import io.nocturne.config.units.Span;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigReaderTest {
    private static final Path FOLDER = Path.of("folder").toAbsolutePath();

    private static RunConfig read(String yaml) throws ConfigException {
        return ConfigReader.parse(yaml, "run.yaml", FOLDER, RunConfig.class, Map.of());
    }

    private static List<String> problemsOf(String yaml) {
        ConfigException thrown = catchThrowableOfType(ConfigException.class, () -> read(yaml));
        assertThat(thrown).as("an error was expected").isNotNull();
        return thrown.problems().stream().map(Object::toString).toList();
    }

    @Test
    void whatIsNotGivenHasItsDefault() throws Exception {
        RunConfig config = read("source:\n  simulated:\n");
        assertThat(config.source().simulated().orElseThrow().rate()).isEqualTo(new Rate(20));
        assertThat(config.run().drain()).isEqualTo(Span.parse("30 s"));
        assertThat(config.kafka()).isEmpty();
        assertThat(config.view().enabled()).isTrue();
    }

    @Test
    void valuesAreReadWithTheirUnits() throws Exception {
        RunConfig config = read(
                """
                source: { replay: { path: movie.tif, pace: 12.5 fps } }
                rings: { raw: 64 frames }
                run: { drain: 250 ms }
                kafka:
                  spill: 512 MiB
                  client: { linger.ms: "5" }
                """);
        assertThat(config.source().replay().orElseThrow().path()).isEqualTo(FOLDER.resolve("movie.tif"));
        assertThat(config.source().replay().orElseThrow().pace().rate()).contains(new Rate(12.5));
        assertThat(config.rings().raw().frames()).isEqualTo(64);
        assertThat(config.run().drain().millis()).isEqualTo(250);
        assertThat(config.kafka().orElseThrow().spill()).isEqualTo(new ByteSize(512L << 20));
        assertThat(config.kafka().orElseThrow().client()).containsEntry("linger.ms", "5");
    }

    @Test
    void aMisspeltKeyIsNamedWithItsPlaceAndTheNearestKey() {
        assertThat(problemsOf("source:\n  simulated:\n    widht: 64\n"))
                .containsExactly("run.yaml:3:5: source.simulated.widht: unknown setting; did you mean 'width'?");
    }

    @Test
    void aKeyInTheWrongSectionIsNamedWithTheRightOne() {
        assertThat(problemsOf("source:\n  simulated:\ndrain: 3 s\n"))
                .containsExactly("run.yaml:3:1: drain: unknown setting here; did you mean 'run.drain'?");
    }

    @Test
    void everyMistakeIsToldAtOnceInTheOrderOfTheFile() {
        assertThat(
                        problemsOf(
                                """
                source:
                  simulated:
                    width: wide
                    rate: 20
                rings:
                  raw: 2 seconds
                kafka:
                  bootstrap: 9092
                  spill: 10
                disk:
                  onRawFailure: stopp
                  zstd: 20
                view: 3
                """))
                .containsExactly(
                        "run.yaml:3:12: source.simulated.width: expected a whole number, found 'wide'",
                        "run.yaml:4:11: source.simulated.rate: '20' has no unit; write '20 fps', for example",
                        "run.yaml:6:8: rings.raw: unknown unit 'seconds' in '2 seconds'; known are ns, us, ms, s, min, h or '64 frames'",
                        "run.yaml:8:14: kafka.bootstrap: expected text, found the number '9092'; put it in quotes: \"9092\"",
                        "run.yaml:9:10: kafka.spill: '10' has no unit; write '10 MiB', for example",
                        "run.yaml:11:17: disk.onRawFailure: expected one of stop, gap, found 'stopp'; did you mean 'stop'?",
                        "run.yaml:12:9: disk.zstd: must be 0 to 19, not 20",
                        "run.yaml:13:7: view: expected settings below it, found the number '3'");
    }

    @Test
    void aMissingValueSaysWhatItWouldMean() {
        assertThat(problemsOf("source:\n  replay:\n    pace: maximal\n"))
                .containsExactly("run.yaml:3:5: source.replay.path: is missing; File or folder to replay.");
    }

    @Test
    void anEmptyValueIsAnError() {
        assertThat(problemsOf("source:\n  replay:\n    path:\n"))
                .containsExactly("run.yaml:3:10: source.replay.path: has no value; give one or delete the line");
    }

    @Test
    void aKeyGivenTwiceIsAnError() {
        assertThat(problemsOf("source:\n  simulated:\n    seed: 1\n    seed: 2\n"))
                .singleElement()
                .asString()
                .startsWith("run.yaml:4:5: ")
                .contains("seed");
    }

    @Test
    void aRuleAcrossSettingsIsReportedWhereTheSectionStands() {
        assertThat(problemsOf("view: {}\nsource:\n  pattern: {}\n  simulated: {}\n"))
                .containsExactly(
                        "run.yaml:3:3: source: needs exactly one of simulated, micromanager, studio, replay, pattern");
    }

    @Test
    void whatAFormatCannotDoIsAnErrorAndUnknownFormatsGetASuggestion() {
        assertThat(problemsOf("source: { pattern: {} }\ndisk:\n  format: omeZarr04\n  layout: shards\n"))
                .singleElement()
                .asString()
                .startsWith("run.yaml:3:3: disk: layout can be shards only with format omeZarr; leave it out");
        assertThat(problemsOf("source: { pattern: {} }\ndisk:\n  format: omeTiff\n  zstd: 3\n"))
                .singleElement()
                .asString()
                .startsWith("run.yaml:3:3: disk: layout, zstd and pyramid need an OME-Zarr");
        assertThat(problemsOf("source: { pattern: {} }\ndisk:\n  format: ndTiff\n  pyramid: true\n"))
                .singleElement()
                .asString()
                .startsWith("run.yaml:3:3: disk: layout, zstd and pyramid need an OME-Zarr");
        assertThat(problemsOf("source: { pattern: {} }\ndisk:\n  format: omeZar04\n"))
                .singleElement()
                .asString()
                .contains("run.yaml:3:11: disk.format: expected one of omeZarr, omeZarr04")
                .contains("did you mean 'omeZarr04'?");
    }

    @Test
    void brokenYamlIsReportedWithItsPlace() {
        assertThat(problemsOf("source:\n  simulated: [1, 2\nview: {}\n"))
                .singleElement()
                .asString()
                .startsWith("run.yaml:3:")
                .contains("not valid YAML");
    }

    @Test
    void valuesFromTheCommandLineReplaceThoseOfTheFile() throws Exception {
        RunConfig config = ConfigReader.parse(
                "source:\n  simulated:\n    frames: 600\n",
                "run.yaml",
                FOLDER,
                RunConfig.class,
                Map.of("source.simulated.frames", "40", "view.enabled", "false"));
        assertThat(config.source().simulated().orElseThrow().frames()).contains(40L);
        assertThat(config.view().enabled()).isFalse();
    }

    @Test
    void everySettingHasADefaultThatItsOwnRangeAllows() throws Exception {
        assertThat(read("source: { simulated: {}}")).isNotNull();
        assertThat(read("source: { pattern: {}}\nkafka: {}")).isNotNull();
        assertThat(read("source: { replay: {path: x.tif}}")).isNotNull();
    }
}
