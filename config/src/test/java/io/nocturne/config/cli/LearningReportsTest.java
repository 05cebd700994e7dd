package io.nocturne.config.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nocturne.inference.ModelTraining.Fold;
import io.nocturne.inference.ModelTraining.Outcome;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the user sees while something learns, and after. */
class LearningReportsTest {
    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text);

    @TempDir
    Path folder;

    private final FoldReport report = new FoldReport(new Outcome(
            "pairs",
            -20,
            -21,
            3,
            "dB",
            Optional.empty(),
            List.of(new Fold(List.of("a.png", "b.png"), -20, -20.5), new Fold(List.of("c.png"), -20, -21.5))));

    @Test
    void foldsAreTabledWithMeanAndDeviation() {
        report.print(out);
        assertThat(text.toString().lines())
                .hasSize(4)
                .anyMatch(line -> line.matches(" +1 .* \\+0\\.500  a\\.png b\\.png"))
                .anyMatch(line -> line.startsWith("gain +1.000, sd over folds 0.707"));
    }

    @Test
    void foldsAreWrittenAsJson() throws Exception {
        Path file = report.write(folder.resolve("mine.onnx"));
        assertThat(file).hasFileName("mine.folds.json");
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.get("meanGain").asDouble()).isCloseTo(1, within(1e-9));
        assertThat(json.get("folds").get(0).get("keptOut").get(1).asText()).isEqualTo("b.png");
        assertThat(json.get("folds").get(1).get("gain").asDouble()).isCloseTo(1.5, within(1e-9));
    }

    @Test
    void progressTellsHowLongItWillTakeOnceItCanKnow() {
        long[] now = {0};
        ProgressLine progress = new ProgressLine(out, false, () -> now[0]);
        progress.tell(0, "begins");
        now[0] = 60_000_000_000L;
        progress.tell(0.25, "goes on");
        progress.tell(0.5, "half");
        assertThat(text.toString())
                .contains("] " + "  0 %  begins")
                .contains(" 25 %, 3 min left  goes on")
                .contains(" 50 %, 60 s left  half");
    }
}
