package io.nocturne.inference.training;

import io.nocturne.inference.ModelTraining.Effort;
import io.nocturne.inference.ModelTraining.Outcome;
import io.nocturne.inference.ModelTraining.Progress;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Going on from a trained model: learns for as long as it may, then lets images that were kept out decide between old
 * and new. Both are judged as they would run, from the model file's graph.
 */
abstract class Further {
    private static final int BATCH = 8;
    private static final double WARM_UP_SHARE = 0.05;

    /** The next thing to learn. */
    abstract Patch next(NoiseRandom random);

    /** Images that were kept out. */
    abstract List<StillFrame> keptOut();

    /** Error of what a model made of the i-th of them. */
    abstract double error(int i, float[] restored);

    /** What the errors are. */
    abstract String unit();

    /** What was learned from, for the card. */
    abstract String source();

    final Outcome teach(Pupil pupil, Path out, Effort effort, Progress progress) throws IOException {
        Recipe.Schedule schedule = new Recipe.Schedule(effort.batches(), BATCH, 0, effort.rate(), 1, 1, 0.99, 0.05, 0);
        double before = judge(pupil.model());
        progress.tell(0, String.format(Locale.ROOT, "before: %.4f %s", before, unit()));
        Weights learned = learn(pupil, schedule, effort, progress);
        double after = judge(pupil.with(learned, Pupil.nameOf(out), source()));
        boolean better = after < before;
        Optional<RestorationModel> written =
                better ? Optional.of(pupil.write(learned, out, source())) : Optional.empty();
        return new Outcome(before, after, keptOut().size(), unit(), written);
    }

    private Weights learn(Pupil pupil, Recipe.Schedule schedule, Effort effort, Progress progress) {
        NoiseRandom random = new NoiseRandom(effort.seed());
        long start = System.nanoTime();
        double budget = effort.minutes() * 60e9;
        try (Teacher teacher = new Teacher(pupil.network(), pupil.weights(), schedule)) {
            for (int i = 0; i < effort.batches(); i++) {
                double share = Math.max((double) i / effort.batches(), (System.nanoTime() - start) / budget);
                if (share >= 1) {
                    break;
                }
                List<Patch> batch = new ArrayList<>();
                for (int k = 0; k < BATCH; k++) {
                    batch.add(next(random));
                }
                double rate = share < WARM_UP_SHARE
                        ? effort.rate() * (share + 0.001) / WARM_UP_SHARE
                        : effort.rate() * 0.5 * (1 + Math.cos(Math.PI * share));
                float loss = teacher.learn(batch, rate);
                progress.tell(share, String.format(Locale.ROOT, "batch %d, loss %.3f", i + 1, loss));
            }
            return teacher.learned(effort.seed());
        }
    }

    private double judge(RestorationModel model) throws IOException {
        List<StillFrame> frames = keptOut();
        OnnxRestorer.Options options = OnnxRestorer.Options.defaults();
        try (StillRestorer restorer = StillRestorer.open(model, frames.get(0).spec(), options)) {
            double sum = 0;
            for (int i = 0; i < frames.size(); i++) {
                sum += error(i, restorer.restore(frames.get(i)));
            }
            return sum / frames.size();
        } catch (Exception e) {
            throw new IOException(
                    "Model " + model.card().name() + " can't be run on these images: " + e.getMessage(), e);
        }
    }
}
