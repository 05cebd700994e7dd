package io.nocturne.config.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nocturne.inference.ModelTraining.Fold;
import io.nocturne.inference.ModelTraining.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What a cross-validation found, as a table and as JSON. */
final class FoldReport {
    private final Outcome outcome;

    FoldReport(Outcome outcome) {
        this.outcome = outcome;
    }

    /** Mean gain over folds. */
    double mean() {
        return outcome.folds().stream().mapToDouble(Fold::gain).average().orElse(Double.NaN);
    }

    /** Standard deviation of the folds' gains, from n - 1. */
    double deviation() {
        List<Fold> folds = outcome.folds();
        double mean = mean();
        double squares = folds.stream()
                .mapToDouble(fold -> (fold.gain() - mean) * (fold.gain() - mean))
                .sum();
        return Math.sqrt(squares / (folds.size() - 1));
    }

    void print(PrintWriter out) {
        out.printf(Locale.ROOT, "%4s  %8s  %8s  %7s  %s%n", "fold", "before", "after", "gain", "kept out");
        for (int i = 0; i < outcome.folds().size(); i++) {
            Fold fold = outcome.folds().get(i);
            String names = String.join(" ", fold.keptOut());
            out.printf(
                    Locale.ROOT,
                    "%4d  %8.3f  %8.3f  %+7.3f  %s%n",
                    i + 1,
                    fold.before(),
                    fold.after(),
                    fold.gain(),
                    names);
        }
        out.printf(
                Locale.ROOT,
                "gain %+.3f, sd over folds %.3f (%s; lower is better, gain is what it fell by)%n",
                mean(),
                deviation(),
                outcome.unit());
        out.flush();
    }

    /** Writes {@code NAME.folds.json} beside the model. */
    Path write(Path model) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        root.put("unit", outcome.unit());
        root.put("meanGain", mean());
        root.put("sdGain", deviation());
        ArrayNode folds = root.putArray("folds");
        for (Fold fold : outcome.folds()) {
            ObjectNode node = folds.addObject();
            fold.keptOut().forEach(node.putArray("keptOut")::add);
            node.put("before", fold.before()).put("after", fold.after()).put("gain", fold.gain());
        }
        String name = String.valueOf(model.getFileName()).replaceFirst("\\.onnx$", "");
        Path file = model.resolveSibling(name + ".folds.json");
        json.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
        return file;
    }
}
