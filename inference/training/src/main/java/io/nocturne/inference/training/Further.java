package io.nocturne.inference.training;

import io.nocturne.inference.ModelTraining.Effort;
import io.nocturne.inference.ModelTraining.Outcome;
import io.nocturne.inference.ModelTraining.Progress;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.stream.optics.LowPass;
import io.nocturne.stream.optics.NoiseRandom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Going on from a trained model: learns for as long as it may, then lets images that were kept out decide between old
 * and new. Both are judged as they would run, from the model file's graph.
 */
abstract class Further {
    private static final double WARM_UP_SHARE = 0.05;
    private static final double LEAST_LEARNING = 0.2;

    /** What a model makes of frames. */
    interface Eye {
        /**
         * Restores a frame.
         *
         * @param noise offset, gain and read noise, in counts
         * @return counts, row-major
         */
        float[] restore(StillFrame frame, double[] noise) throws Exception;
    }

    /** The next thing to learn. */
    abstract Patch next(NoiseRandom random);

    /** Mean error of a model on what was kept out. */
    abstract double judge(Eye eye) throws Exception;

    /** How many images were kept out. */
    abstract int judged();

    /** What the errors are. */
    abstract String unit();

    /** How it learns, in words. */
    abstract String way();

    /** What was learned from, for the card. */
    abstract String source();

    final Outcome teach(Pupil pupil, Path out, Effort effort, Progress progress) throws IOException {
        long start = System.nanoTime();
        progress.tell(0, "judges the model it starts from on what it keeps out");
        double before = judge(pupil.judged(pupil.weights()));
        double judging = (System.nanoTime() - start) / 60e9;
        progress.tell(
                0,
                String.format(Locale.ROOT, "%s; before: %.4f %s, judged in %.1f min", way(), before, unit(), judging));
        Weights learned = learn(pupil, effort.within(learning(effort.minutes(), 2 * judging)), progress);
        progress.tell(1, "judges the new model");
        double after = judge(pupil.judged(learned));
        boolean better = after < before;
        Optional<RestorationModel> written =
                better ? Optional.of(pupil.write(learned, out, source())) : Optional.empty();
        return new Outcome(way() + filter(learned), before, after, judged(), unit(), written, List.of());
    }

    /** Minutes left for learning, at least a fifth of all: a model that has learned nothing needs no judging. */
    static double learning(double minutes, double judging) {
        return Math.max(minutes - judging, LEAST_LEARNING * minutes);
    }

    /** What is to be said of the filter. */
    static String filter(Weights learned) {
        return learned.lowPass()
                .map(cutoff -> String.format(
                        Locale.ROOT, ", behind it a low-pass filter of %.3f cycles per pixel", cutoff.values()[0]))
                .orElse("");
    }

    /** Learns for as long as it may; tells the weights then. */
    final Weights learn(Pupil pupil, Effort effort, Progress progress) {
        Recipe.Schedule schedule =
                new Recipe.Schedule(effort.batches(), pupil.batch(), 0, effort.rate(), 1, 1, 0.99, 0.05, 0, 0);
        NoiseRandom random = new NoiseRandom(effort.seed());
        long start = System.nanoTime();
        double budget = effort.minutes() * 60e9;
        Weights weights = pupil.weights();
        BitSet frozen = effort.frozenBody() ? pupil.body() : new BitSet();
        if (effort.lowPass() && weights.lowPass().isEmpty()) {
            weights.addLowPass((float) LowPass.MOST);
        }
        double smooth = Double.NaN;
        try (Teacher teacher = new Teacher(pupil.network(), weights, schedule, frozen)) {
            for (int i = 0; i < effort.batches(); i++) {
                // The clock has a say only once it matters: with time in plenty, the same seed learns the same.
                double time = (System.nanoTime() - start) / budget;
                double done = (double) i / effort.batches();
                double share = time > WARM_UP_SHARE ? Math.max(done, time) : done;
                if (share >= 1) {
                    break;
                }
                List<Patch> batch = new ArrayList<>();
                for (int k = 0; k < pupil.batch(); k++) {
                    batch.add(next(random));
                }
                double rate = share < WARM_UP_SHARE
                        ? effort.rate() * (share + 0.001) / WARM_UP_SHARE
                        : effort.rate() * 0.5 * (1 + Math.cos(Math.PI * share));
                float loss = teacher.learn(batch, rate);
                smooth = Double.isNaN(smooth) ? loss : 0.95 * smooth + 0.05 * loss;
                progress.tell(
                        share,
                        String.format(Locale.ROOT, "batch %d of %d, loss %.3f", i + 1, effort.batches(), smooth));
            }
            return teacher.learned();
        }
    }

    /** Mean error of a model on what was kept out. */
    final double judge(RestorationModel model) throws IOException {
        try (OpenModel open = new OpenModel(model)) {
            return judge(open);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(
                    "Model " + model.card().name() + " can't be run on these images: " + e.getMessage(), e);
        }
    }
}
