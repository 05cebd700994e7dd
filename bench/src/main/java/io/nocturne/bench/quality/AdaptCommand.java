package io.nocturne.bench.quality;

import io.nocturne.acquisition.scene.SimulatedMovie;
import io.nocturne.bench.BenchCommand;
import io.nocturne.bench.Findings;
import io.nocturne.bench.ScratchFolder;
import io.nocturne.config.TrainingParts;
import io.nocturne.inference.ModelCatalog;
import io.nocturne.inference.ModelTraining;
import io.nocturne.inference.RestorationModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Adapts a model to a simulated recording whose truth is known, and tells what that brought. */
@Command(
        name = "adapt",
        description = "What adapting brings on a simulated microscope unlike any that the model was trained on.")
public final class AdaptCommand extends BenchCommand {
    private static final double LEAST_GAIN_DB = 0.5;
    private static final double MOST_MINUTES = 10;
    private static final int JUDGED_FRAMES = 10;
    private static final int FRAMES_BEFORE = 20;
    private static final long FIELD = 21;
    private static final long OTHER_FIELD = 22;

    @Option(names = "--from", defaultValue = ModelCatalog.DEFAULT, description = "Model to adapt (${DEFAULT-VALUE}).")
    String from;

    @Option(
            names = "--parts",
            defaultValue = "config/target/training",
            description = "Folder with what learning needs; mvn -Ptraining -DskipTests package makes it"
                    + " (${DEFAULT-VALUE}).")
    Path parts;

    @Option(
            names = "--photons",
            split = ",",
            defaultValue = "15",
            description = "Photons at bright structures (${DEFAULT-VALUE}).")
    List<Double> photons;

    @Option(names = "--frames", defaultValue = "150", description = "Frames of the recording (${DEFAULT-VALUE}).")
    int frames;

    @Option(names = "--stack", description = "Record a z-stack instead of a movie.")
    boolean stack;

    @Option(names = "--speed", defaultValue = "1", description = "Speed of what moves; 1 is life (${DEFAULT-VALUE}).")
    double speed;

    @Option(names = "--minutes", defaultValue = "8", description = "Most minutes to learn (${DEFAULT-VALUE}).")
    double minutes;

    @Option(names = "--batches", defaultValue = "6000", description = "Most batches to learn (${DEFAULT-VALUE}).")
    int batches;

    @Option(names = "--rate", defaultValue = "8e-4", description = "Highest rate of learning (${DEFAULT-VALUE}).")
    double rate;

    @Option(names = "--frozen-body", description = "Only the first and the last layer learn.")
    boolean frozenBody;

    @Option(names = "--low-pass", description = "A low-pass filter behind the network learns, too.")
    boolean lowPass;

    @Option(names = "--by", defaultValue = "auto", description = "What predicts what: auto, time, slices or pixels.")
    ModelTraining.Neighbours by;

    @Option(names = "--under", description = "Where to make the scratch folder; by default the system's.")
    Path under;

    @Override
    public void run(Findings findings) throws Exception {
        ModelTraining training = TrainingParts.find(parts);
        RestorationModel model = ModelCatalog.open(List.of()).find(from);
        findings.line(String.format(
                Locale.ROOT,
                "%s, %d frames of 256 x 256, point spread sigma %.1f pixels",
                stack ? "One z-stack" : "A movie",
                frames,
                UnknownMicroscope.spreadPixels()));
        for (double level : photons) {
            adapt(findings, training, model, new UnknownMicroscope(level, frames, stack, speed));
        }
    }

    private void adapt(Findings findings, ModelTraining training, RestorationModel model, UnknownMicroscope microscope)
            throws Exception {
        SimulatedMovie field = microscope.field(FIELD);
        SimulatedMovie other = microscope.field(OTHER_FIELD);
        int first = stack ? frames * 2 / 5 : frames - Math.max(2, frames / 5);
        int last = Math.min(frames, first + JUDGED_FRAMES);
        Score before = microscope.score(model, field, first, last, FRAMES_BEFORE);
        Score elsewhere = microscope.score(model, other, first, last, FRAMES_BEFORE);
        findings.line("");
        findings.line(String.format(Locale.ROOT, "%.0f photons", microscope.photons()));
        try (ScratchFolder scratch = new ScratchFolder(under)) {
            Path recording = scratch.path().resolve("recording.ome.zarr");
            microscope.record(field, recording);
            long start = System.nanoTime();
            ModelTraining.Outcome outcome = training.adapt(
                    model,
                    new ModelTraining.Footage(recording, 0, by),
                    scratch.path().resolve("adapted.onnx"),
                    new ModelTraining.Effort(batches, minutes, rate, 1, frozenBody, lowPass),
                    tenths(findings));
            double took = (System.nanoTime() - start) / 60e9;
            RestorationModel adapted = outcome.model().orElse(model);
            Score after = microscope.score(adapted, field, first, last, FRAMES_BEFORE);
            Score elsewhereAfter = microscope.score(adapted, other, first, last, FRAMES_BEFORE);
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("", "before", "after"));
            rows.add(List.of("held-out error, " + outcome.unit(), four(outcome.before()), four(outcome.after())));
            rows.add(List.of("PSNR dB, this field", two(before.psnr()), two(after.psnr())));
            rows.add(List.of("SSIM, this field", four(before.ssim()), four(after.ssim())));
            rows.add(List.of("PSNR dB, a field never recorded", two(elsewhere.psnr()), two(elsewhereAfter.psnr())));
            findings.table(rows);
            findings.line("  " + outcome.way());
            double gain = after.psnr() - before.psnr();
            findings.bar(
                    gain >= LEAST_GAIN_DB && took < MOST_MINUTES,
                    String.format(
                            Locale.ROOT,
                            "adapted at %.0f photons: %+.2f dB, at least %+.1f, in %.1f min, under %.0f",
                            microscope.photons(),
                            gain,
                            LEAST_GAIN_DB,
                            took,
                            MOST_MINUTES));
        }
    }

    private static ModelTraining.Progress tenths(Findings findings) {
        int[] told = {-1};
        return (share, message) -> {
            if ((int) (10 * share) > told[0]) {
                told[0] = (int) (10 * share);
                findings.line(String.format(Locale.ROOT, "  %3.0f %%  %s", 100 * share, message));
            }
        };
    }

    private static String two(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String four(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
