package io.nocturne.config.cli;

import io.nocturne.config.TrainingParts;
import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.ModelTraining;
import io.nocturne.inference.RestorationModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a model: from a recipe, or from a trained one on pairs of the user's own. */
@Command(
        name = "train",
        description = "Train a model from a recipe, or go on with one on your own pairs of dim and bright images.")
public final class TrainCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    Way way;

    @Option(
            names = "--out",
            paramLabel = "PATH",
            required = true,
            description = "Folder for a recipe's model; with --pairs the new .onnx file, which must not exist.")
    Path out;

    /** From nothing, or further. */
    static final class Way {
        @ArgGroup(exclusive = false)
        FromRecipe recipe;

        @ArgGroup(exclusive = false)
        FromPairs pairs;
    }

    /** A training that anyone can repeat. */
    static final class FromRecipe {
        @Option(names = "--recipe", required = true, description = "A .recipe.json file.")
        Path recipe;

        @Option(names = "--data", required = true, description = "Folder that the recipe's paths start from.")
        Path data;
    }

    /** Supervised fine-tuning. */
    static final class FromPairs {
        @Option(
                names = "--pairs",
                required = true,
                description =
                        "Folder with noisy/ and clean/, same file names in both; every fifth is kept out to judge. For a"
                                + " model that doubles the pixels, clean images have twice as many along each axis.")
        Path pairs;

        @Option(
                names = "--from",
                paramLabel = "MODEL",
                defaultValue = ModelCatalog.DEFAULT,
                description = "Model to start from, by name or path, or with --task a UniFMIR checkpoint"
                        + " (${DEFAULT-VALUE}).")
        String from;

        @Option(
                names = "--task",
                description = "Says that --from is a UniFMIR checkpoint (.pt) for that task; 'denoise' and 'sr' can be"
                        + " taught. Takes seconds a batch: a smoke test, full size wants a GPU.")
        String task;

        @Option(
                names = "--minutes",
                defaultValue = "10",
                description = "About how many minutes at most, judging included (${DEFAULT-VALUE}).")
        double minutes;

        @Option(names = "--batches", defaultValue = "2000", description = "Most batches to learn (${DEFAULT-VALUE}).")
        int batches;

        @Option(names = "--rate", defaultValue = "3e-4", description = "Highest rate of learning (${DEFAULT-VALUE}).")
        double rate;

        @Option(names = "--frozen-body", description = "Only the first and the last layer learn: for few pairs.")
        boolean frozenBody;

        @Option(
                names = "--low-pass",
                description =
                        "Put a low-pass filter behind the network, whose cutoff learns too: Fourier noise suppression.")
        boolean lowPass;

        @Option(
                names = "--folds",
                defaultValue = "0",
                description =
                        "Keep each pair out once, in so many trainings, and report what each won; one more training"
                                + " on all pairs then makes the model. 0: none (${DEFAULT-VALUE}).")
        int folds;
    }

    @Override
    public Integer call() throws Exception {
        ModelTraining training = TrainingParts.find();
        PrintWriter console = spec.commandLine().getOut();
        ProgressLine progress = new ProgressLine(console, Terminal.isInteractive());
        if (way.recipe != null) {
            RestorationModel model = training.train(way.recipe.recipe, way.recipe.data, out, progress);
            progress.end();
            console.println("Trained: " + model + " in " + out);
            console.flush();
            return 0;
        }
        if (Files.exists(out)) {
            throw new FileAlreadyExistsException(out.toString());
        }
        FromPairs further = way.pairs;
        ModelTraining.Effort effort = new ModelTraining.Effort(
                further.batches, further.minutes, further.rate, 1, further.frozenBody, further.lowPass);
        ModelTraining.Outcome outcome = teach(training, further, effort, progress);
        progress.end();
        if (!outcome.folds().isEmpty()) {
            FoldReport report = new FoldReport(outcome);
            report.print(console);
            Path file = report.write(out);
            console.println("Written: " + file);
        }
        return AdaptCommand.tell(console, outcome, out);
    }

    private ModelTraining.Outcome teach(
            ModelTraining training, FromPairs further, ModelTraining.Effort effort, ProgressLine progress)
            throws IOException, ModelException {
        if (further.task != null) {
            return training.tuneCheckpoint(
                    Path.of(further.from), further.task, further.pairs, out, further.folds, effort, progress);
        }
        if (further.from.endsWith(".pt") || further.from.endsWith(".pth")) {
            throw new ModelException(
                    further.from + " looks like a UniFMIR checkpoint: add --task denoise or --task sr");
        }
        RestorationModel model = ModelCatalog.open(List.of()).find(further.from);
        return training.tune(model, further.pairs, out, further.folds, effort, progress);
    }
}
