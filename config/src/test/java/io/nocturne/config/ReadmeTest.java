package io.nocturne.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nocturne.config.yaml.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is what the program takes. */
class ReadmeTest {
    private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

    private static String readme() throws Exception {
        return Files.readString(Path.of("..", "README.md"));
    }

    @Test
    void everyConfigurationInTheReadmeIsValid() throws Exception {
        List<String> examples = new ArrayList<>();
        Matcher matcher = YAML.matcher(readme());
        while (matcher.find()) {
            examples.add(matcher.group(1));
        }
        assertThat(examples).isNotEmpty();
        for (String example : examples) {
            assertThat(ConfigReader.parse(
                            example, "README.md", Path.of("").toAbsolutePath(), RunConfig.class, Map.of()))
                    .isNotNull();
        }
    }

    @Test
    void everyCommandInTheReadmeExists() throws Exception {
        Matcher matcher = Pattern.compile("(?:nocturne\\.jar |\\| `)([a-z-]+)").matcher(readme());
        List<String> commands = new ArrayList<>();
        while (matcher.find()) {
            commands.add(matcher.group(1));
        }
        assertThat(commands).contains("demo", "doctor").allSatisfy(command -> assertThat(Main.run(command, "--help"))
                .as(command)
                .isZero());
    }
}
