package io.nocturne.config.cli;

import io.nocturne.config.TrainingParts;
import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.ModelTraining;
import io.nocturne.inference.RestorationModel;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Teaches a model on the user's own noise. Exit code 1: the new model isn't better, and nothing was written. */
@Command(name = "adapt", description = "Go on teaching a model on a recording of your own, without any clean image.")
public final class AdaptCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "RECORDING", description = "A movie or a z-stack: OME-Zarr, TIFF, or a folder of frames.")
    Path recording;

    @Option(names = "--channel", defaultValue = "0", description = "Channel to learn from, from 0 (${DEFAULT-VALUE}).")
    int channel;

    @Option(
            names = "--by",
            defaultValue = "auto",
            description = "What predicts what: time (frames before and after), slices (below and above), pixels (beside"
                    + " each other; for unrelated images) or auto: the first of these that the recording has.")
    ModelTraining.Neighbours by;

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            defaultValue = ModelCatalog.DEFAULT,
            description = "Model to start from, by name or path (${DEFAULT-VALUE}).")
    String from;

    @Option(names = "--out", paramLabel = "FILE.onnx", required = true, description = "The new model; must not exist.")
    Path out;

    @Option(
            names = "--minutes",
            defaultValue = "8",
            description = "About how many minutes at most, judging included (${DEFAULT-VALUE}).")
    double minutes;

    @Option(names = "--batches", defaultValue = "6000", description = "Most batches to learn (${DEFAULT-VALUE}).")
    int batches;

    @Option(names = "--rate", defaultValue = "8e-4", description = "Highest rate of learning (${DEFAULT-VALUE}).")
    double rate;

    @Option(names = "--frozen-body", description = "Only the first and the last layer learn: for very few frames.")
    boolean frozenBody;

    @Option(
            names = "--low-pass",
            description =
                    "Put a low-pass filter behind the network, whose cutoff learns too: Fourier noise suppression.")
    boolean lowPass;

    @Option(names = "--seed", defaultValue = "1", description = "Of the order of patches (${DEFAULT-VALUE}).")
    long seed;

    @Override
    public Integer call() throws Exception {
        ModelTraining training = TrainingParts.find();
        RestorationModel model = ModelCatalog.open(List.of()).find(from);
        if (Files.exists(out)) {
            throw new FileAlreadyExistsException(out.toString());
        }
        PrintWriter console = spec.commandLine().getOut();
        ProgressLine progress = new ProgressLine(console, Terminal.isInteractive());
        ModelTraining.Effort effort = new ModelTraining.Effort(batches, minutes, rate, seed, frozenBody, lowPass);
        ModelTraining.Footage footage = new ModelTraining.Footage(recording, channel, by);
        ModelTraining.Outcome outcome = training.adapt(model, footage, out, effort, progress);
        progress.end();
        return tell(console, outcome, out);
    }

    /** Says what came of it; shared with {@link TrainCommand}. */
    static int tell(PrintWriter console, ModelTraining.Outcome outcome, Path out) {
        console.printf(
                Locale.ROOT,
                "How it learned: %s%nOn %d images or parts that it never learned from: %.4f before, %.4f after (%s)%n",
                outcome.way(),
                outcome.images(),
                outcome.before(),
                outcome.after(),
                outcome.unit());
        console.println(outcome.model()
                .map(model -> "Better: written to " + out)
                .orElse("Not better: nothing was written, go on with the model you have"));
        console.flush();
        return outcome.model().isPresent() ? 0 : CommandErrors.FAILED;
    }
}
